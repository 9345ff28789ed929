import { statement } from '@hearth/core/plugin'

/** The traversal of a stack, locked. Stacks are locked before traversals, traversals before nodes. */
export const lockTraversal = statement(
  'convergence-lock-traversal',
  `SELECT id, operation, failed, placed, deaths FROM traversal WHERE stack_id = $1 FOR UPDATE`,
)

/** Locks all nodes of a stack. */
export const lockNodes = statement(
  'convergence-lock-nodes',
  `SELECT id FROM node WHERE stack_id = $1 ORDER BY id FOR UPDATE`,
)

/**
 * All nodes of a stack with what their resource says, once they are locked: a statement of its own, since one that
 * waits for the lock of a row still sees the others as they were before. Under way is what the node itself began;
 * another node that waits for the same resource has not.
 */
export const readNodes = statement(
  'convergence-read-nodes',
  `SELECT n.id, n.resource, n.state,
      coalesce(r.status = 'IN_PROGRESS' AND r.actor = n.id::text, false) AS "underWay"
    FROM node n LEFT JOIN resource r ON r.id = n.resource WHERE n.stack_id = $1 ORDER BY n.id`,
)

/**
 * Steps under way outlive their traversal: they carry their operation and its deadline, need nobody and are needed by
 * nobody. One that is parked is called again, so that it learns that its operation is over: what it waits for may be for
 * it to stop.
 */
export const detachNodes = statement(
  'convergence-detach-nodes',
  `UPDATE node SET traversal = NULL, needed_by = '{}', pending = 0, effectless = false, abort = abort OR $2,
      state = CASE WHEN state = 'parked' THEN 'ready' ELSE state END, lane = '',
      deadline = coalesce(node.deadline, (SELECT t.deadline FROM traversal t WHERE t.id = node.traversal)),
      operation = coalesce(node.operation, (SELECT t.operation FROM traversal t WHERE t.id = node.traversal))
    WHERE id = ANY($1::bigint[])`,
)

/** Nodes that go away; their resources are free for others. */
export const dropNodes = statement(
  'convergence-drop-nodes',
  `WITH gone AS (DELETE FROM node WHERE id = ANY($1::bigint[]) RETURNING id, resource)
    UPDATE resource r SET actor = NULL FROM gone WHERE r.id = gone.resource AND r.actor = gone.id::text`,
)

export const dropTraversal = statement('convergence-drop-traversal', `DELETE FROM traversal WHERE id = $1`)
