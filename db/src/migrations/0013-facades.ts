import type { Transaction } from '../transaction.js'

/** What a stack inside a resource is told of that resource: with the template that it was made from. */
export async function up(tx: Transaction): Promise<void> {
  await tx.query('ALTER TABLE template ADD COLUMN facade jsonb')
}
