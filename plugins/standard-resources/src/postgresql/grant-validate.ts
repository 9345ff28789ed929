import { type MaybeUnknown, PropertyFailure, Unknown } from '@hearth/core/plugin'
import { text } from '../text.js'
import { grantableOf, objectTypes } from './grantable.js'
import { validateNames } from './names.js'

/** Refuses what no statement could be made of. What is not known yet passes. @throws PropertyFailure */
export function validateGrant(properties: Readonly<Record<string, MaybeUnknown>>): void {
  validateNames(properties, 'database', 'role', 'schema', 'objects')
  const { object_type: type, schema, objects, privileges } = properties
  if (typeof type !== 'string') return
  if (!objectTypes.some(known => known === type)) {
    throw new PropertyFailure('object_type', `'${type}' is none; expected ${objectTypes.join(', ')}`)
  }
  const { inSchema, privileges: allowed } = grantableOf({ object_type: type })
  if (inSchema && schema === null) throw new PropertyFailure('schema', `expected the schema that the ${type}s lie in`)
  if (!inSchema && typeof schema === 'string') throw new PropertyFailure('schema', `a ${type} lies in none`)
  if (!inSchema && Array.isArray(objects) && objects.length === 0)
    throw new PropertyFailure('objects', `expected names of ${type}s`)
  if (!Array.isArray(privileges)) return
  checkPrivileges(privileges, type, allowed)
}

/** @throws PropertyFailure if one of them is none that can be had. They stand in SQL as they are. */
export function checkPrivileges(privileges: readonly MaybeUnknown[], type: string, allowed: readonly string[]): void {
  const wrong = privileges.findIndex(name => !Unknown.is(name) && !allowed.includes(text(name)))
  if (wrong < 0) return
  throw new PropertyFailure(
    `privileges[${wrong}]`,
    `'${text(privileges[wrong])}' cannot be had on a ${type}; expected ${allowed.join(', ')}`,
  )
}
