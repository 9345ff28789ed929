import { statement } from '@hearth/core/plugin'

/** The statements of the engine. Locks go in Hearth's order: stack, operations, steps by id. */

export const notify = statement('queue-notify', `SELECT pg_notify($1, $2)`)

/** What ran on the stack has been superseded. */
export const supersede = statement(
  'queue-supersede',
  `UPDATE queue_operation SET state = 'over' WHERE stack_id = $1 AND state <> 'over'`,
)
export const insertOperation = statement(
  'queue-insert-operation',
  `INSERT INTO queue_operation (id, stack_id, operation, deadline, state)
    VALUES ($1, $2, $3::jsonb, hearth_now() + make_interval(secs => $4), 'waiting')`,
)
export const endCurrent = statement(
  'queue-end-current',
  `UPDATE queue_operation SET ending = $2::jsonb WHERE stack_id = $1 AND state <> 'over' AND ending IS NULL`,
)
export const failOperations = statement(
  'queue-fail-operations',
  `UPDATE queue_operation o SET ending = jsonb_build_object('kind', 'failed', 'reason', f.reason)
    FROM unnest($1::uuid[], $2::text[]) AS f(id, reason) WHERE o.id = f.id AND o.ending IS NULL`,
)
export const abortSteps = statement(
  'queue-abort-steps',
  `UPDATE queue_step SET abort = 'cancelled' WHERE stack_id = $1 AND abort IS NULL`,
)

export const lockOperations = statement(
  'queue-lock-operations',
  `SELECT id FROM queue_operation WHERE stack_id = $1 ORDER BY id FOR UPDATE`,
)
export const lockSteps = statement(
  'queue-lock-steps',
  `SELECT id FROM queue_step WHERE stack_id = $1 ORDER BY id FOR UPDATE`,
)
/** The time of some operations is over: their steps are aborted, and the one that runs ends. */
export const endOverdue = statement(
  'queue-end-overdue',
  `WITH overdue AS (SELECT id FROM queue_operation WHERE stack_id = $1 AND deadline <= hearth_now()),
    told AS (UPDATE queue_step s SET abort = 'timeout' FROM overdue WHERE s.operation = overdue.id AND s.abort IS NULL)
    UPDATE queue_operation o SET ending = '{"kind": "timeout"}' FROM overdue
    WHERE o.id = overdue.id AND o.state <> 'over' AND o.ending IS NULL RETURNING o.id`,
)
/** A step has died with its worker too often: the operation that runs fails, for reason $2. */
export const endDeadly = statement(
  'queue-end-deadly',
  `UPDATE queue_operation o SET ending = jsonb_build_object('kind', 'failed', 'reason', 'resources.' || r.name || ': ' || $2)
    FROM queue_step s JOIN resource r ON r.id = s.resource
    WHERE s.stack_id = $1 AND s.abort = 'deadly' AND o.id = s.operation AND o.state <> 'over' AND o.ending IS NULL`,
)
/** The newest operation of a stack, if it is not over, and whether it has steps. */
export const current = statement(
  'queue-current',
  `SELECT o.id, o.operation, o.state, o.ending, EXISTS (SELECT FROM queue_step s
      WHERE s.stack_id = o.stack_id AND s.operation = o.id) AS left
    FROM queue_operation o WHERE o.stack_id = $1 AND o.state <> 'over'`,
)
/** Steps of operations that are over, and that have nothing under way. */
export const dropUnbegun = statement(
  'queue-drop-unbegun',
  `DELETE FROM queue_step s USING queue_operation o
    WHERE s.stack_id = $1 AND o.id = s.operation AND NOT s.begun AND o.state = 'over'
      AND s.abort IS DISTINCT FROM 'deadly'
    RETURNING s.id, s.resource, s.abort, s.idle`,
)
/** Steps that are to be aborted while nobody is at work on them. */
export const dropAborted = statement(
  'queue-drop-aborted',
  `DELETE FROM queue_step WHERE stack_id = $1 AND abort IS NOT NULL AND holder IS NULL RETURNING id, resource, abort, idle`,
)
/** Steps that outlive their operation and wait: once, for each to learn that it is over. */
export const tell = statement(
  'queue-tell',
  `UPDATE queue_step s SET told = true FROM queue_operation o
    WHERE s.stack_id = $1 AND o.id = s.operation AND o.state = 'over' AND s.holder IS NULL AND NOT s.told
    RETURNING s.id`,
)
export const anyStep = statement('queue-any-step', `SELECT id FROM queue_step WHERE stack_id = $1 LIMIT 1`)
export const dropOver = statement(
  'queue-drop-over',
  `DELETE FROM queue_operation WHERE stack_id = $1 AND state = 'over' RETURNING id`,
)
export const runOperation = statement(
  'queue-run-operation',
  `UPDATE queue_operation SET state = 'running' WHERE id = $1`,
)
/** $1 an array of { id, operation, stack_id, resource, step, pending, needed_by }. */
export const insertSteps = statement(
  'queue-insert-steps',
  `INSERT INTO queue_step (id, operation, stack_id, resource, step, pending, needed_by)
    SELECT id, operation, stack_id, resource, step, pending, needed_by
    FROM jsonb_to_recordset($1::jsonb) AS s(id uuid, operation uuid, stack_id uuid, resource uuid, step text,
      pending integer, needed_by uuid[])`,
)
/** Stacks on which something has come to its end, or has to be brought to it. */
export const toAdvance = statement(
  'queue-to-advance',
  `SELECT DISTINCT o.stack_id AS stack FROM queue_operation o
    WHERE (o.state <> 'over' AND o.ending IS NOT NULL) OR o.deadline <= hearth_now()
      OR NOT EXISTS (SELECT FROM queue_step s WHERE s.stack_id = o.stack_id)
      OR EXISTS (SELECT FROM queue_step s WHERE s.stack_id = o.stack_id AND s.operation = o.id AND s.holder IS NULL
        AND (s.abort IS NOT NULL OR (o.state = 'over' AND NOT s.told)))`,
)

