import type { Transaction } from '../transaction.js'

/** Deleted stacks are purged in the order in which they were deleted. */
export async function up(tx: Transaction): Promise<void> {
  await tx.query('CREATE INDEX stack_deleted ON stack (deleted_at, id) WHERE deleted_at IS NOT NULL')
}
