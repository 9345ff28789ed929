import type { Transaction } from '../transaction.js'

/** Any worker may be given any step: those that lack what others have can be named. */
export async function up(tx: Transaction): Promise<void> {
  await tx.query(`ALTER TABLE worker ADD COLUMN plugins text[] NOT NULL DEFAULT '{}'`)
}
