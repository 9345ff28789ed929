import type { EndedStep, Lifecycle, StepResult, Transaction } from '@hearth/core/plugin'
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
import { notifyWorkers } from './sql/place.js'
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
  const failing = batch.some(hasFailed)
  const mine = batch.filter(({ step }) => held.has(step.id))
  const superseded = ({ step }: Finished): boolean => held.get(step.id)?.traversal === null
  // A superseded node does not replace its resource: the newer traversal decides that for itself.
  const valid = mine.filter(one => one.result.end.kind !== 'replaced' || !superseded(one))
  // What waits goes on acting on its resource; what has ended does not.
  const acting = new Map(valid.filter(one => waits(one.result)).map(({ step }) => [step.resource, step.id]))
  await lifecycle.write(
    valid.flatMap(({ result }) => result.change ?? []),
    tx,
    change => acting.get(change.resource) ?? null,
  )
  const moved = valid.filter(({ result }) => result.end.kind === 'replaced')
  if (moved.length > 0) {
    await tx.query(moveNodes, [
      moved.map(({ step }) => step.id),
      moved.map(({ result }) => (result.end.kind === 'replaced' ? result.end.resource : null)),
    ])
  }
  const waiting = valid.filter(({ result }) => waits(result))
  // Its operation is over: it does not wait for anything any more, or there is nothing to wait for.
  const isStopped = (one: Finished): boolean =>
    held.get(one.step.id)?.abort === true || (superseded(one) && isIdle(one.result))
  const stopped = waiting.filter(isStopped)
  const dueIn = await park(
    waiting.filter(one => !isStopped(one)),
    // Its operation has ended while it was called: it is called again at once, to learn that.
    one => one.step.traversal !== null && superseded(one),
    tx,
  )
  const failed = valid.filter(one => hasFailed(one) && !superseded(one))
  if (failed.length > 0) {
    await tx.query(failTraversals, [
      failed.map(({ step }) => step.traversal),
      failed.map(({ result }) => (result.end.kind === 'failed' ? result.end.reason : '')),
    ])
  }
  const stays = new Set([...waiting, ...moved])
  const over = mine.filter(one => !stays.has(one))
  // A failed node is not valid off: what waits for it never starts.
  const lost = over.filter(hasFailed)
  if (lost.length > 0) await tx.query(dropNodes, [lost.map(({ step }) => step.id)])
  await giveUpNodes(
    stopped.map(({ step }) => step),
    'cancelled',
    lifecycle,
    tx,
  )
  const counted = await finish(
    over.filter(one => !hasFailed(one)),
    room,
    tx,
  )
  // What waits for the nodes that ended is still there: then their traversal is not over, unless something failed.
  const goesOn = failing ? new Set() : new Set(counted.map(({ traversal }) => traversal))
  return {
    next: counted.filter(({ state }) => state === 'leased'),
    moved: moved.map(({ step, result }) => ({
      ...step,
      resource: result.end.kind === 'replaced' ? result.end.resource : step.resource,
    })),
    touched: traversalsOf(batch).filter(id => !goesOn.has(id)),
    // The end of a node that outlived its traversal lets the one after it begin.
    left: counted.some(({ state }) => state === 'ready') || over.some(superseded) || stopped.length > 0,
    ...(dueIn === undefined ? {} : { dueIn }),
  }
}

export const hasFailed = ({ result }: Finished): boolean => result.end.kind === 'failed'
const traversalsOf = (batch: readonly Finished[]): string[] => [
  ...new Set(batch.flatMap(({ step }) => step.traversal ?? [])),
]
const isIdle = ({ end }: StepResult): boolean => end.kind === 'parked' && end.idle === true
const waits = ({ end }: StepResult): boolean => end.kind === 'again' || end.kind === 'parked'

async function park(
  batch: readonly Finished[],
  toldNow: (one: Finished) => boolean,
  tx: Transaction,
): Promise<number | undefined> {
  const delays: { id: string; ms: number }[] = []
  const signals: { id: string; seen: number; deadline: Date }[] = []
  for (const one of batch) {
    const { id } = one.step
    const { end } = one.result
    if (toldNow(one)) delays.push({ id, ms: 0 })
    else if (end.kind === 'again') delays.push({ id, ms: end.afterMs })
    if (end.kind === 'parked') signals.push({ id, seen: end.signals, deadline: end.deadline })
  }
  if (signals.length > 0) {
    const columns = [signals.map(({ id }) => id), signals.map(({ seen }) => seen), signals.map(one => one.deadline)]
    await tx.query(parkForSignal, columns)
  }
  if (delays.length === 0) return undefined
  await tx.query(parkNodes, [delays.map(({ id }) => id), delays.map(({ ms }) => ms)])
  return Math.min(...delays.map(({ ms }) => ms))
}

/** @returns the dependents: still waiting, ready, or leased to this worker. */
async function finish(over: readonly Finished[], room: Room, tx: Transaction): Promise<Counted[]> {
  if (over.length === 0) return []
  const ids = over.map(({ step }) => step.id)
  const counted = await tx.query<Counted>(finishNodes, [ids, room.worker, room.leased, room.effectless])
  if (counted.some(({ state }) => state === 'ready')) await tx.query(notifyWorkers, [channel, ''])
  return counted
}
