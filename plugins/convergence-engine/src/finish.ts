import type { Database, Lifecycle, OperationEnd, Outcome, PlanOperation, Plans, Transaction } from '@hearth/core/plugin'
import { placeTraversal } from './place.js'
import { ownTraversals } from './sql/complete.js'
import { dropTraversal } from './sql/supersede.js'
import { lockStack, standing } from './sql/tend.js'
import { supersede } from './supersede.js'

export interface FinishParts {
  readonly db: Database
  readonly lifecycle: Lifecycle
  readonly outcome: Outcome
  readonly plans: Plans
}

/** Ends a traversal that has failed, is overdue or has nothing left. Anyone may, any number of times. */
export async function finishTraversal(traversal: { id: string; stack: string }, parts: FinishParts): Promise<void> {
  await parts.db.transaction(async tx => {
    await tx.query(lockStack, [traversal.stack])
    await tx.query(ownTraversals, [[traversal.id]])
    const [now] = await tx.query<{ operation: PlanOperation; failed: string | null; overdue: boolean; done: boolean }>(
      standing,
      [traversal.id],
    )
    if (now === undefined) return
    const end = endOf(now)
    if (end === undefined) return
    // Nothing is left to stop, and nothing follows.
    if (end.kind === 'complete') {
      await tx.query(dropTraversal, [traversal.id])
      await parts.outcome.settle(now.operation, end, tx)
    } else await endTraversal(now.operation, end, parts, tx)
  })
}

/** Ends the running traversal of a stack, whose lock the caller holds, and starts the rollback that may follow. */
export async function endTraversal(
  operation: PlanOperation,
  end: OperationEnd,
  parts: FinishParts,
  tx: Transaction,
): Promise<void> {
  const { lifecycle, outcome, plans } = parts
  await supersede(operation.stack.id, end.kind === 'timeout' ? 'abort' : 'await', 'timeout', lifecycle, tx)
  const next = await outcome.settle(operation, end, tx)
  if (next !== undefined)
    await placeTraversal(next, await plans.place(next, tx, { moving: true }), tx, { moving: true })
}

function endOf(now: { failed: string | null; overdue: boolean; done: boolean }): OperationEnd | undefined {
  if (now.failed !== null) return { kind: 'failed', reason: now.failed }
  if (now.done) return { kind: 'complete' }
  return now.overdue ? { kind: 'timeout' } : undefined
}
