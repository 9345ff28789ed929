import { resources, type StackRow } from '@hearth/db'
import type { Transaction } from '../../plugin/index.js'
import { type Incarnation, incarnationOf } from '../../resource/rows/incarnation.js'
import type { StackServices } from '../services.js'

/** Rolls back: a step has begun meanwhile that waits for the resource, too. */
class Joined extends Error {}

/**
 * Works on a resource's row under its lock, and then has everything called again that waits for it: its own step, and
 * those that depend on it. Engines lock their nodes before resources, so they are woken first. What begins from then on
 * either is seen under the lock, or sees, when it comes to wait, that the resource has been signalled.
 */
export async function withResource(
  services: StackServices,
  stack: StackRow,
  id: string,
  work: (incarnation: Incarnation, tx: Transaction) => Promise<void>,
): Promise<void> {
  const { db, engines, secrets } = services
  const engine = engines.of(stack)
  try {
    await db.transaction(async tx => {
      const leaning = await resources.leaningOn(tx, stack.id, id)
      await engine.wake(
        [id, ...leaning].map(one => ({ id: one, stack: stack.id })),
        tx,
      )
      const row = await resources.lock(tx, id)
      if ((await resources.leaningOn(tx, stack.id, id)).some(one => !leaning.includes(one))) throw new Joined()
      if (row !== undefined) await work(incarnationOf(row, secrets), tx)
    })
  } catch (error) {
    if (!(error instanceof Joined)) throw error
    // Each time one more has begun, of those that depend on it.
    return withResource(services, stack, id, work)
  }
}
