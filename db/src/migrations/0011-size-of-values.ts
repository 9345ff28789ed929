import type { Transaction } from '../transaction.js'

/** Bytes of a resource's properties and attributes; 0 in rows that nobody has written since. */
export async function up(tx: Transaction): Promise<void> {
  await tx.query(`ALTER TABLE resource ADD COLUMN size integer NOT NULL DEFAULT 0`)
}
