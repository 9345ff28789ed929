import type { Transaction } from '../transaction.js'

/** What signals have left with a resource, which only they write; and the hook at which it is paused. */
export async function up(tx: Transaction): Promise<void> {
  await tx.query(`ALTER TABLE resource ADD COLUMN received text, ADD COLUMN hook text`)
  await tx.query(`CREATE INDEX resource_hook ON resource (stack_id) WHERE hook IS NOT NULL`)
}
