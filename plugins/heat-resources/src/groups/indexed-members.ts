import { type ChildStage, type ChildWanted, type MaybeUnknown, ResourceFailure } from '@hearth/core/plugin'
import { batches, nextBatch } from './batches.js'
import { asMap, isAlike, isMap, membersIn, own, type Snippet, snippetOf, stackOf } from './members.js'
import { refuseTooMuch } from './member-limits.js'
import { namesOf, removed } from './removals.js'
import { policyOf, refuseLong } from './update-policy.js'

/** Members that are named by an index, and the way of a group of them to what it is to be. Pure. */

type Given = Readonly<Record<string, MaybeUnknown>>

/** Straight to the members that are wanted, or in batches where the update policy says so. */
export function nextOfIndexed({
  action,
  properties,
  updatePolicy,
  stored,
  inside,
  asked,
  timeoutSeconds,
}: ChildWanted): ChildStage | undefined {
  const member = memberMaker(properties)
  if (member === undefined) throw new ResourceFailure('what its members are to be cannot be told')
  const target = Number(properties.count)
  refuseTooMuch(target, member('0'))
  const gone = removed(properties, stored)
  const found = membersIn(inside)
  const isFresh = (name: string): boolean => Object.hasOwn(found, name) && isAlike(own(found, name), member(name))
  const stands = (names: readonly string[]): string[] => names.filter(name => Object.hasOwn(found, name))

  const wanted = namesOf(target, gone)
  const there = stands(namesOf(Math.max(target, Object.keys(found).length), gone))
  const sizes = { target, current: there.length, upToDate: wanted.filter(isFresh).length }
  const policy = policyOf(action === 'create' ? updatePolicy.batch_create : updatePolicy.rolling_update)
  const rolls = action === 'create' || asked > 0 || !there.every(isFresh)
  const batch = rolls && policy !== undefined ? nextBatch(sizes, policy) : undefined
  if (policy === undefined || batch === undefined) {
    const reached = Object.keys(found).length === wanted.length && wanted.every(isFresh)
    return asked > 0 && reached ? undefined : stackOf(new Map(wanted.map(name => [name, member(name)])))
  }
  if (asked === 0) refuseLong([...batches(sizes, policy, 'leaves')].length, policy, timeoutSeconds)
  const names = namesOf(batch.size, gone)
  const stay = new Set(stands(names))
  // The highest index first; what is there only for a while is left as it is.
  const changing = stands(wanted).filter(name => !isFresh(name))
  const changed = new Set(changing.reverse().slice(0, Math.max(0, batch.fresh - (names.length - stay.size))))
  const members = names.map((name): [string, Snippet] => [
    name,
    stay.has(name) && !changed.has(name) ? asMap(own(found, name)) : member(name),
  ])
  return { ...stackOf(new Map(members)), pauseSeconds: policy.pauseSeconds }
}

/** Undefined: it is not known yet. */
export function memberMaker({
  resource_def: definition,
  index_var: given,
}: Given): ((index: string) => Snippet) | undefined {
  if (!isMap(definition)) return undefined
  const { type, properties, metadata } = definition
  if (typeof type !== 'string') return undefined
  const variable = typeof given === 'string' ? given : '%index%'
  return index =>
    snippetOf({
      type,
      properties: isMap(properties) ? (indexed(properties, variable, index) as Given) : {},
      ...(metadata === undefined ? {} : { metadata }),
    })
}

/** In values only, however deep: not in keys. */
function indexed(value: MaybeUnknown, variable: string, index: string): MaybeUnknown {
  if (typeof value === 'string') return value.replaceAll(variable, index)
  if (Array.isArray(value)) return value.map(item => indexed(item, variable, index))
  if (!isMap(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, indexed(item, variable, index)]))
}
