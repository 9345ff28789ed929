import type { GivenUp, Lifecycle, PlanOperation, Transaction } from '@hearth/core/plugin'
import { detachNodes, dropNodes, dropTraversal, lockNodes, lockTraversal, readNodes } from './sql/supersede.js'

interface LockedNode {
  readonly id: string
  readonly resource: string
  readonly state: 'waiting' | 'ready' | 'leased' | 'parked'
  readonly underWay: boolean
}

export interface Superseded {
  /** Something of an earlier operation was there. */
  readonly moving: boolean
  /** Its opening was not over: not all rows of its plan are stored. */
  readonly opening: boolean
  /** Workers that have died while they opened it. */
  readonly deaths: number
}

/**
 * Ends the traversal of a stack, if there is one: nodes that have not begun go away; steps under way are detached and
 * run to their end, or, with `abort`, are stopped: parked ones here, running ones by their workers.
 * The caller holds the stack's lock.
 */
export async function supersede(
  stack: string,
  underway: PlanOperation['underway'],
  why: GivenUp,
  lifecycle: Lifecycle,
  tx: Transaction,
): Promise<Superseded> {
  const [traversal] = await tx.query<{ id: string; placed: boolean; deaths: number }>(lockTraversal, [stack])
  await tx.query(lockNodes, [stack])
  const nodes = await tx.query<LockedNode>(readNodes, [stack])
  const begun = nodes.filter(node => node.underWay && node.state !== 'waiting')
  const detached = begun.filter(node => underway === 'await' || node.state === 'leased')
  const stopped = begun.filter(node => !detached.includes(node))
  const kept = new Set(detached)
  const dropped = nodes.filter(node => !kept.has(node))
  if (detached.length > 0) await tx.query(detachNodes, [detached.map(({ id }) => id), underway === 'abort'])
  if (dropped.length > 0) await tx.query(dropNodes, [dropped.map(({ id }) => id)])
  if (stopped.length > 0)
    await lifecycle.giveUp(
      stopped.map(({ resource }) => resource),
      why,
      tx,
    )
  if (traversal !== undefined) await tx.query(dropTraversal, [traversal.id])
  return {
    moving: traversal !== undefined || nodes.length > 0,
    opening: traversal?.placed === false,
    deaths: traversal?.deaths ?? 0,
  }
}
