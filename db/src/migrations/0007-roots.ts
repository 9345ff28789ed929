import type { Transaction } from '../transaction.js'

/** Every row of a stack carries its root, by which stacks may be spread over databases. The version before writes rows without. */
export const breaking = true

export async function up(tx: Transaction): Promise<void> {
  for (const table of ['template', 'stack_lock']) {
    await tx.query(`ALTER TABLE ${table} ADD COLUMN root_id uuid`)
    // A template may outlive its stack's row.
    await tx.query(`UPDATE ${table} t SET root_id =
      coalesce((SELECT s.root_id FROM stack s WHERE s.id = t.stack_id), t.stack_id)`)
    await tx.query(`ALTER TABLE ${table} ALTER COLUMN root_id SET NOT NULL`)
  }
}
