import * as errors from '../../errors.js'
import type { JsonMap } from '../../plugin/json.js'
import { type MaybeUnknown, Unknown } from '../../plugin/schema.js'
import { type Expression, unknownScope, valueOf } from '../expression.js'
import type { Version } from '../formats/index.js'
import { laterHint } from '../formats/since.js'
import { isMap, own } from '../values/maps.js'
import { plain, told } from '../../told.js'
import { str } from '../values/python.js'

const policies = ['Delete', 'Retain', 'Snapshot'] as const
export type DeletionPolicy = (typeof policies)[number]

/** Reads the fields of one resource. */
export class ResourceFields {
  constructor(
    private readonly resource: string,
    private readonly snippet: JsonMap,
  ) {}

  wrong(field: string, expected: string): Error {
    return errors.stackValidationFailed({ message: `Resource ${this.resource} ${field} type must be ${expected}` })
  }

  type(word: string): string {
    const type = own(this.snippet, word) ?? ''
    if (type === '') throw errors.stackValidationFailed({ message: 'Each Resource must contain a Type key.' })
    if (typeof type !== 'string') throw this.wrong(word, 'string')
    return type
  }

  map(field: string): JsonMap {
    const value = Object.hasOwn(this.snippet, field) ? this.snippet[field] : {}
    // What is not known yet will be checked once it is.
    if (!isMap(value) && !Unknown.is(value)) throw this.wrong(field, 'object')
    return value as JsonMap
  }

  /** A name, a truth, or a function. Undefined: it has none. */
  condition(field: string): string | boolean | JsonMap | undefined {
    if (!Object.hasOwn(this.snippet, field)) return undefined
    const value = this.snippet[field]
    if (typeof value !== 'string' && typeof value !== 'boolean' && !isMap(value)) throw this.wrongCondition(field)
    return value
  }

  wrongCondition(field: string): Error {
    return this.wrong(field, 'string_or_boolean')
  }

  text(field: string): string | undefined {
    if (!Object.hasOwn(this.snippet, field)) return undefined
    const value = this.snippet[field]
    if (typeof value !== 'string') throw this.wrong(field, 'string')
    return value
  }

  /** Null: it has none. Unknown, where values need not be there: it will be some id. */
  id(given: Expression): string | null | Unknown {
    const value = valueOf(given, unknownScope)
    if (value === null || Unknown.is(value)) return value
    if (typeof value === 'string' && value !== '') return value
    throw this.wrong('external_id', 'string')
  }

  names(field: string): string[] {
    const value = Object.hasOwn(this.snippet, field) ? this.snippet[field] : []
    if (typeof value === 'string') return [value]
    if (!Array.isArray(value)) throw this.wrong(field, 'list or string')
    if (value.every(item => typeof item === 'string')) return value
    throw errors.stackValidationFailed({ message: `Resource ${this.resource} ${field} must be a list of strings` })
  }
}

/** @param value undefined: none is given. Unknown: it is that of a resource around, which there is none of yet. */
export function deletionPolicyOf(value: MaybeUnknown | undefined, version: Version): DeletionPolicy {
  if (value === undefined || Unknown.is(value)) return 'Delete'
  const lower = version.since('2016-10-14')
  for (const policy of policies) {
    if (value === policy || (lower && value === policy.toLowerCase())) return policy
  }
  const later = !lower && policies.some(policy => value === policy.toLowerCase())
  const hint = (later && laterHint(version, '2016-10-14')) || `; expected ${policies.join(', ')}`
  throw errors.stackValidationFailed({ message: told`Invalid deletion policy "${str(value)}"${plain(hint)}` })
}
