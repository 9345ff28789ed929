import type { Transaction } from '@hearth/db/transaction'
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
  const next = await outcome.settle(operation, end, tx)
  if (next === undefined) return undefined
  return { operation: next, plan: await plans.place(next, tx, { moving: true }) }
}
