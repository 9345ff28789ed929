import {
  type Database,
  isOfDatabase,
  lockStack,
  type Logger,
  mostDeaths,
  type OperationEnd,
  type Outcome,
  type PlanOperation,
  settleAnd,
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
  readonly log: Logger
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
    if (end.kind === 'complete') await completeTraversal(traversal.id, now.operation, parts.outcome, tx)
    else await endTraversal(now.operation, end, parts, tx)
  })
}

/**
 * Ends a traversal in which nothing is left: there is nothing to stop, and nothing follows. The caller holds its lock
 * and its stack's.
 */
export async function completeTraversal(
  id: string,
  operation: PlanOperation,
  outcome: Outcome,
  tx: Transaction,
): Promise<void> {
  await Promise.all([tx.query(dropTraversal, [id]), outcome.settle(operation, { kind: 'complete' }, tx)])
}

/** Ends the running traversal of a stack, whose lock the caller holds, and starts the rollback that may follow. */
export async function endTraversal(
  operation: PlanOperation,
  end: OperationEnd,
  parts: FinishParts,
  tx: Transaction,
): Promise<void> {
  const underway = end.kind === 'timeout' ? 'abort' : 'await'
  const { opening, deaths } = await supersede(operation.stack.id, underway, 'timeout', parts.lifecycle, tx)
  // To make a plan of it kills a worker, as it seems, and it has to end all the same.
  if (deaths >= mostDeaths) {
    await parts.outcome.settle({ ...operation, rollback: false }, withoutRollback(end), tx)
    return
  }
  if (opening) await placeUnbegun(operation, parts, tx)
  await settleAnd(operation, end, parts.outcome, tx, next => beginTraversal(next, parts, tx, { moving: true }))
}

/** Whoever looks finds all resources of the stack, those that have not begun, too; unless no plan can be made any more. */
async function placeUnbegun(operation: PlanOperation, { plans, log }: FinishParts, tx: Transaction): Promise<void> {
  try {
    await plans.place(operation, tx, { moving: true })
  } catch (error) {
    if (isOfDatabase(error)) throw error
    log.error(
      { err: error, stack: operation.stack.id },
      'convergence: an operation ends without the rows of what has not begun',
    )
  }
}

const withoutRollback = (end: OperationEnd): OperationEnd =>
  end.kind === 'cancelled' ? { ...end, rollback: false } : end

function endOf(now: { failed: string | null; overdue: boolean; done: boolean }): OperationEnd | undefined {
  if (now.failed !== null) return { kind: 'failed', reason: now.failed }
  if (now.done) return { kind: 'complete' }
  return now.overdue ? { kind: 'timeout' } : undefined
}
