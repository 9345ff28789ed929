import { statement } from '@hearth/core/plugin'
import { turns } from './turn.js'
import { unfinished } from './wave.js'

/**
 * Parked nodes whose time has come are ready again. Index: node_parked. A volatile function is no condition of an index,
 * unless it is asked once: else this reads all that is parked. By an array of ids: a join would read the whole table.
 */
export const wakeDue = statement(
  'convergence-wake-due',
  `WITH due AS MATERIALIZED (SELECT id FROM node WHERE state = 'parked' AND wake_at <= (SELECT hearth_now())
      ORDER BY wake_at LIMIT 1000 FOR UPDATE SKIP LOCKED),
    clock AS MATERIALIZED (SELECT ${turns} AS turn)
    UPDATE node SET state = 'ready', lane = '', turn = clock.turn FROM clock
      WHERE node.id = ANY(ARRAY(SELECT id FROM due)) RETURNING node.id`,
)

/**
 * Signals came: the counters tell a step that is about to park, the state tells one that is parked. Nodes are locked
 * first, in a statement of its own, so that the last one sees what a parking that was under way has written.
 */
export const lockNodesOf = statement(
  'convergence-lock-nodes-of',
  `SELECT id FROM node WHERE stack_id = ANY($2::uuid[]) AND resource = ANY($1::uuid[]) ORDER BY id FOR UPDATE`,
)
export const wakeParked = statement(
  'convergence-wake-parked',
  `UPDATE node SET state = 'ready', lane = '', turn = ${turns}
    WHERE stack_id = ANY($2::uuid[]) AND resource = ANY($1::uuid[]) AND state = 'parked'`,
)

/** Traversals that somebody has to end: failed or overdue. Indexes: traversal_failed, traversal_deadline. */
export const endedTraversals = statement(
  'convergence-ended-traversals',
  `SELECT id, stack_id AS stack FROM traversal WHERE failed IS NOT NULL
    UNION (SELECT id, stack_id FROM traversal WHERE deadline <= (SELECT hearth_now()) ORDER BY deadline LIMIT 100)`,
)

/** Those with nothing left, whose completer did not live to end them. Asks for each traversal, so only now and then. */
export const emptyTraversals = statement(
  'convergence-empty-traversals',
  `SELECT t.id, t.stack_id AS stack FROM traversal t
    WHERE t.placed AND NOT EXISTS (SELECT FROM node n WHERE n.stack_id = t.stack_id AND n.traversal = t.id) LIMIT 100`,
)

/**
 * The same, of those that a completion has touched. Index: node_stack, walked in its order up to the first node that is
 * there: without an order PostgreSQL reads all nodes of the stack, also those that are gone and not vacuumed yet.
 */
export const endedAmong = statement(
  'convergence-ended-among',
  `SELECT t.id, t.stack_id AS stack FROM traversal t WHERE t.id = ANY($1::bigint[])
    AND (t.failed IS NOT NULL OR t.placed AND (
      SELECT true FROM node n WHERE n.stack_id = t.stack_id AND n.traversal = t.id ORDER BY n.resource LIMIT 1) IS NULL)`,
)

/** How a traversal stands, once its stack and itself are locked. */
export const standing = statement(
  'convergence-standing',
  `SELECT t.operation, t.failed, t.deadline <= hearth_now() AS overdue,
      t.placed AND NOT EXISTS (SELECT FROM node n WHERE n.stack_id = t.stack_id AND n.traversal = t.id) AS done
    FROM traversal t WHERE t.id = $1`,
)

/**
 * Locks what has died with its workers ($1) $2 times, before it is decided on: it must not be left out of that, and be found
 * without its company later.
 */
export const lockSuspects = statement(
  'convergence-lock-suspects',
  `SELECT id FROM node WHERE state = 'leased' AND lease = ANY($1::uuid[]) AND attempts >= $2::int ORDER BY id FOR UPDATE`,
)

const begun = `(n.effectless OR coalesce(r.actor = n.id::text, false))`