/**
 * Gives steps ($2), whose jobs were taken, to worker $1. What must not begin any more is not given. Of those that have died
 * with their workers twice a worker has one at a time: if it kills this one too, nothing else is to blame.
 */
export const hold = statement(
  'queue-hold',
  `WITH free AS MATERIALIZED (SELECT id, deaths >= 2 AS suspect FROM queue_step
      WHERE id = ANY($2::uuid[]) AND holder IS NULL AND abort IS NULL ORDER BY id FOR UPDATE),
    alone AS MATERIALIZED (SELECT id FROM free WHERE suspect
      AND NOT EXISTS (SELECT FROM queue_step WHERE holder = $1 AND deaths >= 2) ORDER BY id LIMIT 1)
    UPDATE queue_step s SET holder = $1, token = s.token + 1 FROM free, queue_operation o
    WHERE s.id = free.id AND o.id = s.operation AND (s.begun OR (o.state = 'running' AND o.ending IS NULL))
      AND (NOT free.suspect OR s.id IN (SELECT id FROM alone))
    RETURNING s.id, s.token, s.operation, s.resource, s.step`,
)
/** Those of $1 that were not given because they may be deadly. */
export const suspects = statement(
  'queue-suspects',
  `SELECT id FROM queue_step WHERE id = ANY($1::uuid[]) AND holder IS NULL AND abort IS NULL AND deaths >= 2`,
)
export const operationsOf = statement(
  'queue-operations-of',
  `SELECT id, operation FROM queue_operation WHERE id = ANY($1::uuid[])`,
)
export const heldBy = statement('queue-held-by', `SELECT id, token, abort FROM queue_step WHERE holder = $1`)

/** The fence: which steps ($2 ids, $3 tokens) worker $1 still holds, locked until the transaction ends. */
const mine = `SELECT s.id, s.abort FROM unnest($2::uuid[], $3::int[]) AS m(id, token)
    JOIN queue_step s ON s.id = m.id AND s.token = m.token AND s.holder = $1 ORDER BY s.id FOR UPDATE OF s`
