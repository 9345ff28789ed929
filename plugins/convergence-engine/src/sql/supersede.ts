import { statement } from '@hearth/core/plugin'

/** The traversal of a stack, locked. Stacks are locked before traversals, traversals before nodes. */
export const lockTraversal = statement(
  'convergence-lock-traversal',
  `SELECT id, operation, failed FROM traversal WHERE stack_id = $1 FOR UPDATE`,
)

/** All nodes of a stack, locked, with what their resource says. */
export const lockNodes = statement(
  'convergence-lock-nodes',
  `WITH mine AS MATERIALIZED (SELECT * FROM node WHERE stack_id = $1 ORDER BY id FOR UPDATE)
    SELECT mine.id, mine.resource, mine.state, mine.abort, mine.traversal,
      coalesce(r.status = 'IN_PROGRESS', false) AS "underWay"
    FROM mine LEFT JOIN resource r ON r.id = mine.resource ORDER BY mine.id`,
)

/**
 * Steps under way outlive their traversal: they carry their operation and its deadline, need nobody and are needed by
 * nobody.
 */
export const detachNodes = statement(
  'convergence-detach-nodes',
  `UPDATE node SET traversal = NULL, needed_by = '{}', pending = 0, abort = abort OR $2,
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
