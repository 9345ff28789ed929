import type { Transaction } from '../transaction.js'

/**
 * A nested stack knows the row of its parent's resource, and which step of it asked for the operation it is in. One row
 * has one live stack at most, however many workers try.
 */
export async function up(tx: Transaction): Promise<void> {
  await tx.query('ALTER TABLE stack ADD COLUMN parent_resource_id uuid, ADD COLUMN asked_by text')
  await tx.query(`CREATE UNIQUE INDEX stack_parent_resource ON stack (parent_resource_id)
    WHERE parent_resource_id IS NOT NULL AND deleted_at IS NULL`)
}
