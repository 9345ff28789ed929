import {
  type EndedStep,
  isIdle,
  type Lifecycle,
  notify,
  type SortedEnds,
  sortEnds,
  type Transaction,
  type WaitingEnd,
} from '@hearth/core/plugin'
import { giveUpNodes } from './give-up.js'
import type { LeasedNode } from './sql/claim.js'
import {
  failTraversals,
  fence,
  fenceOwning,
  finishNodes,
  type Held,
  moveNodes,
  parkForSignal,
  parkNodes,
} from './sql/complete.js'
import { channel } from './place.js'
import { dropNodes } from './sql/supersede.js'

/** A step that has ended on a node this worker leases. */
export type Finished = EndedStep<LeasedNode>

type Counted = LeasedNode & { readonly state: 'waiting' | 'ready' | 'leased' }

export interface Completed {
  /** Newly ready, and leased to this worker in the same transaction. */
  readonly next: readonly LeasedNode[]
  /** Nodes that go on with another resource. */
  readonly moved: readonly LeasedNode[]
  /** Traversals that may have come to their end. */
  readonly touched: readonly string[]
  /** Something is ready that is not leased here: it was not free, or there was no slot for it. */
  readonly left: boolean
  /** Milliseconds until the first of the parked ones is due. */
  readonly dueIn?: number
}

/** How many nodes that become ready are taken along at once. */
export interface Room {
  readonly worker: string
  /** To be run with a lease, after the commit. */
  readonly leased: number
  /** To be run in the same transaction. */
  readonly effectless: number
}

/** Checks the fence of a batch: which of its nodes are still this worker's, as their rows are now. */
export async function hold(batch: readonly Finished[], worker: string, tx: Transaction): Promise<Map<string, Held>> {
  const rows = await tx.query<Held>(batch.some(hasFailed) ? fenceOwning : fence, [
    worker,
    batch.map(({ step }) => step.id),
    batch.map(({ step }) => step.token),
    traversalsOf(batch),
  ])
  return new Map(rows.map(row => [row.id, row]))
}

/**
 * Writes everything that a batch of ended steps means, in a constant number of statements: states, events, dependents'
 * counters, newly ready nodes. What is not in `held` is dropped: somebody else has the node now.
 */
export async function complete(
  batch: readonly Finished[],
  held: ReadonlyMap<string, Held>,
  room: Room,
  lifecycle: Lifecycle,
  tx: Transaction,
): Promise<Completed> {
  const isSuperseded = ({ id }: LeasedNode): boolean => held.get(id)?.traversal === null
  const ends = sortEnds(
    batch.filter(({ step }) => held.has(step.id)),
    isSuperseded,
  )
  // What waits goes on acting on its resource; what has ended does not.
  const acting = new Map(ends.waiting.map(({ step }) => [step.resource, step.id]))
  // One behind the other, without waiting for an answer in between: the database need not wait for us, who may be busy.
  const [, { counted, dueIn, stopped }] = await Promise.all([
    lifecycle.write(ends.changes, tx, change => acting.get(change.resource) ?? null),
    settle(ends, { held, isSuperseded, room }, lifecycle, tx),
  ])
  // What waits for the nodes that ended is still there: then their traversal is not over, unless something failed.
  const goesOn = batch.some(hasFailed) ? new Set() : new Set(counted.map(({ traversal }) => traversal))
  const outlived = ends.done.some(isSuperseded) || ends.failed.some(({ step }) => isSuperseded(step))
  return {
    next: counted.filter(({ state }) => state === 'leased'),
    moved: ends.moved,
    touched: traversalsOf(batch).filter(id => !goesOn.has(id)),
    // The end of a node that outlived its traversal lets the one after it begin.
    left: counted.some(({ state }) => state === 'ready') || outlived || stopped.length > 0,
    ...(dueIn === undefined ? {} : { dueIn }),
  }
}

interface Settled {
  /** The dependents of what is done. */
  readonly counted: readonly Counted[]
  /** What was waiting for nothing any more. */
  readonly stopped: readonly LeasedNode[]
  readonly dueIn: number | undefined
}

/** What becomes of the nodes, and of those that wait for them. */
async function settle(
  { moved, waiting, failed, done }: SortedEnds<LeasedNode>,
  by: {
    readonly held: ReadonlyMap<string, Held>
    readonly isSuperseded: (step: LeasedNode) => boolean
    readonly room: Room
  },
  lifecycle: Lifecycle,
  tx: Transaction,
): Promise<Settled> {
  const { held, isSuperseded, room } = by
  if (moved.length > 0) await tx.query(moveNodes, [moved.map(({ id }) => id), moved.map(({ resource }) => resource)])
  // Its operation is over: it does not wait for anything any more, or there is nothing to wait for.
  const isStopped = ({ step, end }: Waiting): boolean =>
    held.get(step.id)?.abort === true || (isSuperseded(step) && isIdle(end))
  const stopped = waiting.filter(isStopped).map(({ step }) => step)
  const dueIn = await park(
    waiting.filter(one => !isStopped(one)),
    // Its operation has ended while it was called: it is called again at once, to learn that.
    step => step.traversal !== null && isSuperseded(step),
    tx,
  )
  const blamed = failed.filter(({ step }) => !isSuperseded(step))
  if (blamed.length > 0) {
    await tx.query(failTraversals, [blamed.map(({ step }) => step.traversal), blamed.map(({ reason }) => reason)])
  }
  // A failed node is not counted off: what waits for it never starts.
  if (failed.length > 0) await tx.query(dropNodes, [failed.map(({ step }) => step.id)])
  await giveUpNodes(stopped, 'cancelled', lifecycle, tx)
  return { counted: await finish(done, room, tx), stopped, dueIn }
}

export const hasFailed = ({ result }: Finished): boolean => result.end.kind === 'failed'
const traversalsOf = (batch: readonly Finished[]): string[] => [
  ...new Set(batch.flatMap(({ step }) => step.traversal ?? [])),
]

interface Waiting {
  readonly step: LeasedNode
  readonly end: WaitingEnd
}

async function park(
  batch: readonly Waiting[],
  isTold: (step: LeasedNode) => boolean,
  tx: Transaction,
): Promise<number | undefined> {
  const delays: { id: string; ms: number }[] = []
  const signals: { id: string; seen: number; ms: number }[] = []
  for (const { step, end } of batch) {
    const { id } = step
    if (isTold(step)) delays.push({ id, ms: 0 })
    else if (end.kind === 'again') delays.push({ id, ms: end.afterMs })
    if (end.kind === 'parked') signals.push({ id, seen: end.signals, ms: end.afterMs })
  }
  if (signals.length > 0) {
    const columns = [signals.map(({ id }) => id), signals.map(({ seen }) => seen), signals.map(({ ms }) => ms)]
    await tx.query(parkForSignal, columns)
  }
  if (delays.length === 0) return undefined
  await tx.query(parkNodes, [delays.map(({ id }) => id), delays.map(({ ms }) => ms)])
  return Math.min(...delays.map(({ ms }) => ms))
}

/** @returns the dependents: still waiting, ready, or leased to this worker. */
async function finish(done: readonly LeasedNode[], room: Room, tx: Transaction): Promise<Counted[]> {
  if (done.length === 0) return []
  const ids = done.map(({ id }) => id)
  const counted = await tx.query<Counted>(finishNodes, [ids, room.worker, room.leased, room.effectless])
  if (counted.some(({ state }) => state === 'ready')) await tx.query(notify, [channel, ''])
  return counted
}
