import { statement } from '@hearth/core/plugin'
import { turnMs, turns } from './turn.js'

/**
 * Starts a traversal: $4 operation, $5 seconds until its deadline, $6 whether its nodes are placed in this transaction; else
 * $7 is the worker that opens it, or null: whoever comes.
 */
export const insertTraversal = statement(
  'convergence-insert-traversal',
  `INSERT INTO traversal (stack_id, root_id, project, operation, deadline, placed, holder)
    VALUES ($1, $2, $3, $4::jsonb, hearth_now() + make_interval(secs => $5), $6, $7) RETURNING id`,
)

/** Reserves ids for $1 nodes, so that they can name each other before they are stored. */
export const reserveNodes = statement(
  'convergence-reserve-nodes',
  `WITH sequence AS MATERIALIZED (SELECT pg_get_serial_sequence('node', 'id')::regclass AS of_node)
    SELECT ARRAY(SELECT nextval(of_node) FROM sequence, generate_series(1, $1::int)) AS ids`,
)

/**
 * Stores all nodes of a traversal: $5 ids, $6 resources, $7 types, $8 steps, $9 how many nodes they wait for, $10 the ids of
 * those that wait for them, as arrays in text, $11 whether they are without effects, $12 how many workers have died at what
 * is ready.
 * A node without prerequisites is ready, and waits for its turn in the lane of its type. It was no more than in hand when
 * those died: it begins with one attempt, since what is suspected of more is done alone.
 */
export const insertNodes = statement(
  'convergence-insert-nodes',
  `WITH clock AS MATERIALIZED (SELECT ${turns} AS turn)
    INSERT INTO node (id, traversal, stack_id, root_id, project, type, lane, resource, step, pending, needed_by, effectless,
      state, turn, attempts)
    OVERRIDING SYSTEM VALUE
    SELECT n.id, $1, $2, $3, $4, n.type, n.type, n.resource, n.step, n.pending, n.needed_by::bigint[], n.effectless,
      CASE WHEN n.pending = 0 THEN 'ready' ELSE 'waiting' END,
      CASE WHEN n.pending = 0 THEN clock.turn + (row_number() OVER (ORDER BY n.pending, n.id) - 1) * ${turnMs} END,
      CASE WHEN n.pending = 0 THEN least($12::int, 1) ELSE 0 END
    FROM clock, unnest($5::bigint[], $6::uuid[], $7::text[], $8::text[], $9::int[], $10::text[], $11::boolean[])
      AS n(id, resource, type, step, pending, needed_by, effectless)`,
)
