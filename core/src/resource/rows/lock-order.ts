import { resources, type Transaction } from '@hearth/db'
import type { Change } from './change.js'

/**
 * Locks the rows that changes are about together with those of others that they look at or touch, before either is
 * written: whoever signals a resource locks it and those that wait for it in the order of their ids, too. Few changes do
 * so, and only those cost anything.
 */
export async function lockInOrder(changes: readonly Change[], tx: Transaction): Promise<void> {
  const others = changes.flatMap(({ awaited, forgetting }) => [
    ...awaited.map(({ sender }) => sender),
    ...(forgetting?.among ?? []),
  ])
  if (others.length === 0) return
  await resources.lockAll(tx, [...new Set([...changes.map(({ resource }) => resource), ...others])])
}
