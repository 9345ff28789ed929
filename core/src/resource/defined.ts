import type { Loaded } from './batch.js'
import type { Incarnation } from './rows/incarnation.js'

/** The incarnations that a resource's definition leans on. */
export const requiredOf = ({ definition, incarnation, find }: Loaded): Incarnation[] =>
  (definition.resources.get(incarnation.name)?.requires ?? []).flatMap(name => find(name) ?? [])

export const requiresOf = (loaded: Loaded): string[] => requiredOf(loaded).map(({ id }) => id)

/** Its row names all of them: none of them is deleted before it. One of them may have been replaced since. */
export function leansOnAll({ requires }: Pick<Incarnation, 'requires'>, required: readonly { id: string }[]): boolean {
  if (required.length === 0) return true
  const held = new Set(requires)
  return required.every(({ id }) => held.has(id))
}

export const deletionPolicyOf = ({ definition, incarnation }: Loaded): string =>
  definition.resources.get(incarnation.name)?.deletionPolicy ?? 'Delete'
