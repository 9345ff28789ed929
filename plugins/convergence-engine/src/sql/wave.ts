import { statement } from '@hearth/core/plugin'
import { free, leased } from './claim.js'

/** A wave's mark whose transaction was never committed: its worker died in it, or gave it up. */
const aborted = `pg_xact_status(transaction) = 'aborted'`

/**
 * Takes up to $1 ready nodes that need no lease into this transaction: their locks are all that holds them, and a worker
 * that dies or stands still for $2 milliseconds loses them. Projects take turns, as with a claim; within one, the lowest
 * `turn` is next. Nothing here waits: what somebody else holds is left to them.
 * What a wave has died at already is passed over: somebody is about to do it with leases.
 * Of a traversal with nodes on which others wait, all is locked: the wave goes on to those, in an order that may cross
 * another's. Where nothing waits, several waves, of any worker, run beside each other.
 * Index: node_effectless.
 */
export const claimWave = statement(
  'convergence-claim-wave',
  `WITH RECURSIVE patience AS MATERIALIZED (
      SELECT set_config('idle_in_transaction_session_timeout', $2::text, true)),
    project AS (
      (SELECT project FROM node, patience WHERE state = 'ready' AND effectless ORDER BY project LIMIT 1)
      UNION ALL
      SELECT next.project FROM project p, LATERAL (
        SELECT n.project FROM node n WHERE n.state = 'ready' AND n.effectless AND n.project > p.project
        ORDER BY n.project LIMIT 1) next),
    broken AS MATERIALIZED (SELECT unnest(traversals) AS id FROM wave WHERE ${aborted}),
    candidate AS MATERIALIZED (
      SELECT c.* FROM project p, LATERAL (
        SELECT n.id, n.traversal, n.project, n.turn, n.needed_by <> '{}' AS needed
        FROM node n LEFT JOIN resource r ON r.id = n.resource
        WHERE n.state = 'ready' AND n.effectless AND n.project = p.project AND NOT n.abort AND ${free}
          AND n.traversal NOT IN (SELECT id FROM broken)
        ORDER BY n.turn, n.id LIMIT $1 FOR UPDATE OF n SKIP LOCKED) c),
    placed AS (SELECT *, row_number() OVER (PARTITION BY project ORDER BY turn, id) AS place FROM candidate),
    chosen AS MATERIALIZED (SELECT * FROM placed ORDER BY place, turn, id LIMIT $1),
    owned AS MATERIALIZED (SELECT id FROM traversal
      WHERE id IN (SELECT traversal FROM chosen WHERE needed) ORDER BY id FOR UPDATE SKIP LOCKED),
    shared AS MATERIALIZED (SELECT id FROM traversal
      WHERE id IN (SELECT traversal FROM chosen GROUP BY traversal HAVING NOT bool_or(needed))
      ORDER BY id FOR SHARE SKIP LOCKED)
    SELECT ${leased}, pg_current_xact_id()::text AS transaction FROM chosen JOIN node ON node.id = chosen.id
    WHERE chosen.traversal IN (SELECT id FROM owned UNION ALL SELECT id FROM shared)`,
)

/**
 * Says, apart from the wave's transaction ($3) and before it goes on, which traversals ($4) worker $1 is at work on. It
 * must outlive the worker, not the machine: nothing waits for the disk.
 */
export const markWave = statement(
  'convergence-mark-wave',
  `WITH quick AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
    INSERT INTO wave (worker, place, transaction, traversals)
    SELECT $1, $2, $3::text::xid8, $4::bigint[] FROM quick
    ON CONFLICT (worker, place) DO UPDATE SET transaction = excluded.transaction, traversals = excluded.traversals`,
)

/** Traversals that workers were at work on when they died; the marks go, and so do those of workers that are gone ($1). */
export const brokenWaves = statement(
  'convergence-broken-waves',
  `WITH gone AS (DELETE FROM wave WHERE worker = ANY($1::uuid[]) OR ${aborted} RETURNING transaction, traversals)
    SELECT DISTINCT unnest(traversals) AS id FROM gone WHERE ${aborted}`,
)

/** What is left of these traversals is done with leases, node by node. What was ready may be what killed the worker. */
export const leaseTraversals = statement(
  'convergence-lease-traversals',
  `WITH left_over AS MATERIALIZED (SELECT n.id FROM node n JOIN traversal t ON t.id = n.traversal
      WHERE t.id = ANY($1::bigint[]) AND n.stack_id = t.stack_id AND n.effectless ORDER BY n.id FOR UPDATE OF n)
    UPDATE node SET effectless = false, attempts = CASE WHEN state = 'ready' THEN attempts + 1 ELSE attempts END
    FROM left_over WHERE node.id = left_over.id`,
)
/** The same of single nodes. */
export const leaseNodes = statement(
  'convergence-lease-nodes',
  'UPDATE node SET effectless = false WHERE id = ANY($1::bigint[])',
)