/**
 * What dead workers ($1) held is ready again, at its cursor, in its old turn; of it, what was to be aborted is returned
 * to be ended. What has now died with its worker $2 times, with nothing beside it, stays leased until it is failed.
 * Beside it is what is leased, also what somebody else has locked just now, what is opened, and a wave that was under
 * way. That its worker died counts for what had begun; where nothing had, something may have died of what comes before,
 * and it counts for all. A step that touches only rows does not say that it begins.
 */
export const releaseDead = statement(
  'convergence-release-dead',
  `WITH held AS MATERIALIZED (
      SELECT n.id, n.lease, n.abort, n.attempts, ${begun} AS begun
      FROM node n LEFT JOIN resource r ON r.id = n.resource
      WHERE n.state = 'leased' AND n.lease = ANY($1::uuid[]) ORDER BY n.id FOR UPDATE OF n SKIP LOCKED),
    company AS MATERIALIZED (SELECT n.lease, bool_or(${begun}) AS begun, count(*)
        + (SELECT count(*) FROM traversal t WHERE t.holder = n.lease AND NOT t.placed)
        + (SELECT count(*) FROM wave w WHERE w.worker = n.lease AND ${unfinished}) AS size
      FROM node n LEFT JOIN resource r ON r.id = n.resource
      WHERE n.state = 'leased' AND n.lease = ANY($1::uuid[]) GROUP BY n.lease)
    UPDATE node SET state = 'ready', lease = NULL,
      attempts = node.attempts - (company.begun AND NOT held.begun)::int
    FROM held JOIN company USING (lease)
    WHERE node.id = held.id AND (held.abort OR held.attempts < $2::int OR company.size > 1)
    RETURNING node.id, node.resource, node.abort`,
)
export const deadly = statement(
  'convergence-deadly',
  `SELECT id, traversal FROM node
    WHERE state = 'leased' AND lease = ANY($1::uuid[]) AND NOT abort AND attempts >= $2::int`,
)
/** The same once their traversals are locked: $3 says which. */
export const takeDeadly = statement(
  'convergence-take-deadly',
  `SELECT n.id, n.resource, n.traversal, r.name FROM node n LEFT JOIN resource r ON r.id = n.resource
    WHERE n.id = ANY($3::bigint[]) AND n.state = 'leased' AND n.lease = ANY($1::uuid[]) AND NOT n.abort
      AND n.attempts >= $2::int ORDER BY n.id FOR UPDATE OF n`,
)

/**
 * Steps that outlived their traversal (only those have a deadline) and are overdue, or were to be aborted when their
 * worker handed them back: those that run are to be aborted, the others are returned.
 */
export const overdueNodes = statement(
  'convergence-overdue-nodes',
  `WITH overdue AS MATERIALIZED (SELECT id, resource, state, abort FROM node WHERE deadline IS NOT NULL
        AND CASE WHEN abort THEN state <> 'leased' ELSE deadline <= hearth_now() END
      ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED),
    told AS (UPDATE node SET abort = true FROM overdue WHERE node.id = overdue.id AND overdue.state = 'leased')
    SELECT id, resource, abort FROM overdue WHERE state <> 'leased'`,
)

/** What worker $1 holds, by the rows. Index: node_leased. */
export const heldBy = statement(
  'convergence-held-by',
  `SELECT id, token, abort FROM node WHERE state = 'leased' AND lease = $1`,
)

/** Worker $1 hands nodes ($2 ids, $3 tokens) back, for an attempt in a second. Nobody died: that is no attempt. */
export const returnNodes = statement(
  'convergence-return-nodes',
  `WITH mine AS MATERIALIZED (SELECT n.id FROM node n JOIN unnest($2::bigint[], $3::bigint[]) AS given(id, token)
        ON n.id = given.id AND n.token = given.token
      WHERE n.lease = $1 ORDER BY n.id FOR UPDATE OF n)
    UPDATE node SET state = 'parked', lease = NULL, token = token + 1, attempts = greatest(attempts - 1, 0),
      wake_at = hearth_now() + interval '1 second'
    FROM mine WHERE node.id = mine.id`,
)

