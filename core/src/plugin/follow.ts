import type { Transaction } from '@hearth/db/transaction'
import { isOfDatabase } from '@hearth/db/trouble'
import type { Plan, PlanOperation } from './operation.js'
import type { OperationEnd, Outcome, Plans } from './services.js'

/** For each node of a plan, the nodes that wait for it: indexes, as in `requires`. */
export function neededBy({ nodes }: Plan): number[][] {
  const needed = nodes.map((): number[] => [])
  nodes.forEach(({ requires }, index) => {
    for (const required of requires) needed[required]?.push(index)
  })
  return needed
}

/**
 * Settles an operation that has ended, in `tx`, which holds the stack's lock. No step of it may write any more.
 * @returns the rollback that follows, its plan built and its rows placed; the engine carries it out.
 */
export async function settle(
  operation: PlanOperation,
  end: OperationEnd,
  { outcome, plans }: { readonly outcome: Outcome; readonly plans: Plans },
  tx: Transaction,
): Promise<{ readonly operation: PlanOperation; readonly plan: Plan } | undefined> {
  return settleAnd(operation, end, outcome, tx, async next => ({
    operation: next,
    plan: await plans.place(next, tx, { moving: true }),
  }))
}

/**
 * The same, for an engine that begins the rollback itself. One that cannot be begun, because its template or a row cannot be
 * read, has failed: a stack must not stay IN_PROGRESS for it.
 */
export async function settleAnd<Begun>(
  operation: PlanOperation,
  end: OperationEnd,
  outcome: Outcome,
  tx: Transaction,
  begin: (rollback: PlanOperation) => Promise<Begun>,
): Promise<Begun | undefined> {
  const next = await outcome.settle(operation, end, tx)
  if (next === undefined) return undefined
  try {
    return await begin(next)
  } catch (error) {
    // Then nothing of this is stored, and it is tried again.
    if (isOfDatabase(error)) throw error
    await outcome.settle(next, { kind: 'failed', reason: unplannable(error) }, tx)
    return undefined
  }
}

/** Why an operation has failed of which no plan can be made. */
export const unplannable = (error: unknown): string =>
  `No plan can be made of it: ${error instanceof Error ? error.message : String(error)}`
