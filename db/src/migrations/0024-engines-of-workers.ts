import type { Transaction } from '../transaction.js'

/** What is accepted waits for a worker with the engine of its stack: which engines wait, and which workers have them. */
export async function up(tx: Transaction): Promise<void> {
  await tx.query(`ALTER TABLE worker ADD COLUMN engines text[] NOT NULL DEFAULT '{}'`)
  await tx.query(`CREATE INDEX stack_in_progress ON stack (engine, action)
    WHERE status = 'IN_PROGRESS' AND deleted_at IS NULL`)
}
