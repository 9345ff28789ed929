import { statement } from '@hearth/core/plugin'

/** Keeps new operations away from these traversals until the transaction ends; completions do not hinder each other. */
export const shareTraversals = statement(
  'convergence-share-traversals',
  `SELECT id FROM traversal WHERE id = ANY($1::bigint[]) ORDER BY id FOR SHARE`,
)

/** The same, for a transaction that will mark some of them failed. */
export const ownTraversals = statement(
  'convergence-own-traversals',
  `SELECT id FROM traversal WHERE id = ANY($1::bigint[]) ORDER BY id FOR UPDATE`,
)

/** The fence: which of these nodes ($2 ids, $3 tokens) are still leased to worker $1, locked. */
export const fence = statement(
  'convergence-fence',
  `SELECT n.id, n.traversal, n.abort FROM node n JOIN unnest($2::bigint[], $3::bigint[]) AS mine(id, token) ON mine.id = n.id
    WHERE n.token = mine.token AND n.lease = $1 AND n.state = 'leased' ORDER BY n.id FOR UPDATE OF n`,
)

/**
 * Removes nodes that are done ($1), frees their resources, and counts them off at their dependents.
 * Returns the dependents that became ready. Their turns start at the lowest ready one, as in the placing.
 */
export const finishNodes = statement(
  'convergence-finish-nodes',
  `WITH gone AS (DELETE FROM node WHERE id = ANY($1::bigint[]) RETURNING id, resource, needed_by),
    freed AS (UPDATE resource r SET actor = NULL FROM gone WHERE r.id = gone.resource AND r.actor = gone.id::text),
    counts AS (SELECT d AS id, count(*) AS done FROM gone, unnest(gone.needed_by) AS d GROUP BY d),
    locked AS MATERIALIZED (SELECT n.id FROM node n JOIN counts USING (id) ORDER BY n.id FOR UPDATE OF n),
    clock AS (SELECT coalesce(min(turn), 0) AS turn FROM node WHERE state = 'ready'),
    counted AS (SELECT n.id, counts.done, row_number() OVER (ORDER BY n.id) AS place
      FROM node n JOIN counts USING (id) JOIN locked USING (id))
    UPDATE node SET pending = pending - counted.done,
      state = CASE WHEN pending = counted.done THEN 'ready' ELSE state END,
      turn = CASE WHEN pending = counted.done THEN clock.turn + counted.place END
    FROM counted, clock WHERE node.id = counted.id AND node.state = 'waiting'
    RETURNING node.id, node.state = 'ready' AS ready`,
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

/** Parks a node until its resource is woken ($2 signals seen, $3 deadline); one that came meanwhile is not lost. */
export const parkForSignal = statement(
  'convergence-park-for-signal',
  `UPDATE node SET lease = NULL, attempts = 0, wake_at = $3,
      state = CASE WHEN r.signals = $2 THEN 'parked' ELSE 'ready' END
    FROM resource r WHERE node.id = $1 AND r.id = node.resource`,
)

/** Nodes move to the new incarnations of their resources: $1 nodes, $2 resources. */
export const moveNodes = statement(
  'convergence-move-nodes',
  `WITH moved AS (
      UPDATE node n SET resource = m.resource FROM unnest($1::bigint[], $2::uuid[]) AS m(id, resource)
      WHERE n.id = m.id RETURNING n.id, n.resource)
    UPDATE resource r SET actor = CASE WHEN r.id = moved.resource THEN moved.id::text END
    FROM moved WHERE r.id = moved.resource OR r.actor = moved.id::text`,
)
