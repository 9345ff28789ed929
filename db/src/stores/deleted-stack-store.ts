import { type Database, type Queryable, statement } from '../transaction.js'

export interface Purge {
  /** Seconds since a stack was deleted. */
  readonly age: number
  /** Of this project only. */
  readonly project?: string
  /** Stacks at most. */
  readonly batch: number
}

/** Behind which stack the next batch begins, in the order in which they were deleted. */
export interface PurgePosition {
  readonly deletedAt: string
  readonly id: string
}

export interface Purged {
  readonly purged: number
  /** Absent: there are no more. */
  readonly next?: PurgePosition
}

const start: PurgePosition = { deletedAt: '-infinity', id: '00000000-0000-0000-0000-000000000000' }

/**
 * Up to $5 stacks that were deleted $1 seconds ago or earlier, of project $2 or of all, behind ($3, $4). Those inside of
 * a stack that is there, or was deleted later, stay with it; so do those of which events are still to be sent.
 * Index: stack_deleted.
 */
const old = statement(
  'deleted-stack-old',
  `WITH before AS MATERIALIZED (SELECT hearth_now() - make_interval(secs => $1) AS at)
    SELECT s.id, s.deleted_at::text AS "deletedAt" FROM stack s LEFT JOIN stack root ON root.id = s.root_id
    WHERE s.deleted_at <= (SELECT at FROM before) AND (s.deleted_at, s.id) > ($3::timestamptz, $4::uuid)
      AND ($2::text IS NULL OR s.project = $2) AND (root.id IS NULL OR root.deleted_at <= (SELECT at FROM before))
      AND NOT EXISTS (SELECT FROM event_sink e WHERE e.stack_id = s.id)
    ORDER BY s.deleted_at, s.id LIMIT $5`,
)

/** Up to $2 events of stacks $1. */
const events = statement(
  'deleted-stack-events',
  `DELETE FROM event WHERE seq IN (SELECT seq FROM event WHERE stack_id = ANY($1::uuid[]) LIMIT $2) RETURNING 1`,
)
const eventsAtOnce = 2_000

/**
 * Stacks $1 with all that is theirs, as far as nobody else is at it. What resources have left behind that is no row of the
 * stack, as a deployment that was retained, stays.
 */
const remove = statement(
  'deleted-stack-remove',
  `WITH gone AS MATERIALIZED (SELECT id FROM stack WHERE id = ANY($1::uuid[]) AND deleted_at IS NOT NULL
      ORDER BY id FOR UPDATE SKIP LOCKED),
    template AS (DELETE FROM template t USING gone WHERE t.stack_id = gone.id),
    snapshot AS (DELETE FROM snapshot t USING gone WHERE t.stack_id = gone.id),
    resource AS (DELETE FROM resource t USING gone WHERE t.stack_id = gone.id),
    event AS (DELETE FROM event t USING gone WHERE t.stack_id = gone.id)
    DELETE FROM stack s USING gone WHERE s.id = gone.id RETURNING 1`,
)

/** Stacks that were deleted. Their rows stay, with `deleted_at`, until they are purged. */
export const deletedStacks = Object.freeze({
  /**
   * Removes some that were deleted long ago, the oldest first. Each transaction is short. The stack goes last: whoever is
   * interrupted leaves one that the next run finds.
   */
  async purge(db: Database, { age, project, batch }: Purge, after: PurgePosition = start): Promise<Purged> {
    const found = await db.query<PurgePosition>(old, [age, project ?? null, after.deletedAt, after.id, batch])
    const last = found.at(-1)
    if (last === undefined) return { purged: 0 }
    const ids = found.map(({ id }) => id)
    while ((await removeEvents(db, ids)) === eventsAtOnce);
    const { length: purged } = await db.query(remove, [ids])
    return { purged, ...(found.length === batch ? { next: last } : {}) }
  },
})

const removeEvents = async (on: Queryable, ids: readonly string[]): Promise<number> =>
  (await on.query(events, [ids, eventsAtOnce])).length
