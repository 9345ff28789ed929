import type { Transaction } from '../transaction.js'

/** That a worker is listed no more does not say that it has ended in order: it may be dead, and count as that. */
export async function up(tx: Transaction): Promise<void> {
  await tx.query('ALTER TABLE worker ADD COLUMN unlisted boolean NOT NULL DEFAULT false')
}
