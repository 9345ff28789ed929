import { statement, type Transaction } from './transaction.js'

/** How long a transaction may wait for its process, in milliseconds, whatever it does. */
export const mostIdleMs = 15_000

const idle = 'idle_in_transaction_session_timeout'
const waitMost = statement(
  'wait-most-for-process',
  `SELECT current_setting('${idle}') AS before, set_config('${idle}', '${mostIdleMs}', true)`,
)
const waitAs = statement('wait-for-process-as', `SELECT set_config('${idle}', $1::text, true)`)

/**
 * Work in a transaction that may keep it waiting for longer than its process may stand still otherwise: to build a large plan
 * takes some seconds, in which nothing is asked.
 */
export async function patiently<Result>(tx: Transaction, work: () => Promise<Result>): Promise<Result> {
  const [was] = await tx.query<{ before: string }>(waitMost)
  const restore = (): Promise<unknown> => tx.query(waitAs, [was?.before])
  let result: Result
  try {
    result = await work()
  } catch (error) {
    // Somebody may catch it, and go on. A transaction that has failed takes nothing more, and has nothing to restore.
    await restore().catch(() => undefined)
    throw error
  }
  await restore()
  return result
}
