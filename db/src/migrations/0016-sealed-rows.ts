import type { Transaction } from '../transaction.js'

/** Code from before reads a sealed row as an empty one, and leaves what is sealed as it was when it writes the rest. */
export const breaking = true

/**
 * What secrets have gone into is encrypted: templates and what they are given, what resources tell, and all that software
 * configs and deployments hold. Rows that are there stay in clear until they are written again.
 */
export async function up(tx: Transaction): Promise<void> {
  await tx.query('ALTER TABLE template ADD COLUMN sealed text')
  await tx.query('ALTER TABLE resource ADD COLUMN sealed text')
  await tx.query('ALTER TABLE software_config ADD COLUMN sealed text')
  await tx.query('ALTER TABLE software_deployment ADD COLUMN sealed text')
}
