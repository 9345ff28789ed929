import type { EndedStep, HeldStep as Held, Lifecycle, Transaction } from '@hearth/core/plugin'
import { channel } from './advance.js'
import type { Jobs } from './jobs.js'
import * as sql from './sql.js'

/** A step as a worker of this engine holds it. */
export interface HeldStep extends Held {
  readonly operation: string
}

/**
 * Writes all that a batch of ended steps means, in one transaction: states and events, jobs of what became ready or
 * waits, the end of an operation that failed. What the fence rejects is dropped: another worker has the step.
 * @returns the steps that go on at once, with another resource; the milliseconds after which others are due; and whether
 * an operation may have come to its end.
 */
export async function complete(
  batch: readonly EndedStep<HeldStep>[],
  worker: string,
  { lifecycle, jobs, now }: { readonly lifecycle: Lifecycle; readonly jobs: Jobs; readonly now: number },
  tx: Transaction,
): Promise<{ moved: HeldStep[]; dueIn: number[]; over: boolean }> {
  const operations = await tx.query<{ id: string; state: string }>(sql.ownOperations, [
    [...new Set(batch.map(({ step }) => step.operation))],
  ])
  const running = new Set(operations.filter(({ state }) => state === 'running').map(({ id }) => id))
  const rows = await tx.query<{ id: string; abort: string | null }>(sql.fence, [
    worker,
    batch.map(({ step }) => step.id),
    batch.map(({ step }) => step.token),
  ])
  const held = new Map(rows.map(({ id, abort }) => [id, abort]))
  const mine = batch.filter(({ step }) => held.has(step.id))
  // A superseded step replaces nothing: the newer operation decides that for itself.
  const valid = mine.filter(({ step, result }) => result.end.kind !== 'replaced' || running.has(step.operation))
  await lifecycle.write(
    valid.flatMap(({ result }) => result.change ?? []),
    tx,
  )

  const moved: HeldStep[] = []
  const waiting: { id: string; ms: number; signals: number | null; idle: boolean }[] = []
  let stopped = false
  const failed: { operation: string; reason: string }[] = []
  const done: string[] = []
  for (const { step, result } of valid) {
    const { end } = result
    const waits = end.kind === 'again' || end.kind === 'parked'
    // Its operation is over, or it is to stop: there is something to tell it, or to take away.
    stopped ||= waits && (held.get(step.id) !== null || !running.has(step.operation))
    if (end.kind === 'replaced') moved.push({ ...step, resource: end.resource })
    else if (end.kind === 'again') waiting.push({ id: step.id, ms: end.afterMs, signals: null, idle: false })
    else if (end.kind === 'parked') {
      const { deadline, signals, idle = false } = end
      waiting.push({ id: step.id, ms: Math.max(0, deadline.getTime() - now), signals, idle })
    } else if (end.kind === 'failed') failed.push({ operation: step.operation, reason: end.reason })
    else done.push(step.id)
  }
  if (moved.length > 0) await tx.query(sql.move, [moved.map(({ id }) => id), moved.map(({ resource }) => resource)])
  // One that was told to stop is parked like the others: it ends with its operation.
  const due =
    waiting.length === 0
      ? []
      : await tx.query<{ id: string; afterMs: number }>(sql.park, [
          waiting.map(({ id }) => id),
          waiting.map(({ ms }) => ms),
          waiting.map(({ signals }) => signals),
          waiting.map(({ idle }) => idle),
        ])
  await jobs.putAgain(due, tx)
  if (failed.length > 0) {
    await tx.query(sql.failOperations, [failed.map(({ operation }) => operation), failed.map(({ reason }) => reason)])
  }
  const stay = new Set([...moved, ...waiting].map(({ id }) => id))
  const gone = mine.map(({ step }) => step.id).filter(id => !stay.has(id))
  const counted = gone.length === 0 ? [] : await tx.query<{ id: string; pending: number }>(sql.finish, [gone, done])
  await jobs.remove(gone, tx)
  const ready = counted.filter(({ pending }) => pending === 0)
  await jobs.put(ready, tx)
  if (ready.length > 0) await tx.query(sql.notify, [channel, ''])
  const over = stopped || failed.length > 0 || (gone.length > 0 && counted.length === 0)
  return { moved, dueIn: due.map(({ afterMs }) => afterMs), over }
}
