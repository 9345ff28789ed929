import { groupBy } from '../group-by.js'
import type { Incarnation } from '../resource/rows/incarnation.js'

/**
 * Which of several live incarnations of one name is the resource? The weights are Heat's (heat/engine/stack.py,
 * `_update_or_store_resources` and `get_best_existing_rsrc_db`): so that going back to the former template finds the
 * original again.
 */
export function chooseIncarnation(
  incarnations: readonly Incarnation[],
  target: string,
  previous: string | null,
): Incarnation | undefined {
  const replaced = new Set(incarnations.map(incarnation => incarnation.replaces))
  const score = (incarnation: Incarnation): number =>
    (incarnation.status === 'FAILED' ? -30 : 0) +
    (incarnation.action === 'DELETE' ? -50 : 0) +
    (replaced.has(incarnation.id) ? -1 : 0) +
    (incarnation.template === target ? 10 : incarnation.template !== null && incarnation.template === previous ? 5 : 0)
  let best: Incarnation | undefined
  for (const candidate of incarnations) {
    if (best === undefined) best = candidate
    else {
      const lead = score(candidate) - score(best)
      if (lead > 0 || (lead === 0 && candidate.changedAt > best.changedAt)) best = candidate
    }
  }
  return best
}

/**
 * The incarnation that each wanted name stands for when a plan begins; none: a fresh one is made. What is being deleted
 * is beyond saving.
 */
export function chooseWanted(
  existing: readonly Incarnation[],
  wanted: { has(name: string): boolean },
  target: string,
  previous: string | null,
): Map<string, Incarnation> {
  const chosen = new Map<string, Incarnation>()
  for (const [name, incarnations] of byName(existing)) {
    if (!wanted.has(name)) continue
    const candidates = incarnations.filter(({ action }) => action !== 'DELETE')
    const best = chooseIncarnation(candidates, target, previous)
    if (best !== undefined) chosen.set(name, best)
  }
  return chosen
}

/** The incarnations of each name. */
export const byName = (incarnations: readonly Incarnation[]): Map<string, Incarnation[]> =>
  groupBy(incarnations, ({ name }) => name)
