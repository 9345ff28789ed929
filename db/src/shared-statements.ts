import { statement } from './transaction.js'

/** What every engine says to tables that are not its own. */

/** Locks a stack's row: the first of the lock order. */
export const lockStack = statement('lock-stack', `SELECT id FROM stack WHERE id = $1 FOR UPDATE`)

/** Counts a signal for each of these resources ($1): who is about to wait for one sees that it is there already. */
export const countSignals = statement(
  'count-signals',
  `WITH locked AS MATERIALIZED (SELECT id FROM resource WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE)
    UPDATE resource SET signals = signals + 1 WHERE id = ANY(ARRAY(SELECT id FROM locked))`,
)

/** Tells all daemons that listen on channel $1; $2 is the payload, '' for none. They hear it after the commit. */
export const notify = statement('notify', `SELECT pg_notify($1, $2)`)
