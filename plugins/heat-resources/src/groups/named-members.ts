import type { ChildStage, ChildWanted } from '@hearth/core/plugin'
import { batches, nextBatch } from './batches.js'
import { asMap, isFresh, membersIn, own, type Snippet, stackOf } from './members.js'
import { policyOf, refuseLong } from './update-policy.js'

/** The way of a group whose members' names are known to what it is to be: at once, or in batches. Pure. */

export interface NamedAim {
  /** Members that there are to be. */
  readonly target: number
  /** The names of the members while there are so many of them; more names for more members. */
  readonly names: (size: number) => readonly string[]
  readonly member: (name: string) => Snippet
  /** Whether an update has batches too where no member that is there changes. */
  readonly growsInBatches: boolean
}

/** Straight to the members that are wanted, or in batches where the update policy says so. */
export function nextOfNamed(
  {
    action,
    updatePolicy,
    inside,
    asked,
    timeoutSeconds,
  }: Pick<ChildWanted, 'action' | 'updatePolicy' | 'inside' | 'asked' | 'timeoutSeconds'>,
  { target, names: namesOf, member, growsInBatches }: NamedAim,
): ChildStage | undefined {
  const found = membersIn(inside)
  const isThere = (name: string): boolean => isFresh(inside, name, member(name))
  const stands = (names: readonly string[]): string[] => names.filter(name => Object.hasOwn(found, name))

  const wanted = namesOf(target)
  const there = stands(namesOf(Math.max(target, Object.keys(found).length)))
  const sizes = { target, current: there.length, upToDate: wanted.filter(isThere).length }
  const policy = policyOf(action === 'create' ? updatePolicy.batch_create : updatePolicy.rolling_update)
  const rolls = action === 'create' || asked > 0 || growsInBatches || !there.every(isThere)
  const batch = rolls && policy !== undefined ? nextBatch(sizes, policy) : undefined
  if (policy === undefined || batch === undefined) {
    const reached = Object.keys(found).length === wanted.length && wanted.every(isThere)
    return asked > 0 && reached ? undefined : stackOf(new Map(wanted.map(name => [name, member(name)])))
  }
  if (asked === 0) refuseLong([...batches(sizes, policy, 'leaves')].length, policy, timeoutSeconds)
  const names = namesOf(batch.size)
  const stay = new Set(stands(names))
  // The last one first; what is there only for a while is left as it is.
  const changing = stands(wanted).filter(name => !isThere(name))
  const changed = new Set(changing.reverse().slice(0, Math.max(0, batch.fresh - (names.length - stay.size))))
  const members = names.map((name): [string, Snippet] => [
    name,
    stay.has(name) && !changed.has(name) ? asMap(own(found, name)) : member(name),
  ])
  return { ...stackOf(new Map(members)), pauseSeconds: policy.pauseSeconds }
}
