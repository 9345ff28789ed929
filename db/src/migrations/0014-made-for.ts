import type { Transaction } from '../transaction.js'

/** A config may be made for one deployment, and goes with it; all others are for whoever made them to delete. */
export async function up(tx: Transaction): Promise<void> {
  await tx.query('ALTER TABLE software_config ADD COLUMN made_for uuid')
}
