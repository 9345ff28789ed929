import type { Transaction } from '../transaction.js'

/** How many resources a template wants. Null: it is from before; the rows of its stack tell. */
export async function up(tx: Transaction): Promise<void> {
  await tx.query('ALTER TABLE template ADD COLUMN size integer')
}
