import type { Transaction } from '../transaction.js'

/** What a daemon has prepared fails once the type of what it answers is another one. */
export const breaking = true

/** A template keeps the order of its keys and the form of its numbers, which jsonb does not. */
export async function up(tx: Transaction): Promise<void> {
  await tx.query(`ALTER TABLE template
    ALTER COLUMN content TYPE json USING content::json,
    ALTER COLUMN environment TYPE json USING environment::json,
    ALTER COLUMN facade TYPE json USING facade::json`)
}
