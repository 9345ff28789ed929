import { type Database, lockStack, type Outcome, type Plans, type Transaction } from '@hearth/core/plugin'
import type { Batch, Sequel } from './batch.js'
import { completeTraversal } from './finish.js'
import type { Opening } from './opening.js'
import { patienceMs } from './patience.js'
import { placeNodes } from './place.js'
import { failTraversals } from './sql/complete.js'
import { endOpening, holdOpening } from './sql/opening.js'

export interface WriteBatchParts {
  readonly db: Database
  readonly plans: Plans
  readonly outcome: Outcome
}

/** Somebody else has the traversal, or has ended it. */
export class Overtaken extends Error {}

/** What has become of a traversal by a batch: the opening goes on, is over, or all of it is. */
export type Written = 'opening' | 'opened' | 'ended'

/**
 * Writes a batch of an opening while it is worked out, and what follows on it. All in one transaction, one behind the other:
 * the database need not wait for us, who are busy.
 * @param before the write of the batch before. Whether it has gone well, the opening says.
 * @throws Overtaken if it is not held any more, and what its steps have thrown
 */
export function writeBatch(
  opening: Opening,
  batch: Batch,
  before: Promise<void>,
  parts: WriteBatchParts,
): Promise<Written> {
  const { id, holder, operation } = opening
  return parts.db.transaction(async tx => {
    batch.begin()
    await before
    if (opening.isOver) throw new Overtaken()
    // Whoever ends an operation locks its stack, before its traversal.
    const locked = batch.mayEnd ? tx.query(lockStack, [operation.stack.id]) : undefined
    const held = tx.query(holdOpening, [id, holder, patienceMs]).then(({ length }) => {
      // Nothing more needs to be worked out.
      if (length === 0) opening.isOver = true
    })
    // Who failed first is told once all are sent.
    for (const answer of [locked, held]) answer?.catch(() => undefined)
    const { sequel, sent } = await batch.sendTo(tx)
    const [written] = await Promise.all([follow(opening, batch, sequel, parts, tx), locked, held, sent])
    if (opening.isOver) throw new Overtaken()
    return written
  })
}

async function follow(
  { id, operation, plan }: Opening,
  { mayEnd }: Batch,
  sequel: Sequel,
  { plans, outcome }: WriteBatchParts,
  tx: Transaction,
): Promise<Written> {
  if (sequel.kind === 'batch') return 'opening'
  const stored = plans.store(plan.rows, tx)
  if (sequel.kind === 'rest' && sequel.nodes.length === 0 && mayEnd) {
    await Promise.all([stored, completeTraversal(id, operation, outcome, tx)])
    return 'ended'
  }
  await Promise.all([
    stored,
    sequel.kind === 'rest'
      ? placeNodes({ id, operation, nodes: sequel.nodes }, tx)
      : tx.query(failTraversals, [[id], [sequel.reason]]),
    tx.query(endOpening, [id]),
  ])
  return 'opened'
}
