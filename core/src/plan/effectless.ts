import type { MaybeUnknown } from '../plugin/schema.js'
import { insideRead } from '../resource/attributes/inside-read.js'
import { liveAttributes } from '../resource/attributes/live-attributes.js'
import type { TypeRegistry } from '../resource/types.js'
import type { StackDefinition } from '../template/index.js'

/**
 * Which steps of a plan touch nothing but rows: the type says so, and nothing that the definition reads is asked of
 * somebody outside, or made of what outputs of a stack inside ask. What asks a cloud, or for another connection, must not
 * do so in the transaction that completes it.
 */
export function effectlessIn(
  definition: StackDefinition,
  types: TypeRegistry,
): (name: string, type: string) => boolean {
  const isAsked = (name: string, attribute?: string, within: readonly MaybeUnknown[] = []): boolean => {
    const type = definition.typeOf(name)
    if (type === undefined) return false
    return (
      type.children?.now !== undefined ||
      insideRead(type.name, attribute, within, types) !== undefined ||
      liveAttributes({ type: type.name }, attribute, types).length > 0
    )
  }
  const mayBeAsked = (name: string): boolean => definition.typeOf(name)?.children?.inside !== undefined || isAsked(name)
  const outside = new Set([...definition.resources.keys()].filter(mayBeAsked))
  const asks = (name: string): boolean =>
    outside.size > 0 &&
    (definition.resources.get(name)?.reads ?? []).some(
      ({ resource, attribute, within }) => outside.has(resource) && isAsked(resource, attribute, within),
    )
  return (name, type) => types.find(type)?.effectless === true && !asks(name)
}
