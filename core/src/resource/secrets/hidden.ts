import type { JsonMap } from '../../plugin/json.js'
import type { PropertySchema, PropertySchemas } from '../../plugin/schema.js'
import { own } from '../../template/values/maps.js'
import type { Secrets } from './secrets.js'

/** Properties that are secret or hidden, whole or in part: their values are kept encrypted. Pure. */
export function hiddenNames(schemas: PropertySchemas | 'any'): readonly string[] {
  if (schemas === 'any') return []
  const found = known.get(schemas)
  if (found !== undefined) return found
  const names = Object.keys(schemas).filter(name => hidesSomething(schemas[name]))
  known.set(schemas, names)
  return names
}

/** A type's schemas never change, and each step of a resource asks. */
const known = new WeakMap<PropertySchemas, readonly string[]>()

/** Whether nobody is to see the value as a whole. */
export const isSecret = (schema: PropertySchema | undefined): boolean =>
  schema?.secret === true || schema?.hidden === true

/** Whether a part of it, at least, is secret. */
export const hidesSomething = (schema: PropertySchema | undefined): boolean =>
  isSecret(schema) || Object.values(schema?.schema ?? {}).some(hidesSomething)

/** Properties as a row keeps them: those that are not hidden, and the others encrypted; null if there are none. */
export function sealHidden(
  properties: JsonMap,
  hidden: readonly string[],
  secrets: Secrets,
): { readonly properties: JsonMap; readonly hiddenProperties: string | null } {
  const { open, closed } = parted(properties, hidden)
  return { properties: open, hiddenProperties: closed === undefined ? null : secrets.seal(closed) }
}

/** Those that are not hidden, and those that are and have a value; undefined: none. */
export function parted(
  properties: JsonMap,
  hidden: readonly string[],
): { readonly open: JsonMap; readonly closed: JsonMap | undefined } {
  if (!hidden.some(name => isGiven(properties, name))) return { open: properties, closed: undefined }
  const taken = Object.entries(properties).filter(([name, value]) => hidden.includes(name) && value !== null)
  const rest = Object.entries(properties).filter(([name]) => !taken.some(([other]) => other === name))
  return { open: Object.fromEntries(rest), closed: Object.fromEntries(taken) }
}

const isGiven = (properties: JsonMap, name: string): boolean => (own(properties, name) ?? null) !== null

/** The reverse: all properties, and which of them are hidden. */
export function openHidden(
  { properties, hiddenProperties }: { readonly properties: JsonMap; readonly hiddenProperties: string | null },
  secrets: Secrets,
): { readonly properties: JsonMap; readonly hidden: readonly string[] } {
  if (hiddenProperties === null) return { properties, hidden: [] }
  const hidden = secrets.open(hiddenProperties)
  return { properties: { ...properties, ...hidden }, hidden: Object.keys(hidden) }
}
