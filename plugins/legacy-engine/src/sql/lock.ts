import { type PlanOperation, statement } from '@hearth/core/plugin'

/** What somebody wants of the operation that holds a stack. */
export type Request =
  | { readonly kind: 'cancel'; readonly id: string; readonly rollback: boolean }
  /** A delete on top: it stops what runs and follows it. */
  | { readonly kind: 'follow'; readonly operation: PlanOperation }

export interface Lock {
  readonly stack: string
  readonly operation: PlanOperation
  readonly owner: string | null
  readonly request: Request | null
  /** Milliseconds since it was accepted, or since a delete on top was, while it had no owner. */
  readonly ageMs: number
}

const columns = `stack_id AS stack, operation, owner, request,
  (extract(epoch FROM hearth_now() - created_at) * 1000)::float8 AS "ageMs"`

/** Takes the stack for an operation that waits for any worker. No row: somebody holds it. */
export const insertLock = statement(
  'legacy-insert-lock',
  `INSERT INTO stack_lock (stack_id, root_id, operation) VALUES ($1, $2, $3::jsonb)
    ON CONFLICT DO NOTHING RETURNING stack_id`,
)

/** The same without a lock. */
export const peekLock = statement('legacy-peek-lock', `SELECT ${columns} FROM stack_lock WHERE stack_id = $1`)

export const readLock = statement(
  'legacy-read-lock',
  `SELECT ${columns} FROM stack_lock WHERE stack_id = $1 FOR UPDATE`,
)

/** Operations that wait for a worker, and that have one. */
export const counts = statement(
  'legacy-counts',
  `SELECT count(*) FILTER (WHERE owner IS NULL)::int AS waiting, count(owner)::int AS running FROM stack_lock`,
)

/** Asks the owner for something; a delete that was asked for is not taken back by a cancel. */
export const requestOf = statement(
  'legacy-request',
  `UPDATE stack_lock SET request = $2::jsonb,
      created_at = CASE WHEN owner IS NULL AND $2::jsonb->>'kind' = 'follow' THEN hearth_now() ELSE created_at END
    WHERE stack_id = $1 AND (request IS NULL OR $2::jsonb->>'kind' = 'follow')`,
)

/** Nobody has taken it while it had time. */
const overdue = `(created_at + make_interval(secs => (coalesce(request->'operation', operation)->>'timeoutSeconds')::float8)
      <= hearth_now()) IS TRUE`

/**
 * Takes up to $2 operations on root stacks that nobody owns for worker $1, oldest first; and any number on nested ones,
 * whose parents hold what there is room for, and wait for them. None that is over.
 */
export const takeLocks = statement(
  'legacy-take-locks',
  `WITH roots AS MATERIALIZED (
      SELECT stack_id FROM stack_lock WHERE owner IS NULL AND NOT ${overdue}
        AND operation->'stack'->>'rootId' = stack_id::text
      ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED),
    nested AS MATERIALIZED (
      SELECT stack_id FROM stack_lock WHERE owner IS NULL AND NOT ${overdue}
        AND operation->'stack'->>'rootId' <> stack_id::text
      ORDER BY created_at FOR UPDATE SKIP LOCKED),
    free(stack) AS (SELECT stack_id FROM roots UNION ALL SELECT stack_id FROM nested)
    UPDATE stack_lock SET owner = $1 FROM free WHERE stack_id = free.stack
    RETURNING ${columns}`,
)

/** Operations that nobody has taken while they had time: no worker was there, or all are busy with others. */
export const untaken = statement(
  'legacy-untaken',
  `SELECT stack_id AS stack FROM stack_lock WHERE owner IS NULL AND ${overdue} ORDER BY created_at LIMIT 100`,
)

/** The fence: which of these stacks ($2) worker $1 still owns. */
export const ownedLocks = statement(
  'legacy-owned-locks',
  `SELECT stack_id AS stack FROM stack_lock WHERE owner = $1 AND stack_id = ANY($2::uuid[]) ORDER BY stack_id FOR SHARE`,
)

export const requests = statement(
  'legacy-requests',
  `SELECT stack_id AS stack, request FROM stack_lock WHERE owner = $1 AND request IS NOT NULL`,
)

/** The owner goes on with operation $2, after what was asked for ($3) has been answered. */
export const goOn = statement(
  'legacy-go-on',
  `UPDATE stack_lock SET operation = $2::jsonb, request = $3::jsonb WHERE stack_id = $1`,
)

/** A cancel that found nothing to stop is answered. */
export const clearCancel = statement(
  'legacy-clear-cancel',
  `UPDATE stack_lock SET request = NULL WHERE stack_id = $1 AND owner = $2 AND request->>'kind' = 'cancel'`,
)

/** Hands the stack to any worker, with another operation. */
export const handOn = statement(
  'legacy-hand-on',
  `UPDATE stack_lock SET operation = $2::jsonb, request = NULL, owner = NULL, created_at = hearth_now()
    WHERE stack_id = $1`,
)

/** Frees the stack, unless something was asked for meanwhile. */
export const freeLock = statement(
  'legacy-free-lock',
  `DELETE FROM stack_lock WHERE stack_id = $1 AND owner = $2 AND request IS NULL RETURNING stack_id`,
)

export const dropLock = statement('legacy-drop-lock', `DELETE FROM stack_lock WHERE stack_id = $1`)

/** Locks of the dead ($1), and of owners that nobody remembers. */
export const locksOf = statement(
  'legacy-locks-of',
  `SELECT ${columns} FROM stack_lock l
    WHERE owner = ANY($1::uuid[]) OR (owner IS NOT NULL AND NOT EXISTS (SELECT FROM worker w WHERE w.id = l.owner))`,
)

/** Locks of these stacks ($1), locked themselves: whoever frees one takes no other lock. */
export const locksOfStacks = statement(
  'legacy-locks-of-stacks',
  `SELECT ${columns} FROM stack_lock WHERE stack_id = ANY($1::uuid[]) ORDER BY stack_id FOR UPDATE`,
)

/** Stacks that say IN_PROGRESS while nobody holds them, as operations to end. */
export const unlocked = statement(
  'legacy-unlocked',
  `SELECT id, root_id AS "rootId", project, name, action, revision::int AS revision, template_id AS template,
      previous_template_id AS previous
    FROM stack s WHERE engine = 'legacy' AND status = 'IN_PROGRESS' AND deleted_at IS NULL
      AND NOT EXISTS (SELECT FROM stack_lock l WHERE l.stack_id = s.id)`,
)

/** The same, if operation $2 (a revision) is still the one that nobody holds: others look too, and stacks change engines. */
export const lockUnlocked = statement(
  'legacy-lock-unlocked',
  `SELECT id FROM stack WHERE id = $1 AND engine = 'legacy' AND status = 'IN_PROGRESS' AND revision = $2 FOR UPDATE`,
)

/** How many signals these resources ($1) have had. */
export const signalsOf = statement(
  'legacy-signals-of',
  `SELECT id, signals::int AS signals FROM resource WHERE id = ANY($1::uuid[])`,
)

export const unfinished = statement(
  'legacy-unfinished',
  `SELECT id, action FROM resource WHERE stack_id = $1 AND status = 'IN_PROGRESS'`,
)
