import { resources, type StackRow } from '@hearth/db'
import type { Transaction } from '../plugin/index.js'
import { type Incarnation, incarnationOf } from '../resource/incarnation.js'
import type { StackServices } from './services.js'

/**
 * Works on a resource's row under its lock, and then has everything called again that waits for it: its own step, and
 * those that depend on it. Engines lock their nodes before resources, so they are woken first.
 */
export async function withResource(
  { db, engines, secrets }: StackServices,
  stack: StackRow,
  id: string,
  work: (incarnation: Incarnation, tx: Transaction) => Promise<void>,
): Promise<void> {
  const engine = engines.of(stack)
  await db.transaction(async tx => {
    const waiting = [id, ...(await resources.leaningOn(tx, stack.id, id))]
    await engine.wake(
      waiting.map(one => ({ id: one, stack: stack.id })),
      tx,
    )
    const row = await resources.lock(tx, id)
    if (row !== undefined) await work(incarnationOf(row, secrets), tx)
  })
}
