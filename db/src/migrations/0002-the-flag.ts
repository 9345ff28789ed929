import type { Transaction } from '../transaction.js'

/** A stack remembers its engine; resource rows get what any engine may need. Stacks that exist stay on legacy. */
export async function up(tx: Transaction): Promise<void> {
  await tx.query(`ALTER TABLE stack ADD COLUMN engine text NOT NULL DEFAULT 'legacy'`)
  // Null in the columns below: a row from before. Plans derive the value from the stack's stored template.
  await tx.query(`ALTER TABLE resource
    ADD COLUMN requires uuid[],
    ADD COLUMN template_id uuid,
    ADD COLUMN definition_digest text,
    ADD COLUMN deletion_policy text,
    ADD COLUMN replaces uuid,
    ADD COLUMN cursor jsonb,
    ADD COLUMN actor text,
    ADD COLUMN signals bigint NOT NULL DEFAULT 0`)
}
