import {
  type Database,
  lockStack,
  type OperationEnd,
  type Outcome,
  type PlanOperation,
  type Transaction,
} from '@hearth/core/plugin'
import { type BeginParts, beginTraversal } from './begin.js'
import { ownTraversals } from './sql/complete.js'
import { dropTraversal } from './sql/supersede.js'
import { standing } from './sql/tend.js'
import { supersede } from './supersede.js'

export interface FinishParts extends BeginParts {
  readonly db: Database
  readonly outcome: Outcome
}

/** Ends a traversal that has failed, is overdue or has nothing left. Anyone may, any number of times. */
export async function finishTraversal(traversal: { id: string; stack: string }, parts: FinishParts): Promise<void> {
  await parts.db.transaction(async tx => {
    // Sent together, in the order of locks.
    const [, , [now]] = await Promise.all([
      tx.query(lockStack, [traversal.stack]),
      tx.query(ownTraversals, [[traversal.id]]),
      tx.query<{ operation: PlanOperation; failed: string | null; overdue: boolean; done: boolean }>(standing, [
        traversal.id,
      ]),
    ])
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
  const underway = end.kind === 'timeout' ? 'abort' : 'await'
  const { opening } = await supersede(operation.stack.id, underway, 'timeout', parts.lifecycle, tx)
  // Whoever looks finds all resources of the stack, those that have not begun, too.
  if (opening) await parts.plans.place(operation, tx, { moving: true })
  const next = await parts.outcome.settle(operation, end, tx)
  if (next !== undefined) await beginTraversal(next, parts, tx, { moving: true })
}

function endOf(now: { failed: string | null; overdue: boolean; done: boolean }): OperationEnd | undefined {
  if (now.failed !== null) return { kind: 'failed', reason: now.failed }
  if (now.done) return { kind: 'complete' }
  return now.overdue ? { kind: 'timeout' } : undefined
}
