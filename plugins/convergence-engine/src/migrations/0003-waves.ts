import type { Transaction } from '@hearth/core/plugin'

/**
 * Nodes whose step touches nothing but rows are run in waves: claimed, run and completed in one transaction, without a
 * lease. They queue apart from the others. A wave leaves a mark with its transaction, so that one that killed its worker
 * is known: what it was at work on is done with leases from then on.
 */
export async function up(tx: Transaction): Promise<void> {
  await tx.query('ALTER TABLE node ADD COLUMN effectless boolean NOT NULL DEFAULT false')
  await tx.query('DROP INDEX node_ready')
  await tx.query(`CREATE INDEX node_ready ON node (project, lane, turn, id) WHERE state = 'ready' AND NOT effectless`)
  await tx.query(`CREATE INDEX node_effectless ON node (project, turn, id) WHERE state = 'ready' AND effectless`)
  await tx.query(`CREATE TABLE wave (
    worker uuid NOT NULL,
    place integer NOT NULL,
    transaction xid8 NOT NULL,
    traversals bigint[] NOT NULL,
    PRIMARY KEY (worker, place))`)
}
