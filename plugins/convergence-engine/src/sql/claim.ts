import { type PlanOperation, type Step, statement } from '@hearth/core/plugin'

export interface LeasedNode {
  readonly id: string
  readonly resource: string
  readonly step: Step
  readonly token: string
  readonly traversal: string | null
  readonly operation: PlanOperation
}

/** What a claim returns of a node; a node of a superseded traversal carries its operation itself. */
const leased = `node.id, node.resource, node.step, node.token, node.traversal,
      coalesce(node.operation, (SELECT t.operation FROM traversal t WHERE t.id = node.traversal)) AS operation`

/**
 * Leases up to $2 ready nodes to worker $1, at most one a resource. Locks nodes, then resources, skipping locked ones.
 * Index: node_ready (partial). MATERIALIZED is a fence: the LIMIT holds whatever the planner does. "No other node is
 * leased" as NOT EXISTS is not enough, two claims at once both see none; so the actor stands on the resource row,
 * where the lock makes PostgreSQL look again.
 */
export const claim = statement(
  'convergence-claim',
  `WITH free AS MATERIALIZED (
      SELECT n.id AS node, r.id AS resource FROM node n JOIN resource r ON r.id = n.resource
      WHERE n.state = 'ready' AND (r.actor IS NULL OR r.actor = n.id::text)
      ORDER BY n.turn, n.id LIMIT $2 FOR UPDATE OF n, r SKIP LOCKED),
    taken AS (UPDATE resource r SET actor = free.node::text FROM free WHERE r.id = free.resource RETURNING free.node)
    UPDATE node SET state = 'leased', lease = $1, token = token + 1, attempts = attempts + 1, wake_at = NULL
    FROM taken WHERE node.id = taken.node RETURNING ${leased}`,
)

/** The same for nodes that became ready in this transaction ($3): a chain costs one commit a hop, not two. */
export const claimThese = statement(
  'convergence-claim-these',
  `WITH free AS MATERIALIZED (
      SELECT n.id AS node, r.id AS resource FROM node n JOIN resource r ON r.id = n.resource
      WHERE n.id = ANY($3::bigint[]) AND n.state = 'ready' AND (r.actor IS NULL OR r.actor = n.id::text)
      ORDER BY n.id LIMIT $2 FOR UPDATE OF n, r SKIP LOCKED),
    taken AS (UPDATE resource r SET actor = free.node::text FROM free WHERE r.id = free.resource RETURNING free.node)
    UPDATE node SET state = 'leased', lease = $1, token = token + 1, attempts = attempts + 1
    FROM taken WHERE node.id = taken.node RETURNING ${leased}`,
)

/** Ready nodes whose resource row is gone: an older step removed it. They are leased too, and find nothing to do. */
export const claimOrphans = statement(
  'convergence-claim-orphans',
  `WITH free AS MATERIALIZED (
      SELECT n.id FROM node n WHERE n.state = 'ready' AND NOT EXISTS (SELECT FROM resource r WHERE r.id = n.resource)
      ORDER BY n.turn, n.id LIMIT $2 FOR UPDATE SKIP LOCKED)
    UPDATE node SET state = 'leased', lease = $1, token = token + 1, attempts = attempts + 1
    FROM free WHERE node.id = free.id RETURNING ${leased}`,
)
