import type { Transaction } from '../transaction.js'

/** A resource may stand for something that exists outside of its stack. */
export async function up(tx: Transaction): Promise<void> {
  await tx.query('ALTER TABLE resource ADD COLUMN external_id text')
}
