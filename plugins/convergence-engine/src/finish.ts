import {
  type Database,
  type Lifecycle,
  lockStack,
  type OperationEnd,
  type Outcome,
  type PlanOperation,
  type Plans,
  settle,
  type Transaction,
} from '@hearth/core/plugin'
import { placeTraversal } from './place.js'
import { ownTraversals } from './sql/complete.js'
import { dropTraversal } from './sql/supersede.js'
import { standing } from './sql/tend.js'
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
  await supersede(operation.stack.id, end.kind === 'timeout' ? 'abort' : 'await', 'timeout', parts.lifecycle, tx)
  const next = await settle(operation, end, parts, tx)
  if (next !== undefined) await placeTraversal(next.operation, next.plan, tx, { moving: true })
}

function endOf(now: { failed: string | null; overdue: boolean; done: boolean }): OperationEnd | undefined {
  if (now.failed !== null) return { kind: 'failed', reason: now.failed }
  if (now.done) return { kind: 'complete' }
  return now.overdue ? { kind: 'timeout' } : undefined
}