export const fence = statement('queue-fence', mine)
/** The same for steps that begin. */
export const begin = statement(
  'queue-begin',
  `WITH mine AS MATERIALIZED (${mine})
    UPDATE queue_step s SET begun = true FROM mine WHERE s.id = mine.id RETURNING s.id, s.abort`,
)
export const ownOperations = statement(
  'queue-own-operations',
  `SELECT id, state FROM queue_operation WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE`,
)
/** Removes steps ($1), and counts those of them that are done ($2) off at what waits for them. */
export const finish = statement(
  'queue-finish',
  `WITH gone AS (DELETE FROM queue_step WHERE id = ANY($1::uuid[]) RETURNING id, needed_by),
    counts AS (SELECT d AS id, count(*)::int AS done FROM gone, unnest(needed_by) AS d
      WHERE gone.id = ANY($2::uuid[]) GROUP BY d)
    UPDATE queue_step s SET pending = s.pending - counts.done FROM counts WHERE s.id = counts.id
    RETURNING s.id, s.pending`,
)
export const move = statement(
  'queue-move',
  `UPDATE queue_step s SET resource = m.resource FROM unnest($1::uuid[], $2::uuid[]) AS m(id, resource)
    WHERE s.id = m.id`,
)
/**
 * Lets go of steps that wait ($1) for $2 milliseconds; those with a number of signals ($3) not if one more has come. Those
 * that are idle ($4) have nothing under way: it is as if they had not begun.
 * @returns how long each has to wait.
 */
export const park = statement(
  'queue-park',
  `UPDATE queue_step s SET holder = NULL, begun = s.begun AND NOT p.idle, idle = p.idle, deaths = 0
    FROM unnest($1::uuid[], $2::float8[], $3::bigint[], $4::boolean[]) AS p(id, ms, signals, idle), resource r
    WHERE s.id = p.id AND r.id = s.resource
    RETURNING s.id, CASE WHEN p.signals IS NULL OR p.signals = r.signals THEN p.ms ELSE 0 END AS "afterMs"`,
)
/** Lets go of steps ($2 ids, $3 tokens) of worker $1. */
export const letGo = statement(
  'queue-let-go',
  `WITH mine AS MATERIALIZED (${mine})
    UPDATE queue_step s SET holder = NULL FROM mine WHERE s.id = mine.id RETURNING s.id`,
)
/** Lets go of all that some workers ($1) hold; $2 if they died. What has died with its worker three times is given up. */
export const letGoAll = statement(
  'queue-let-go-all',
  `WITH held AS MATERIALIZED (SELECT id FROM queue_step WHERE holder = ANY($1::uuid[]) ORDER BY id FOR UPDATE)
    UPDATE queue_step s SET holder = NULL, deaths = s.deaths + $2::int,
      abort = CASE WHEN s.deaths + $2::int >= 3 THEN coalesce(s.abort, 'deadly') ELSE s.abort END
    FROM held WHERE s.id = held.id RETURNING s.id`,
)

/** The steps of resources ($1) of stacks ($2) that wait, locked; also those that wait at a hook, before they begin. */
export const lockParked = statement(
  'queue-lock-parked',
  `SELECT id, pending = 0 AND holder IS NULL AS parked FROM queue_step
    WHERE stack_id = ANY($2::uuid[]) AND resource = ANY($1::uuid[]) ORDER BY id FOR UPDATE`,
)
export const graph = statement(
  'queue-graph',
  `SELECT s.resource, s.step,
      CASE WHEN s.holder IS NOT NULL THEN 'running' WHEN s.begun OR s.idle THEN 'parked' WHEN s.pending = 0 THEN 'ready'
        ELSE 'waiting' END AS state,
      ARRAY(SELECT w.resource FROM queue_step w WHERE w.stack_id = s.stack_id AND s.id = ANY(w.needed_by)) AS "waitsFor"
    FROM queue_step s WHERE s.stack_id = $1 ORDER BY s.id`,
)
export const operationsOn = statement(
  'queue-operations-on',
  `SELECT operation FROM queue_operation WHERE stack_id = ANY($1::uuid[]) LIMIT 1`,
)
