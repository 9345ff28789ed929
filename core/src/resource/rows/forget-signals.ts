import { resources, type Transaction } from '@hearth/db'
import type { Change } from './change.js'
import { incarnationOf } from './incarnation.js'
import type { Secrets } from '../secrets/secrets.js'

/** Forgets what resources have been signalled, where a change says so: few do, and only those cost anything. */
export async function forgetSignals(changes: readonly Change[], tx: Transaction, secrets: Secrets): Promise<void> {
  const forgetting = changes.flatMap(change => change.forgetting ?? [])
  if (forgetting.length === 0) return
  const rows = await resources.byIds(tx, [...new Set(forgetting.flatMap(({ among }) => among))])
  const forgotten = rows.filter(row => {
    if (row.received === null) return false
    const other = incarnationOf(row, secrets)
    return forgetting.some(({ among, holds }) => among.includes(row.id) && holds(other))
  })
  await resources.forgetSignals(
    tx,
    forgotten.map(({ id }) => id),
  )
}
