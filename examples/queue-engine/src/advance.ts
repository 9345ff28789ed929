import { randomUUID } from 'node:crypto'
import {
  type Lifecycle,
  lockStack,
  neededBy,
  type OperationEnd,
  type Outcome,
  type Plan,
  type PlanOperation,
  type Plans,
  settle,
  type Transaction,
} from '@hearth/core/plugin'
import type { Jobs } from './jobs.js'
import * as sql from './sql.js'

/** The NOTIFY channel of all daemons. */
export const channel = 'hearth_queue'
/** Payload: look for ends and aborts too, not only for jobs. */
export const tend = 'tend'

export interface AdvanceParts {
  readonly lifecycle: Lifecycle
  readonly outcome: Outcome
  readonly plans: Plans
  readonly jobs: Jobs
}

interface OperationRow {
  readonly id: string
  readonly operation: PlanOperation
  readonly state: 'waiting' | 'running' | 'over'
  readonly ending: OperationEnd | null
}

/**
 * Brings the operations of a stack on, as far as its steps allow. What has not begun of an operation that is over or
 * ends goes away; what has begun is awaited; then the operation is settled, and the next one's plan placed. So there are
 * steps of one operation at a time, and no two on one resource. Anyone may, any number of times.
 * @param accepted the operation that is being accepted, in the transaction that changes the stack.
 */
export async function advance(
  stack: string,
  { lifecycle, outcome, plans, jobs }: AdvanceParts,
  tx: Transaction,
  accepted?: PlanOperation,
): Promise<void> {
  await tx.query(lockStack, [stack])
  await tx.query(sql.lockOperations, [stack])
  await tx.query(sql.lockSteps, [stack])
  await tx.query(sql.endOverdue, [stack])
  const dropped = await tx.query<{ id: string }>(sql.dropUnbegun, [stack])
  const aborted = await tx.query<{ id: string; resource: string; abort: 'timeout' | 'cancelled' }>(sql.dropAborted, [
    stack,
  ])
  const gone = [...dropped, ...aborted].map(({ id }) => id)
  await jobs.remove(gone, tx)
  for (const why of ['timeout', 'cancelled'] as const) {
    const resources = aborted.filter(({ abort }) => abort === why).map(({ resource }) => resource)
    if (resources.length > 0) await lifecycle.giveUp(resources, why, tx)
  }
  if ((await tx.query(sql.anyStep, [stack])).length > 0) return

  const rows = await tx.query<OperationRow>(sql.lockOperations, [stack])
  const current = rows.find(({ state }) => state !== 'over')
  const former = rows.filter(({ state }) => state === 'over').map(({ id }) => id)
  await tx.query(sql.dropOperations, [stack, former])
  if (current === undefined) return
  if (current.state === 'waiting' && current.ending === null) {
    const operation = accepted?.id === current.id ? accepted : current.operation
    return place(operation, await plans.place(operation, tx, { moving: former.length > 0 }), jobs, tx)
  }
  await tx.query(sql.dropOperations, [stack, [current.id]])
  const next = await settle(current.operation, current.ending ?? { kind: 'complete' }, { outcome, plans }, tx)
  if (next === undefined) return
  await add(next.operation, tx)
  await place(next.operation, next.plan, jobs, tx)
}

export async function add(operation: PlanOperation, tx: Transaction): Promise<void> {
  const { id, stack, timeoutSeconds } = operation
  await tx.query(sql.insertOperation, [id, stack.id, JSON.stringify(operation), timeoutSeconds])
}

/** Stores the steps of a plan, and makes jobs of those that wait for nothing. */
async function place({ id, stack }: PlanOperation, plan: Plan, jobs: Jobs, tx: Transaction): Promise<void> {
  await tx.query(sql.runOperation, [id])
  const ids = plan.nodes.map(() => randomUUID())
  const needed = neededBy(plan)
  const steps = plan.nodes.map(({ resource, step, requires }, index) => ({
    id: ids[index] as string,
    operation: id,
    stack_id: stack.id,
    resource,
    step,
    pending: requires.length,
    needed_by: needed[index]?.map(dependent => ids[dependent]),
  }))
  await tx.query(sql.insertSteps, [JSON.stringify(steps)])
  await jobs.put(
    steps.filter(({ pending }) => pending === 0),
    tx,
  )
  // Without steps it is over as soon as it begins.
  await tx.query(sql.notify, [channel, steps.length === 0 ? tend : ''])
}
