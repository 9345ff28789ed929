import { statement, type Step } from '@hearth/core/plugin'

/** A node that this worker holds until it ends, or until its token is raised. */
export interface LeasedNode {
  readonly id: string
  readonly resource: string
  readonly step: Step
  readonly token: string
  readonly project: string
  /** Null: it outlived its traversal. */
  readonly traversal: string | null
  /** Claims without an end, this one included. */
  readonly attempts: number
  /** Its step touches nothing but rows: it needs no lease. */
  readonly effectless: boolean
}

export const leased = `node.id, node.resource, node.step, node.token, node.project, node.traversal, node.attempts, node.effectless`

/** Its resource is free, or what acts on it is the node itself: it had begun, and goes on. */
export const free = `(r.actor IS NULL OR r.actor = n.id::text)`

const lease = `state = 'leased', lane = '', lease = $1, token = token + 1, attempts = attempts + 1, wake_at = NULL`

/**
 * Leases up to $2 ready nodes to worker $1. Projects take turns: one of which fewer are held here goes first. Within one,
 * what has begun, which is in the lane '', and what has not take turns; of each the lowest `turn` is next.
 * At most $3 of a project, or as many as $4 (projects) and $5 (numbers) say: the share of it that this worker has left.
 * Of what has not begun besides at most $6 of a project, or as many as $7 and $8 say, and of a type as many as $9 and $10
 * say: what all workers have left together, with what has begun counted in.
 * Nodes that need no lease are not among them: they are run in waves.
 * Index: node_ready, from lane to lane and then in order. The inner LIMIT locks no more of a lane than can be taken;
 * what is locked and not taken is free again at the commit. MATERIALIZED is a fence: each part is done once.
 * The actor of the resource is set when the step begins, not here: a node that has not begun can always be dropped.
 */
export const claim = statement(
  'convergence-claim',
  `WITH RECURSIVE lane AS (
      (SELECT project, lane FROM node WHERE state = 'ready' AND NOT effectless ORDER BY project, lane LIMIT 1)
      UNION ALL
      SELECT next.project, next.lane FROM lane, LATERAL (
        SELECT n.project, n.lane FROM node n
        WHERE n.state = 'ready' AND NOT n.effectless AND (n.project, n.lane) > (lane.project, lane.lane)
        ORDER BY n.project, n.lane LIMIT 1) next),
    room AS (SELECT lane.project, lane.lane,
        coalesce(s.room, $3::int) AS of_share, $3::int - coalesce(s.room, $3::int) AS held,
        CASE WHEN lane.lane = '' THEN $2::int ELSE coalesce(p.room, $6::int) END AS of_project,
        CASE WHEN lane.lane = '' THEN $2::int ELSE coalesce(t.room, $2::int) END AS of_type
      FROM lane
      LEFT JOIN unnest($4::text[], $5::int[]) AS s(project, room) ON s.project = lane.project
      LEFT JOIN unnest($7::text[], $8::int[]) AS p(project, room) ON p.project = lane.project
      LEFT JOIN unnest($9::text[], $10::int[]) AS t(type, room) ON t.type = lane.lane),
    candidate AS MATERIALIZED (
      SELECT c.id, c.turn, room.* FROM room, LATERAL (
        SELECT n.id, n.turn FROM node n LEFT JOIN resource r ON r.id = n.resource
        WHERE n.state = 'ready' AND NOT n.effectless AND n.project = room.project AND n.lane = room.lane
          AND n.attempts < 2 AND NOT n.abort AND ${free}
        ORDER BY n.turn, n.id LIMIT least($2::int, room.of_share, room.of_project, room.of_type)
        FOR UPDATE OF n SKIP LOCKED) c),
    placed AS (SELECT *, row_number() OVER (PARTITION BY project, lane = '' ORDER BY turn, id) AS place FROM candidate),
    seated AS (SELECT *, row_number() OVER (PARTITION BY project ORDER BY place, turn, id) AS seat FROM placed
      WHERE place <= of_project),
    ranked AS (SELECT *, row_number() OVER (PARTITION BY lane ORDER BY held + seat, turn, id) AS rank FROM seated
      WHERE seat <= of_share),
    chosen AS (SELECT id FROM ranked WHERE rank <= of_type ORDER BY held + seat, turn, id LIMIT $2)
    UPDATE node SET ${lease} FROM chosen WHERE node.id = chosen.id RETURNING ${leased}`,
)

const suspects = `FROM node n LEFT JOIN resource r ON r.id = n.resource
      WHERE n.state = 'ready' AND n.attempts >= 2 AND NOT n.abort AND ${free}`

/** Whether there is such a node. */
export const anySuspect = statement('convergence-any-suspect', `SELECT EXISTS (SELECT ${suspects}) AS any`)

/**
 * Leases one node that was at work when its worker died, twice already: if it is what kills them, then nothing that it
 * takes along is to be blamed for it. Index: node_suspect.
 */
export const claimSuspect = statement(
  'convergence-claim-suspect',
  `WITH suspect AS MATERIALIZED (
      SELECT n.id ${suspects}
      ORDER BY n.id LIMIT 1 FOR UPDATE OF n SKIP LOCKED)
    UPDATE node SET ${lease} FROM suspect WHERE node.id = suspect.id RETURNING ${leased}`,
)

/** How many steps of these types ($1) and of any project are under way, and do not wait to be woken. Index: node_begun. */
export const begunOfTypes = statement(
  'convergence-begun-of-types',
  `SELECT type, count(*)::int AS count FROM node WHERE lane = '' AND type = ANY($1::text[]) GROUP BY type`,
)
export const begunOfProjects = statement(
  'convergence-begun-of-projects',
  `SELECT project, count(*)::int AS count FROM node WHERE lane = '' GROUP BY project`,
)
/** One claim at a time, while there are limits to keep: the numbers that two see at once are both too low. */
export const lockLimits = statement(
  'convergence-lock-limits',
  `SELECT pg_advisory_xact_lock(hashtext('hearth.convergence.limits'))`,
)

/** The operations of traversals, which never change. */
export const operationsOf = statement(
  'convergence-operations-of',
  `SELECT id, operation FROM traversal WHERE id = ANY($1::bigint[])`,
)
/** The same of nodes that outlived theirs. */
export const operationsOfNodes = statement(
  'convergence-operations-of-nodes',
  `SELECT id, operation FROM node WHERE id = ANY($1::bigint[]) AND operation IS NOT NULL`,
)
