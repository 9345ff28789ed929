import { statement } from './transaction.js'

/** What every engine says to tables that are not its own. */

/** Locks a stack's row: the first of the lock order. */
export const lockStack = statement('lock-stack', `SELECT id FROM stack WHERE id = $1 FOR UPDATE`)

/** Counts a signal that came for a resource: who is about to wait for one sees that it is there already. */
export const countSignal = statement('count-signal', `UPDATE resource SET signals = signals + 1 WHERE id = $1`)
