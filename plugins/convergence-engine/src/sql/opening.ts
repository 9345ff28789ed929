import { statement } from '@hearth/core/plugin'

/**
 * The fence of an opening: locks traversal $1 if worker $2 still holds it. New operations, and whoever ends this one, wait
 * for what is written under it; a worker that stands still in between loses it after $3 milliseconds.
 */
export const holdOpening = statement(
  'convergence-hold-opening',
  `WITH patience AS MATERIALIZED (SELECT set_config('idle_in_transaction_session_timeout', $3::text, true))
    SELECT id FROM traversal, patience WHERE id = $1 AND holder = $2 AND NOT placed FOR UPDATE OF traversal`,
)

/** Its plan is placed: what is left of it are nodes. */
export const endOpening = statement(
  'convergence-end-opening',
  `UPDATE traversal SET placed = true, holder = NULL WHERE id = $1`,
)

/**
 * Up to $2 openings that nobody holds, for worker $1: projects take turns, and the oldest of each is next. Index:
 * traversal_opening.
 */
export const takeOpenings = statement(
  'convergence-take-openings',
  `WITH waiting AS MATERIALIZED (SELECT id, row_number() OVER (PARTITION BY project ORDER BY id) AS place
      FROM traversal WHERE NOT placed AND holder IS NULL ORDER BY place, id LIMIT $2),
    taken AS MATERIALIZED (SELECT t.id FROM traversal t JOIN waiting USING (id) WHERE NOT t.placed AND t.holder IS NULL
      ORDER BY t.id FOR UPDATE OF t SKIP LOCKED)
    UPDATE traversal SET holder = $1 FROM taken WHERE traversal.id = taken.id
    RETURNING traversal.id, traversal.operation, traversal.deaths`,
)

/** What worker $1 holds, by the rows. */
export const heldOpenings = statement(
  'convergence-held-openings',
  `SELECT id FROM traversal WHERE holder = $1 AND NOT placed`,
)

/** Worker $1 does not go on with these openings ($2; null: all that it holds). @returns those that are anybody's now. */
export const returnOpenings = statement(
  'convergence-return-openings',
  `WITH held AS MATERIALIZED (SELECT id FROM traversal WHERE holder = $1 AND NOT placed AND ($2::bigint[] IS NULL OR id = ANY($2))
      ORDER BY id FOR UPDATE)
    UPDATE traversal SET holder = NULL FROM held WHERE traversal.id = held.id RETURNING traversal.id`,
)

/**
 * What workers ($1) had opened when they died is anybody's, and done with leases from now on: it may be what killed them.
 * One that is being written or ended at this moment is looked at the next time.
 */
export const releaseOpenings = statement(
  'convergence-release-openings',
  `WITH held AS MATERIALIZED (SELECT id FROM traversal WHERE holder = ANY($1::uuid[]) AND NOT placed ORDER BY id
      FOR UPDATE SKIP LOCKED)
    UPDATE traversal SET holder = NULL, deaths = deaths + 1 FROM held WHERE traversal.id = held.id
    RETURNING traversal.id`,
)
