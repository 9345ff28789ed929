import type { Transaction } from '@hearth/core/plugin'

/**
 * A ready node queues in the lane of its project and type, until it has begun: then it is under no limit any more, and
 * its lane is ''. Nodes that were at work when their worker died more than once wait apart.
 */
export async function up(tx: Transaction): Promise<void> {
  await tx.query(`ALTER TABLE node ADD COLUMN lane text`)
  await tx.query(`UPDATE node SET lane = CASE WHEN state IN ('leased', 'parked') THEN '' ELSE type END`)
  await tx.query(`ALTER TABLE node ALTER COLUMN lane SET NOT NULL`)
  await tx.query(`DROP INDEX node_ready`)
  await tx.query(`CREATE INDEX node_ready ON node (project, lane, turn, id) WHERE state = 'ready'`)
  await tx.query(`CREATE INDEX node_begun ON node (project, type) WHERE lane = ''`)
  await tx.query(`CREATE INDEX node_suspect ON node (id) WHERE state = 'ready' AND attempts >= 2`)
  await tx.query(`CREATE INDEX traversal_failed ON traversal (id) WHERE failed IS NOT NULL`)
  // Every change of a node's state costs a line in each index: two of them say what a third one can.
  await tx.query(`DROP INDEX node_traversal, node_resource, node_stack`)
  await tx.query(`CREATE INDEX node_stack ON node (stack_id, resource)`)
}
