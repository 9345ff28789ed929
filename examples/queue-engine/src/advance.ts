import { randomUUID } from 'node:crypto'
import {
  type EngineHost,
  type Lifecycle,
  lockStack,
  neededBy,
  type OperationEnd,
  type Plan,
  type PlanOperation,
  type Transaction,
} from '@hearth/core/plugin'
import type { Jobs } from './jobs.js'
import * as sql from './sql.js'

/** The NOTIFY channel of all daemons. */
export const channel = 'hearth_queue'
/** Payload: look for ends and aborts too, not only for jobs. */
export const tend = 'tend'

/** What the parts of the engine share. */
export interface Parts extends EngineHost {
  readonly jobs: Jobs
}

interface Current {
  readonly id: string
  readonly operation: PlanOperation
  readonly state: 'waiting' | 'running'
  readonly ending: OperationEnd | null
  /** It has steps that have not ended. */
  readonly left: boolean
}

/** A step that is not gone on with. */
interface Gone {
  readonly id: string
  readonly resource: string
  readonly abort: 'timeout' | 'cancelled' | 'deadly' | null
  readonly idle: boolean
}

const deadly = { reason: 'The worker died 3 times while it was at work on this resource' }

/**
 * Brings the operations of a stack on, as far as its steps allow. One that has come to its end is settled at once: what has
 * not begun of it goes away, what has begun learns that it is over, and is awaited. Then the next one's plan is placed. So
 * there are steps of one operation at a time, and no two on one resource. Anyone may, any number of times.
 * @param accepted the operation that is being accepted, in the transaction that changes the stack.
 */
export async function advance(
  stack: string,
  { lifecycle, outcome, plans, jobs }: Parts,
  tx: Transaction,
  accepted?: PlanOperation,
): Promise<void> {
  await tx.query(lockStack, [stack])
  await tx.query(sql.lockOperations, [stack])
  await tx.query(sql.lockSteps, [stack])
  await tx.query(sql.endOverdue, [stack])
  await tx.query(sql.endDeadly, [stack, deadly.reason])
  const [current] = await tx.query<Current>(sql.current, [stack])
  const end = current && endOf(current)
  if (end !== undefined) await tx.query(sql.supersede, [stack])

  const dropped = await tx.query<Gone>(sql.dropUnbegun, [stack])
  const aborted = await tx.query<Gone>(sql.dropAborted, [stack])
  await jobs.remove(
    [...dropped, ...aborted].map(({ id }) => id),
    tx,
  )
  // One that came to a hook when its operation was over already: who ends or follows an operation clears the others.
  const late = end === undefined && accepted === undefined ? dropped.filter(({ idle }) => idle) : []
  await giveUp([...aborted, ...late], lifecycle, tx)
  const follows = current && end && (await outcome.settle(current.operation, end, tx))
  if (follows !== undefined) await add(follows, tx)
  await jobs.putAgain(await tx.query<{ id: string }>(sql.tell, [stack]), tx)
  if ((await tx.query(sql.anyStep, [stack])).length > 0) return

  const moving = (await tx.query(sql.dropOver, [stack])).length > 0
  const next =
    follows ?? (end === undefined && current?.state === 'waiting' ? (accepted ?? current.operation) : undefined)
  if (next !== undefined) await place(next, await plans.place(next, tx, { moving }), jobs, tx)
}

function endOf({ state, ending, left }: Current): OperationEnd | undefined {
  return ending ?? (state === 'running' && !left ? { kind: 'complete' } : undefined)
}

async function giveUp(steps: readonly Gone[], lifecycle: Lifecycle, tx: Transaction): Promise<void> {
  for (const why of ['timeout', 'deadly', 'cancelled'] as const) {
    const resources = steps.filter(({ abort }) => (abort ?? 'cancelled') === why).map(({ resource }) => resource)
    if (resources.length > 0) await lifecycle.giveUp(resources, why === 'deadly' ? deadly : why, tx)
  }
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
