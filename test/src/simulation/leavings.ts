import type { Random } from '@hearth/conformance'
import type { JsonMap } from '@hearth/core/plugin'
import { isNested, type StackData } from '@hearth/core/use-cases'
import type { Wanted, WantedResource } from '../model/templates.js'

/** What a stack that was abandoned has left for whoever adopts it. */
export interface Leavings {
  readonly data: JsonMap
  readonly wanted: Wanted
}

/** After these a stack is as its template says, if they are COMPLETE. */
const reaching: ReadonlySet<string> = new Set(['CREATE', 'ADOPT', 'UPDATE', 'RESTORE', 'ROLLBACK'])

/**
 * The data as a user keeps them; now and then one thing is lost, on which no other stands.
 * @param wanted what the stack was to be. @returns undefined: it was not that, or waits for signals, which nobody sends again.
 */
export function leavingsOf(random: Random, data: StackData, wanted: Wanted | undefined): Leavings | undefined {
  const loses = random.chance(0.15)
  const choice = random.fork()
  if (wanted === undefined || !isWhole(data) || waits(wanted.resources)) return undefined
  const lonely = wanted.resources.filter(
    ({ name, kind }) => kind === 'thing' && !wanted.resources.some(({ needs }) => needs.includes(name)),
  )
  if (!loses || lonely.length === 0) return { data: data as unknown as JsonMap, wanted }
  const { [choice.pick(lonely).name]: _, ...resources } = data.resources
  return { data: { ...data, resources } as unknown as JsonMap, wanted }
}

/** The physical ids that it says it leaves, also within stacks inside; what was being deleted is not among them. */
export const namedIn = ({ resources }: StackData): string[] =>
  Object.values(resources).flatMap(one => {
    if (isNested(one)) return namedIn(one)
    return one.resource_id === null || one.action === 'DELETE' ? [] : [one.resource_id]
  })

/**
 * Names of resources of which it tells no id: nobody knows what a create that was cut off has made, and an abandoned
 * stack asks nobody.
 */
export const unknownIn = ({ resources }: StackData): string[] =>
  Object.values(resources).flatMap(one => {
    if (isNested(one)) return unknownIn(one)
    return one.resource_id === null ? [one.name] : []
  })

const isWhole = ({ action, status, resources }: StackData): boolean =>
  reaching.has(action) &&
  status === 'COMPLETE' &&
  Object.values(resources).every(one =>
    isNested(one) ? isWhole(one) : one.status === 'COMPLETE' && one.action !== 'DELETE',
  )

const waits = (resources: readonly WantedResource[]): boolean =>
  resources.some(({ kind, inside = [] }) => kind === 'handle' || kind === 'condition' || waits(inside))
