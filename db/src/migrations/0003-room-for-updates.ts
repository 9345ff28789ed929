import type { Transaction } from '../transaction.js'

/**
 * A resource row is written once small and once or twice in full: with room on its page the new version stays there, and
 * no index hears of it. Events are asked for by stack; nobody asks by root.
 */
export async function up(tx: Transaction): Promise<void> {
  await tx.query('ALTER TABLE resource SET (fillfactor = 40)')
  await tx.query('DROP INDEX event_root')
}
