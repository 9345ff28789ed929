import { randomUUID } from 'node:crypto'
import { HearthError } from '../errors.js'
import { inTurns } from '../pieces.js'
import { type ForeseenChange, foreseenChanges } from '../plan/changes.js'
import { chooseWanted } from '../plan/choose.js'
import { foresee, settledNames } from '../plan/decisions.js'
import { effectlessIn } from '../plan/effectless.js'
import { planOf } from '../plan/of-definition.js'
import { type MaybeUnknown, Unknown } from '../plugin/index.js'
import type { Incarnation } from '../resource/rows/incarnation.js'
import { observed } from '../resource/observe.js'
import type { Live } from '../resource/attributes/scope.js'
import type { StackDefinition } from '../template/index.js'
import type { NamedStack } from './definitions.js'
import { existingOf, type PlanParts } from './existing.js'
import { liveNow, withAttributesNow } from './read/outputs.js'

/** What a stack is, and is to be. */
export interface Aim {
  /** Undefined: there is none yet. */
  readonly stack?: (NamedStack & { readonly templateId: string }) | undefined
  /** Undefined: it is to be deleted. */
  readonly definition?: StackDefinition | undefined
}

/**
 * What operations would do with stacks, name by name: the plans that they would get, read. As many queries
 * for all of them as for one, but for stacks with rows from before the flag.
 * @param observe the operations would compare with reality: so does parts.
 * @param quiet assume that nothing changes; see `QuietAssumption`.
 */
export async function foreseeStacks(
  aims: readonly Aim[],
  parts: PlanParts,
  { observe, quiet }: { readonly observe: boolean; readonly quiet: boolean },
): Promise<ForeseenChange[][]> {
  const rows = await existingOf(
    aims.flatMap(({ stack }) => (stack === undefined ? [] : [{ ...stack, previous: stack.templateId }])),
    parts,
    parts.db,
  )
  const own = aims.map(({ stack }) => (stack === undefined ? [] : (rows.get(stack.id)?.existing ?? [])))
  const stored = await withAttributesNow(own.flat(), parts)
  const now = new Map(stored.map(one => [one.id, one]))
  const sights = aims.flatMap(({ stack }, index) =>
    (own[index] ?? []).map(one => ({ incarnation: now.get(one.id) ?? one, project: stack?.project ?? '' })),
  )
  const seen = observe ? new Map((await observed(sights, parts)).map(one => [one.id, one])) : now
  const found = aims.map(({ stack, definition }, index) => {
    const existing = (own[index] ?? []).map(one => seen.get(one.id) ?? one)
    const wanted = definition?.resources ?? new Map<string, never>()
    const chosen = chooseWanted(existing, wanted, randomUUID(), stack?.templateId ?? null)
    return { definition, existing, chosen, project: stack?.project }
  })
  const assumed = quiet ? { live: await liveIn(parts, found) } : undefined
  const changes: ForeseenChange[][] = []
  for (const { definition, existing, chosen, project } of found) {
    if (definition === undefined) {
      changes.push(foreseenChanges({ nodes: [] }, new Map(), existing))
      continue
    }
    const foreseen = await inTurns(foresee(definition, chosen, parts.types, parts.secrets, undefined, assumed), project)
    const settled = settledNames(definition, foreseen)
    const plan = planOf(definition, existing, chosen, settled, effectlessIn(definition, parts.types))
    changes.push(foreseenChanges(plan, foreseen, existing))
  }
  return changes
}

/** The live attributes that resources read of each other. What cannot be read is unknown. */
async function liveIn(
  parts: PlanParts,
  found: readonly {
    readonly definition: StackDefinition | undefined
    readonly chosen: ReadonlyMap<string, Incarnation>
  }[],
): Promise<Live> {
  const asked = found.flatMap(({ definition, chosen }) =>
    [...(definition?.resources.values() ?? [])].flatMap(({ reads }) =>
      reads.map(({ resource, ...read }) => ({ incarnation: chosen.get(resource), ...read })),
    ),
  )
  const live = await liveNow(asked, parts)
  const orUnknown = (incarnation: Incarnation, attribute: string): MaybeUnknown => {
    try {
      return live(incarnation, attribute)
    } catch (error) {
      if (HearthError.is(error)) return new Unknown(error.message)
      throw error
    }
  }
  return Object.assign(orUnknown, live)
}
