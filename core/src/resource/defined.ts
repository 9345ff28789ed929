import type { Loaded } from './batch.js'
import type { Incarnation } from './rows/incarnation.js'

/** The incarnations that a resource's definition leans on. */
export const requiredOf = ({ definition, incarnation, find }: Loaded): Incarnation[] =>
  (definition.resources.get(incarnation.name)?.requires ?? []).flatMap(name => find(name) ?? [])

export const requiresOf = (loaded: Loaded): string[] => requiredOf(loaded).map(({ id }) => id)

export const deletionPolicyOf = ({ definition, incarnation }: Loaded): string =>
  definition.resources.get(incarnation.name)?.deletionPolicy ?? 'Delete'