/** Worker $1 ends: all it holds is ready for others. */
export const returnAll = statement(
  'convergence-return-all',
  `WITH mine AS MATERIALIZED (SELECT id FROM node WHERE state = 'leased' AND lease = $1 ORDER BY id FOR UPDATE)
    UPDATE node SET state = 'ready', lease = NULL, token = token + 1, attempts = greatest(attempts - 1, 0)
    FROM mine WHERE node.id = mine.id`,
)

/** Milliseconds until the next parked node is due; null: none. */
export const nextDue = statement(
  'convergence-next-due',
  `SELECT extract(epoch FROM min(wake_at) - hearth_now()) * 1000 AS ms FROM node WHERE state = 'parked'`,
)

/** One of these stacks ($1) on which an operation runs, or of which steps are still under way. */
export const underWayOf = statement(
  'convergence-under-way-of',
  `SELECT s.name, s.action FROM stack s WHERE s.id = ANY($1::uuid[])
      AND (EXISTS (SELECT FROM traversal t WHERE t.stack_id = s.id) OR EXISTS (SELECT FROM node n WHERE n.stack_id = s.id))
    LIMIT 1`,
)

/** Worker $1 lives, it was only late: for nodes ($2) that others have taken over already it was no attempt, either. */
export const forgive = statement(
  'convergence-forgive',
  `WITH taken AS MATERIALIZED (SELECT id FROM node WHERE id = ANY($2::bigint[]) AND lease IS DISTINCT FROM $1::uuid
      ORDER BY id FOR UPDATE)
    UPDATE node SET attempts = greatest(attempts - 1, 0) FROM taken WHERE node.id = taken.id`,
)

/**
 * How many nodes are in a state that somebody has to do something about, and how many operations are under way. Indexes:
 * node_ready, node_effectless, node_leased, node_parked; a count by state would read the whole table.
 */
export const counts = statement(
  'convergence-counts',
  `SELECT (SELECT count(*) FROM node WHERE state = 'ready' AND NOT effectless)::int
      + (SELECT count(*) FROM node WHERE state = 'ready' AND effectless)::int AS ready,
    (SELECT count(*) FROM node WHERE state = 'leased')::int AS leased,
    (SELECT count(*) FROM node WHERE state = 'parked')::int AS parked,
    (SELECT count(*) FROM traversal)::int AS operations`,
)

/** The graph of a stack: each node with the resources it waits for. While its plan is opened, any resource may have a step. */
export const graph = statement(
  'convergence-graph',
  `SELECT n.resource, n.step, n.state,
      ARRAY(SELECT w.resource FROM node w WHERE w.stack_id = n.stack_id AND n.id = ANY(w.needed_by)) AS "waitsFor"
    FROM (SELECT id, stack_id, resource, step, state FROM node WHERE stack_id = $1
      UNION ALL SELECT NULL, r.stack_id, r.id, 'converge', 'waiting' FROM traversal t JOIN resource r USING (stack_id)
        WHERE t.stack_id = $1 AND NOT t.placed) AS n ORDER BY n.id`,
)

/** Rows of stacks that are no more, $1 of them at most. */
export const purgeNodes = statement(
  'convergence-purge-nodes',
  `DELETE FROM node WHERE id IN (SELECT n.id FROM node n
      WHERE NOT EXISTS (SELECT FROM stack s WHERE s.id = n.stack_id AND s.deleted_at IS NULL) LIMIT $1) RETURNING id`,
)
export const purgeTraversals = statement(
  'convergence-purge-traversals',
  `DELETE FROM traversal WHERE id IN (SELECT t.id FROM traversal t
      WHERE NOT EXISTS (SELECT FROM stack s WHERE s.id = t.stack_id AND s.deleted_at IS NULL) LIMIT $1) RETURNING id`,
)
