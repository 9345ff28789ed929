import type { Transaction } from '../transaction.js'

/** Values of properties that are hidden are kept encrypted, apart from the others. */
export async function up(tx: Transaction): Promise<void> {
  await tx.query('ALTER TABLE resource ADD COLUMN hidden_properties text')
}
