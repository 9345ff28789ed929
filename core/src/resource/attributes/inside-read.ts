import * as errors from '../../errors.js'
import type { InsideRead, Json } from '../../plugin/index.js'
import { ResourceFailure } from '../../plugin/resource-failure.js'
import { type MaybeUnknown, Unknown } from '../../plugin/schema.js'
import { attributeText } from '../../template/values/python.js'
import type { Incarnation } from '../rows/incarnation.js'
import type { TypeRegistry } from '../types.js'

/** Which attributes of a resource are read from the stack inside it, and what is made of what was read there. Pure. */

/**
 * Undefined: it is stored, or has nothing to do with a stack inside.
 * @param path into it, as far as it is known. @param stored absent: only to see whether there is anything to read.
 * @throws HearthError if the type says that there is no such resource.
 */
export function insideRead(
  type: string,
  attribute: string | undefined,
  path: readonly MaybeUnknown[],
  types: TypeRegistry,
  stored?: Incarnation,
): InsideRead | undefined {
  const inside = types.find(type)?.children?.inside
  if (inside === undefined || attribute === undefined) return undefined
  const read = orRefused(() => inside(attribute, path, stored))
  return read?.stored === true ? undefined : read
}

/** What a type says of an attribute, or a member, that it does not have, as a template's error. */
export function orRefused<Value>(work: () => Value): Value {
  try {
    return work()
  } catch (error) {
    throw ResourceFailure.is(error) ? errors.refusedByType(error.type, error.message) : error
  }
}

/** One that is asked for, with the path into it, as a text that no other has. Undefined: it is not known. */
export const askedText = (attribute: string, path: readonly MaybeUnknown[]): string | undefined =>
  path.length === 0 ? attribute : Unknown.within(path) ? undefined : JSON.stringify([attribute, ...path])

/**
 * What the values of the members make together. One that is not there for want of an attribute is so for the whole, which is
 * named as Heat names it.
 */
export function madeOf(
  read: InsideRead,
  values: readonly (readonly [member: string, value: () => MaybeUnknown])[],
  whole: { readonly resource: string; readonly attribute: string; readonly path: readonly Json[] },
): MaybeUnknown {
  try {
    if (read.as === 'map') return Object.fromEntries(values.map(([member, value]) => [member, value()]))
    if (read.as === 'list') return values.map(([, value]) => value())
    return values[0]?.[1]() ?? null
  } catch (error) {
    throw errors.HearthError.is(error) && error.type === 'InvalidTemplateAttribute'
      ? errors.invalidTemplateAttribute(whole.resource, attributeText(whole.attribute, whole.path))
      : error
  }
}
