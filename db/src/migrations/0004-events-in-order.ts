import type { Transaction } from '../transaction.js'

/** Whoever looks for stacks with too many events looks at the events since the last time, not at all of them. */
export async function up(tx: Transaction): Promise<void> {
  await tx.query('CREATE INDEX event_seq ON event (seq)')
}
