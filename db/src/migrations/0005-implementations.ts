import type { Transaction } from '../transaction.js'

/** The type that carries a resource out, where an environment gives its type another meaning. */
export async function up(tx: Transaction): Promise<void> {
  await tx.query('ALTER TABLE resource ADD COLUMN implementation text')
}
