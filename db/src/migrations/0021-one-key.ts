import type { Transaction } from '../transaction.js'

/**
 * The key that secrets are encrypted with is told from any other. Of a database from before, that of the next daemon is
 * taken for it.
 */
export async function up(tx: Transaction): Promise<void> {
  await tx.query(`CREATE TABLE encryption_key (
    id integer PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    fingerprint text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT hearth_now())`)
}
