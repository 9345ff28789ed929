import type { Transaction } from '../transaction.js'

/** Without it written by the end of an operation, the next rollback of the stack would lead to no resources. */
export const breaking = true

/**
 * Which template a stack has reached, however many operations have failed or were superseded since. Of stacks that are there
 * it is known as far as they tell: what has ended well says so by having none before, and a rollback by where it leads.
 */
export async function up(tx: Transaction): Promise<void> {
  await tx.query('ALTER TABLE stack ADD COLUMN reached_template_id uuid')
  await tx.query(`UPDATE stack SET reached_template_id = CASE
      WHEN action = 'ROLLBACK' THEN template_id
      WHEN previous_template_id IS NOT NULL THEN previous_template_id
      WHEN action IN ('CREATE', 'ADOPT') AND status <> 'COMPLETE' THEN NULL
      ELSE template_id END
    WHERE deleted_at IS NULL`)
}
