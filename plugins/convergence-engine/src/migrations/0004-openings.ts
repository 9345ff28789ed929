import type { Transaction } from '@hearth/core/plugin'

/** A daemon from before takes a traversal without nodes for one that is done. */
export const breaking = true

/**
 * A traversal opens with what touches nothing but rows: one worker, its holder, carries that out straight from the plan.
 * What remains is placed as nodes. `deaths` are those of holders.
 */
export async function up(tx: Transaction): Promise<void> {
  await tx.query(`ALTER TABLE traversal ADD COLUMN placed boolean NOT NULL DEFAULT true,
    ADD COLUMN holder uuid, ADD COLUMN deaths integer NOT NULL DEFAULT 0`)
  await tx.query('CREATE INDEX traversal_opening ON traversal (project, id) WHERE NOT placed')
}
