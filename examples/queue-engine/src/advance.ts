import {
  type EngineHost,
  notify,
  type PlanOperation,
  type StoredPlans,
  type StoredSteps,
  type Transaction,
} from '@hearth/core/plugin'
import type { Jobs } from './jobs.js'

/** The NOTIFY channel of all daemons. */
export const channel = 'hearth_queue'
/** Payload: look for ends and aborts too, not only for jobs. */
export const tend = 'tend'

/** What the parts of the engine share. */
export interface Parts extends EngineHost {
  readonly stored: StoredPlans
  readonly held: StoredSteps
  readonly jobs: Jobs
}

/**
 * Brings the operations of a stack on, as far as its steps allow. One that has come to its end is settled at once: what has
 * not begun of it goes away, what has begun learns that it is over, and is awaited. Then the next one's plan is placed. So
 * there are steps of one operation at a time, and no two on one resource. Anyone may, any number of times.
 * @param accepted the operation that is being accepted, in the transaction that changes the stack.
 */
export async function advance(stack: string, parts: Parts, tx: Transaction, accepted?: PlanOperation): Promise<void> {
  const { lifecycle, outcome, plans, stored, jobs } = parts
  const { current, steps } = await stored.read(stack, tx)
  const end = current?.end ?? undefined
  if (current?.placed === true && end === undefined) return

  // All steps that there are belong to an operation that is over by now.
  const unbegun = steps.filter(({ begun, abort }) => !begun && abort !== 'deadly')
  const stopped = steps.filter(({ begun, held, abort }) => abort === 'deadly' || (begun && !held && abort !== null))
  const gone = [...unbegun, ...stopped]
  await stored.drop(gone, tx)
  await jobs.remove(gone, tx)
  // One that came to a hook when its operation was over already: who ends or follows an operation clears the others.
  const late = end === undefined && accepted === undefined ? unbegun.filter(({ idle }) => idle) : []
  await stored.giveUp([...stopped, ...late], lifecycle, tx)
  if (end !== undefined) await stored.finish(stack, tx)
  const follows = current && end && (await outcome.settle(current.operation, end, tx))
  if (follows !== undefined) await stored.add(follows, tx)

  const left = steps.filter(step => !gone.includes(step))
  const untold = left.filter(({ held, told }) => !held && !told)
  await stored.tell(untold, tx)
  await jobs.putAgain(untold, tx)
  if (left.length > 0) return

  const moving = await stored.forget(stack, tx)
  const next = follows ?? (end === undefined && current !== undefined ? (accepted ?? current.operation) : undefined)
  if (next === undefined) return
  const ready = await stored.place(next, await plans.place(next, tx, { moving }), tx)
  await jobs.put(ready, tx)
  // Without steps it is over as soon as it begins.
  await tx.query(notify, [channel, ready.length === 0 ? tend : ''])
}
