import { createHash } from 'node:crypto'
import type { ChildInside, ChildStage, ChildStored, ChildTemplate, ChildWanted, Json } from '@hearth/core/plugin'
import { type BatchPolicy, batches, nextBatch } from './batches.js'
import { asMap, isFresh, membersIn, type Snippet, stackOf } from './members.js'
import { isTooMuch } from './member-limits.js'
import { refuseLong } from './update-policy.js'

/**
 * The members of a group that scales: they have names of their own, and keep them; who is taken away first stands in
 * front. Pure.
 */

export interface ScaledMember {
  readonly name: string
  readonly snippet: Json
  /** It has failed, or was never begun, since what was to make it was broken off. */
  readonly broken: boolean
}

/** All members, in their order: broken ones, then the oldest. */
export function membersOf(inside: ChildInside | undefined): ScaledMember[] {
  const found = Object.entries(membersIn(inside)).map(([name, snippet]) => {
    const { action, status, createdAt = Number.POSITIVE_INFINITY } = inside?.resources.get(name) ?? {}
    return { name, snippet, broken: status === 'FAILED' || action === undefined || action === 'INIT', createdAt }
  })
  const before = (one: (typeof found)[number], other: (typeof found)[number]): number =>
    Number(other.broken) - Number(one.broken) || order(one.createdAt, other.createdAt) || order(one.name, other.name)
  return found.sort(before).map(({ name, snippet, broken }) => ({ name, snippet, broken }))
}

const order = <Value>(one: Value, other: Value): number => (one < other ? -1 : one > other ? 1 : 0)

export const sizeOf = (members: readonly ScaledMember[]): number => members.filter(({ broken }) => !broken).length

/** Makes names that none of the members has. @param first those that are to be had before any other. */
export function namesFrom(seed: string, taken: Iterable<string>, first: readonly string[] = []): () => string {
  const known = new Set(taken)
  const free = first.filter(name => !known.has(name))
  let count = 0
  return () => {
    const next = free.shift()
    if (next !== undefined) return next
    for (;;) {
      const digest = createHash('sha256').update(`${seed}:${count++}`).digest('hex')
      const name = BigInt(`0x${digest}`).toString(36).slice(0, 12)
      if (known.has(name)) continue
      known.add(name)
      return name
    }
  }
}

/** So many members: those in front go, new ones come at the end; who stays, stays as it is. */
export function resized(
  members: readonly Pick<ScaledMember, 'name' | 'snippet'>[],
  size: number,
  { wanted, newName }: { readonly wanted: Snippet; readonly newName: () => string },
): Map<string, Snippet> {
  const stay = size === 0 ? [] : members.slice(-size)
  const result = new Map<string, Snippet>(stay.map(({ name, snippet }) => [name, asMap(snippet)]))
  while (result.size < size) result.set(newName(), wanted)
  return result
}

export interface ScaledAim {
  readonly wanted: Snippet
  /** Undefined: as many as there are. Within the limits, as they are there. */
  readonly desired: number | undefined
  readonly clamp: (size: number) => number
  /** Undefined: who is there stays as it is. */
  readonly policy: BatchPolicy | undefined
  /** What the type of the members means, where the environment does not say. */
  readonly types?: ChildTemplate['types']
}

/** What all of it may be told to be, before that is looked at. Undefined: too much. @param order names of the members. */
export function templateOfScaled(
  { wanted, desired, clamp, types }: ScaledAim,
  order: readonly string[],
  stored: ChildStored | undefined,
): ChildTemplate | undefined {
  const names = stored?.members ?? order
  // What is kept is adopted, all of it.
  const size =
    stored?.members === undefined ? clamp(desired ?? names.length) : Math.max(names.length, clamp(names.length))
  if (isTooMuch(size, wanted)) return undefined
  // Before anything exists one member tells what there is to tell of all.
  const count = stored === undefined ? Math.min(size, 1) : size
  const there = names.map(name => ({ name, snippet: wanted as Json }))
  const template = stackOf(resized(there, count, { wanted, newName: namesFrom('', names) }), types)
  return stored === undefined ? { ...template, standsFor: size } : template
}

/** The sizes that a way in batches was begun with: how many are to roll, and how many there are to be in the end. */
interface Begun {
  readonly rolling: number
  readonly size: number
}

/** First in batches to the new definition, as many as there are; then to the size that is wanted. */
export function nextOfScaled(
  {
    inside,
    asked,
    cursor,
    seed,
    stored: { members: kept },
    timeoutSeconds,
  }: Pick<ChildWanted, 'inside' | 'asked' | 'cursor' | 'seed' | 'stored' | 'timeoutSeconds'>,
  { wanted, desired, clamp, policy, types }: ScaledAim,
): ChildStage | undefined {
  const members = membersOf(inside).map(one => ({
    ...one,
    fresh: policy === undefined || isFresh(inside, one.name, wanted),
    goes: kept?.includes(one.name) === false,
  }))
  const { rolling, size } = (cursor as unknown as Begun | undefined) ?? begin(members, kept?.length ?? desired, clamp)
  const upToDate = members.filter(({ fresh }) => fresh).length
  const stays = members.filter(({ goes }) => !goes)
  if (asked > 0 && members.length === size && stays.length === size && upToDate === size) return undefined

  const names = members.map(({ name }) => name)
  const made = { wanted, newName: namesFrom(`${seed}:${asked}`, names, kept) }
  const sizes = { target: rolling, current: members.length, upToDate }
  const rolls = policy !== undefined && (cursor !== undefined || upToDate < members.length)
  const batch = rolls ? nextBatch(sizes, policy) : undefined
  if (policy === undefined || batch === undefined) return stackOf(resized(stays, size, made), types)
  if (asked === 0) refuseLong([...batches(sizes, policy, 'stays')].length, policy, timeoutSeconds)
  // What has the new definition is to stay, unless it is broken.
  const rank = ({ broken, fresh, goes }: (typeof members)[number]): number => (goes ? 0 : broken ? 1 : fresh ? 3 : 2)
  const ordered = [...members].sort((one, other) => rank(one) - rank(other))
  const stay = batch.size === 0 ? [] : ordered.slice(-batch.size)
  const changing = stay.filter(({ fresh }) => !fresh).slice(0, Math.max(0, batch.fresh - (batch.size - stay.length)))
  const changed = stay.map(one => (changing.includes(one) ? { ...one, snippet: wanted as Json } : one))
  return {
    ...stackOf(resized(changed, batch.size, made), types),
    pauseSeconds: policy.pauseSeconds,
    ...(cursor === undefined ? { cursor: { rolling, size } } : {}),
  }
}

function begin(members: readonly ScaledMember[], desired: number | undefined, clamp: ScaledAim['clamp']): Begun {
  const current = sizeOf(members)
  return { rolling: Math.min(desired ?? current, members.length), size: clamp(desired ?? current) }
}
