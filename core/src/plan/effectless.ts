import { liveAttributes } from '../resource/live.js'
import type { TypeRegistry } from '../resource/types.js'
import type { StackDefinition } from '../template/index.js'

/**
 * Which steps of a plan touch nothing but rows: the type says so, and nothing that the definition reads is asked of
 * somebody outside. What asks a cloud must not do so in the transaction that completes it.
 */
export function effectlessIn(
  definition: StackDefinition,
  types: TypeRegistry,
): (name: string, type: string) => boolean {
  const outside = new Set(
    [...definition.resources.keys()].filter(
      name => liveAttributes(typeOf(definition, name), undefined, types).length > 0,
    ),
  )
  const asks = (name: string): boolean =>
    outside.size > 0 &&
    (definition.resources.get(name)?.reads ?? []).some(
      ({ resource, attribute }) =>
        outside.has(resource) && liveAttributes(typeOf(definition, resource), attribute, types).length > 0,
    )
  return (name, type) => types.find(type)?.effectless === true && !asks(name)
}

const typeOf = (definition: StackDefinition, name: string): { type: string } => ({
  type: definition.typeOf(name)?.name ?? '',
})
