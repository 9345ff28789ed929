import { statement } from '@hearth/core/plugin'
import { free, leased } from './claim.js'

/**
 * A wave's mark whose transaction was never committed: its worker died in it. Marks that came with a dump name
 * transactions that this server has not had yet, which it must not be asked about.
 */
const aborted = `CASE WHEN transaction < pg_snapshot_xmax(pg_current_snapshot())
  THEN pg_xact_status(transaction) = 'aborted' ELSE false END`

/** The same while the server has not noticed yet that its worker is gone. */
export const unfinished = `CASE WHEN transaction < pg_snapshot_xmax(pg_current_snapshot())
  THEN coalesce(pg_xact_status(transaction) <> 'committed', false) ELSE false END`

/**
 * Takes up to $1 ready nodes that need no lease into this transaction of worker $3: their locks are all that holds them,
 * and a worker that dies or stands still for $2 milliseconds loses them. Projects share a wave evenly; within one, the
 * lowest `turn` is next. Nothing here waits: what somebody else holds is left to them. What somebody's wave has died at
 * is passed over: it is about to be done with leases.
 * Of a traversal with nodes on which others wait, all is locked (`owned`): the wave goes on to those, in an order that may
 * cross another's. Where nothing waits, several waves, of any worker, run beside each other.
 * Index: node_effectless. Tried: a LIMIT of $1 for each project, which locks all that is queued, for as long as the wave
 * takes: with 100 projects of 500 ready nodes a claim took a second, and the next one found nothing.
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
    share AS MATERIALIZED (SELECT ceil($1::numeric / greatest(count(*), 1))::int AS most FROM project),
    broken AS MATERIALIZED (SELECT unnest(traversals) AS id FROM wave WHERE worker <> $3 AND ${aborted}),
    candidate AS MATERIALIZED (
      SELECT c.* FROM project p, share, LATERAL (
        SELECT n.id, n.resource, n.step, n.token, n.project, n.traversal, n.attempts, n.effectless, n.turn,
          n.needed_by <> '{}' AS needed
        FROM node n LEFT JOIN resource r ON r.id = n.resource
        WHERE n.state = 'ready' AND n.effectless AND n.project = p.project AND NOT n.abort AND ${free}
          AND n.traversal IS NOT NULL AND n.traversal NOT IN (SELECT id FROM broken)
        ORDER BY n.turn, n.id LIMIT share.most FOR UPDATE OF n SKIP LOCKED) c),
    placed AS (SELECT *, row_number() OVER (PARTITION BY project ORDER BY turn, id) AS place FROM candidate),
    chosen AS MATERIALIZED (SELECT * FROM placed ORDER BY place, turn, id LIMIT $1),
    owned AS MATERIALIZED (SELECT id FROM traversal
      WHERE id IN (SELECT traversal FROM chosen WHERE needed) ORDER BY id FOR UPDATE SKIP LOCKED),
    shared AS MATERIALIZED (SELECT id FROM traversal
      WHERE id IN (SELECT traversal FROM chosen GROUP BY traversal HAVING NOT bool_or(needed))
      ORDER BY id FOR SHARE SKIP LOCKED),
    held AS (SELECT id, true AS owned FROM owned UNION ALL SELECT id, false FROM shared)
    SELECT ${leased}, held.owned, pg_current_xact_id()::text AS transaction
    FROM chosen AS node JOIN held ON held.id = node.traversal`,
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
/** A wave of worker $1 that did not come to its end, although the worker lives. */
export const clearMark = statement('convergence-clear-mark', 'DELETE FROM wave WHERE worker = $1 AND place = $2')

/** Traversals that workers ($1) were at work on when they died, locked. */
export const brokenWaves = statement(
  'convergence-broken-waves',
  `WITH broken AS MATERIALIZED (
      SELECT DISTINCT unnest(traversals) AS id FROM wave WHERE worker = ANY($1::uuid[]) AND ${aborted})
    SELECT t.id FROM traversal t JOIN broken USING (id) ORDER BY t.id FOR UPDATE OF t`,
)

/** What is left of traversals ($1, locked) is done with leases, node by node. What was ready may be what killed the worker. */
export const leaseTraversals = statement(
  'convergence-lease-traversals',
  `WITH left_over AS MATERIALIZED (SELECT n.id FROM node n JOIN traversal t ON t.id = n.traversal
      WHERE t.id = ANY($1::bigint[]) AND n.stack_id = t.stack_id AND n.effectless ORDER BY n.id FOR UPDATE OF n)
    UPDATE node SET effectless = false, attempts = CASE WHEN state = 'ready' THEN attempts + 1 ELSE attempts END
    FROM left_over WHERE node.id = left_over.id`,
)
/** The marks of workers ($1) that are gone. */
export const forgetWaves = statement('convergence-forget-waves', 'DELETE FROM wave WHERE worker = ANY($1::uuid[])')

/** Nodes in this wave that need a lease after all; one that became ready in the wave is leased to nobody. */
export const leaseNodes = statement(
  'convergence-lease-nodes',
  `UPDATE node SET effectless = false, state = 'ready', lease = NULL, token = token + 1 WHERE id = ANY($1::bigint[])`,
)
