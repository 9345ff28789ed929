import { statement } from '@hearth/core/plugin'
import { free, leased } from './claim.js'
import { turnMs, turns } from './turn.js'

export interface Held {
  readonly id: string
  readonly traversal: string | null
  readonly abort: boolean
}

/**
 * Which of these nodes ($2 ids, $3 tokens) are still leased to worker $1. Said so that only the primary key can serve it:
 * with the index of leases a generic plan compares every node with everything the worker has ever leased and the vacuum
 * has not yet been at, which took 30 ms of a batch of 500 instead of one.
 */
const mine = `node n JOIN unnest($2::bigint[], $3::bigint[]) AS mine(id, token) ON mine.id = n.id`
const still = `n.token = mine.token AND n.lease IS NOT DISTINCT FROM $1::uuid`

/**
 * The fence of a completion: locks the traversals ($4) and then the nodes that are still ours. The count makes
 * PostgreSQL lock the traversals first. A row that somebody else changed meanwhile is looked at again once it is locked.
 */
const fenceWith = (strength: string): string =>
  `WITH held AS MATERIALIZED (SELECT id FROM traversal WHERE id = ANY($4::bigint[]) ORDER BY id ${strength})
    SELECT n.id, n.traversal, n.abort FROM ${mine}
    WHERE (SELECT count(*) FROM held) >= 0 AND ${still} ORDER BY n.id FOR UPDATE OF n`

/** New operations are kept away until the transaction ends; completions do not hinder each other. */
export const fence = statement('convergence-fence', fenceWith('FOR SHARE'))
/** The same, for a transaction that will mark some of the traversals failed. */
export const fenceOwning = statement('convergence-fence-owning', fenceWith('FOR UPDATE'))

/** The fence of a step that begins or goes on: nobody else acts on its resource. */
export const fenceSave = statement(
  'convergence-fence-save',
  `SELECT n.id FROM ${mine} LEFT JOIN resource r ON r.id = n.resource
    WHERE ${still} AND ${free} ORDER BY n.id FOR UPDATE OF n`,
)

/** Locks traversals that are about to be marked failed, or ended. */
export const ownTraversals = statement(
  'convergence-own-traversals',
  `SELECT id FROM traversal WHERE id = ANY($1::bigint[]) ORDER BY id FOR UPDATE`,
)

/**
 * Removes nodes that are done ($1), frees their resources, and counts them off at their dependents. Those that became
 * ready are leased to worker $2 at once, up to $3 of them, and up to $4 of those that need no lease once they are
 * committed: a chain costs one commit a hop, not two.
 */
export const finishNodes = statement(
  'convergence-finish-nodes',
  `WITH gone AS (DELETE FROM node WHERE id = ANY($1::bigint[]) RETURNING id, resource, needed_by),
    freed AS (UPDATE resource r SET actor = NULL FROM gone WHERE r.id = gone.resource AND r.actor = gone.id::text),
    counts AS (SELECT d AS id, count(*) AS done FROM gone, unnest(gone.needed_by) AS d GROUP BY d),
    locked AS MATERIALIZED (SELECT n.id, n.resource, n.effectless, counts.done, n.pending = counts.done AS ready
      FROM node n JOIN counts USING (id) WHERE n.state = 'waiting' ORDER BY n.id FOR UPDATE OF n),
    counted AS (SELECT n.id, n.effectless, n.done, n.ready, ${free} AS free,
        count(*) FILTER (WHERE n.ready) OVER (PARTITION BY n.effectless ORDER BY n.id) AS place
      FROM locked n LEFT JOIN resource r ON r.id = n.resource),
    decided AS MATERIALIZED (SELECT *,
      ready AND free AND place <= CASE WHEN effectless THEN $4::int ELSE $3::int END AS taken FROM counted),
    clock AS MATERIALIZED (SELECT ${turns} AS turn)
    UPDATE node SET pending = pending - decided.done,
      state = CASE WHEN taken THEN 'leased' WHEN ready THEN 'ready' ELSE state END,
      turn = CASE WHEN ready THEN clock.turn + (place - 1) * ${turnMs} END,
      lane = CASE WHEN taken THEN '' ELSE lane END,
      lease = CASE WHEN taken THEN $2::uuid END,
      token = token + taken::int, attempts = attempts + taken::int
    FROM decided, clock WHERE node.id = decided.id AND node.state = 'waiting'
    RETURNING ${leased}, node.state`,
)

/** Marks traversals failed with their first reason: $1 ids, $2 reasons. */
export const failTraversals = statement(
  'convergence-fail-traversals',
  `UPDATE traversal t SET failed = f.reason
    FROM unnest($1::bigint[], $2::text[]) AS f(id, reason) WHERE t.id = f.id AND t.failed IS NULL`,
)

/** Parks nodes for $2 milliseconds each: a row, not memory. They keep the actor of their resource. */
export const parkNodes = statement(
  'convergence-park-nodes',
  `UPDATE node SET state = 'parked', lease = NULL, attempts = 0, wake_at = hearth_now() + p.ms * interval '1 millisecond'
    FROM unnest($1::bigint[], $2::float8[]) AS p(id, ms) WHERE node.id = p.id`,
)

/**
 * Parks nodes ($1) until their resource is woken ($2 signals seen), for $3 milliseconds at most; what came meanwhile is not lost.
 * They leave the lane of what has begun: what they wait for may need the room, as the steps of a stack inside do.
 */
export const parkForSignal = statement(
  'convergence-park-for-signal',
  `UPDATE node SET lease = NULL, attempts = 0, wake_at = hearth_now() + p.ms * interval '1 millisecond',
      state = CASE WHEN r.signals = p.signals THEN 'parked' ELSE 'ready' END,
      lane = CASE WHEN r.signals = p.signals THEN node.type ELSE '' END
    FROM unnest($1::bigint[], $2::int[], $3::float8[]) AS p(id, signals, ms), resource r
    WHERE node.id = p.id AND r.id = node.resource`,
)

/** Nodes move to the new incarnations of their resources: $1 nodes, $2 resources. The old ones are free. */
export const moveNodes = statement(
  'convergence-move-nodes',
  `WITH moved AS (
      UPDATE node n SET resource = m.resource FROM unnest($1::bigint[], $2::uuid[]) AS m(id, resource), node was
      WHERE n.id = m.id AND was.id = n.id RETURNING n.id, was.resource AS former)
    UPDATE resource r SET actor = NULL FROM moved WHERE r.id = moved.former AND r.actor = moved.id::text`,
)
