import { type Statement, statement } from './transaction.js'

/**
 * Two tables of an engine that keeps operations and the steps of their plans in rows, and what is said to them. `name` is
 * the engine's: the tables are `name_operation` and `name_step`, with `_` for each `-`.
 * An operation is 'waiting' until its plan is placed, then 'running', then 'over' while steps of it are still under way.
 * A step that has no holder and whose `pending` is 0 may be taken. `dead` are the workers that died while they held it.
 */
export const planTables = (name: string): readonly string[] => {
  const { operation, step } = tablesOf(name)
  return [
    `CREATE TABLE ${operation} (
    id uuid PRIMARY KEY,
    stack_id uuid NOT NULL,
    operation jsonb NOT NULL,
    state text NOT NULL DEFAULT 'waiting',
    ending jsonb,
    deadline timestamptz NOT NULL)`,
    `CREATE UNIQUE INDEX ${operation}_current ON ${operation} (stack_id) WHERE state <> 'over'`,
    `CREATE INDEX ${operation}_stack ON ${operation} (stack_id)`,
    `CREATE TABLE ${step} (
    id uuid PRIMARY KEY,
    operation uuid NOT NULL,
    stack_id uuid NOT NULL,
    resource uuid NOT NULL,
    step text NOT NULL,
    pending integer NOT NULL,
    needed_by uuid[] NOT NULL,
    begun boolean NOT NULL DEFAULT false,
    idle boolean NOT NULL DEFAULT false,
    told boolean NOT NULL DEFAULT false,
    abort text,
    holder uuid,
    token integer NOT NULL DEFAULT 0,
    dead uuid[] NOT NULL DEFAULT '{}')`,
    `CREATE INDEX ${step}_stack ON ${step} (stack_id, resource)`,
    `CREATE INDEX ${step}_holder ON ${step} (holder) WHERE holder IS NOT NULL`,
    `CREATE INDEX ${step}_dead ON ${step} (id) WHERE dead <> '{}'`,
  ]
}

function tablesOf(name: string): { readonly operation: string; readonly step: string } {
  const prefix = name.replaceAll('-', '_')
  return { operation: `${prefix}_operation`, step: `${prefix}_step` }
}

/** How many of these workers really died: one that came back, only late, has said that its former id has ended. */
const deaths = (workers: string): string =>
  `(SELECT count(*) FROM unnest(${workers}) AS d(id)
      WHERE NOT EXISTS (SELECT FROM worker w WHERE w.id = d.id AND w.stopped_at IS NOT NULL))`

/** Why a step `s` of an operation `o` is to stop. */
const why = `coalesce(s.abort, CASE WHEN o.deadline <= hearth_now() THEN 'timeout' END)`

/** What is said of the operations and steps of one stack. Locks go in Hearth's order: stack, operations, steps by id. */
export function planStatements(name: string) {
  const say = (what: string, text: string): Statement => statement(`${name}-${what}`, text)
  const { operation, step } = tablesOf(name)
  return {
    add: say(
      'add',
      `INSERT INTO ${operation} (id, stack_id, operation, deadline)
        VALUES ($1, $2, $3::jsonb, hearth_now() + make_interval(secs => $4))`,
    ),
    supersede: say('supersede', `UPDATE ${operation} SET state = 'over' WHERE stack_id = $1 AND state <> 'over'`),
    end: say(
      'end',
      `UPDATE ${operation} SET ending = $2::jsonb WHERE stack_id = $1 AND state <> 'over' AND ending IS NULL`,
    ),
    abort: say('abort', `UPDATE ${step} SET abort = 'cancelled' WHERE stack_id = $1 AND abort IS NULL`),
    lockOperations: say('lock-operations', `SELECT id FROM ${operation} WHERE stack_id = $1 ORDER BY id FOR UPDATE`),
    lockSteps: say('lock-steps', `SELECT id FROM ${step} WHERE stack_id = $1 ORDER BY id FOR UPDATE`),
    /** The newest operation of a stack ($1), unless it is over. $2 is the reason of a step that kills its workers. */
    current: say(
      'current',
      `SELECT o.operation, o.state = 'running' AS placed, coalesce(o.ending,
          (SELECT jsonb_build_object('kind', 'failed', 'reason', 'resources.' || r.name || ': ' || $2::text)
            FROM ${step} s JOIN resource r ON r.id = s.resource
            WHERE s.stack_id = o.stack_id AND s.operation = o.id AND s.abort = 'deadly' LIMIT 1),
          CASE WHEN o.deadline <= hearth_now() THEN '{"kind": "timeout"}'::jsonb END,
          CASE WHEN o.state = 'running' AND NOT EXISTS (SELECT FROM ${step} s
            WHERE s.stack_id = o.stack_id AND s.operation = o.id) THEN '{"kind": "complete"}'::jsonb END) AS "end"
        FROM ${operation} o WHERE o.stack_id = $1 AND o.state <> 'over'`,
    ),
    steps: say(
      'steps',
      `SELECT s.id, s.resource, s.begun, s.idle, s.told, s.holder IS NOT NULL AS held, ${why} AS abort
        FROM ${step} s JOIN ${operation} o ON o.id = s.operation WHERE s.stack_id = $1 ORDER BY s.id`,
    ),
    drop: say('drop', `DELETE FROM ${step} WHERE id = ANY($1::uuid[])`),
    tell: say('tell', `UPDATE ${step} SET told = true WHERE id = ANY($1::uuid[])`),
    forget: say('forget', `DELETE FROM ${operation} WHERE stack_id = $1 AND state = 'over' RETURNING id`),
    run: say('run', `UPDATE ${operation} SET state = 'running' WHERE id = $1`),
    /** $1 an array of { id, operation, stack_id, resource, step, pending, needed_by }. */
    insert: say(
      'insert',
      `INSERT INTO ${step} (id, operation, stack_id, resource, step, pending, needed_by)
        SELECT id, operation, stack_id, resource, step, pending, needed_by
        FROM jsonb_to_recordset($1::jsonb) AS s(id uuid, operation uuid, stack_id uuid, resource uuid, step text,
          pending integer, needed_by uuid[])`,
    ),
    /** Stacks on which something has come to its end, or has to be brought to it. */
    ended: say(
      'ended',
      `SELECT DISTINCT o.stack_id AS stack FROM ${operation} o
        WHERE (o.state <> 'over' AND o.ending IS NOT NULL) OR o.deadline <= hearth_now()
          OR NOT EXISTS (SELECT FROM ${step} s WHERE s.stack_id = o.stack_id)
          OR EXISTS (SELECT FROM ${step} s WHERE s.stack_id = o.stack_id AND s.operation = o.id AND s.holder IS NULL
            AND (s.abort IS NOT NULL OR (o.state = 'over' AND NOT s.told)))`,
    ),
    running: say(
      'running',
      `SELECT operation FROM ${operation} WHERE stack_id = ANY($1::uuid[]) ORDER BY state = 'over' LIMIT 1`,
    ),
    /** The steps of resources ($1) of stacks ($2), locked; parked are also those that wait at a hook, before they begin. */
    lockOf: say(
      'lock-of',
      `SELECT id, pending = 0 AND holder IS NULL AS parked FROM ${step}
        WHERE stack_id = ANY($2::uuid[]) AND resource = ANY($1::uuid[]) ORDER BY id FOR UPDATE`,
    ),
    graph: say(
      'graph',
      `SELECT s.resource, s.step,
          CASE WHEN s.holder IS NOT NULL THEN 'running' WHEN s.begun OR s.idle THEN 'parked'
            WHEN s.pending = 0 THEN 'ready' ELSE 'waiting' END AS state,
          ARRAY(SELECT w.resource FROM ${step} w WHERE w.stack_id = s.stack_id AND s.id = ANY(w.needed_by)) AS "waitsFor"
        FROM ${step} s WHERE s.stack_id = $1 ORDER BY s.id`,
    ),
  }
}

/** What workers say of the steps that they take, hold and end. */
export function stepStatements(name: string) {
  const say = (what: string, text: string): Statement => statement(`${name}-${what}`, text)
  const { operation, step } = tablesOf(name)
  /** The fence: which steps ($2 ids, $3 tokens) worker $1 still holds, locked until the transaction ends. */
  const mine = `SELECT s.id FROM unnest($2::uuid[], $3::int[]) AS m(id, token)
    JOIN ${step} s ON s.id = m.id AND s.token = m.token AND s.holder = $1 ORDER BY s.id FOR UPDATE OF s`
  const mayGoOn = `(s.begun OR (o.state = 'running' AND o.ending IS NULL))`
  const taken = `s.id, s.token, s.resource, s.step, o.operation, cardinality(s.dead) AS deaths`
  /** Steps that may be taken, and with which so many workers have died, also if one of them came back since. */
  const suspects = (deaths: string): string => `FROM ${step} s JOIN ${operation} o ON o.id = s.operation
    WHERE s.dead <> '{}' AND cardinality(s.dead) >= ${deaths}::int AND s.pending = 0 AND s.holder IS NULL AND s.abort IS NULL AND ${mayGoOn}`
  return {
    /** Gives steps ($2) to worker $1, but for those with which $3 workers have died. What must not begin any more is not given. */
    hold: say(
      'hold',
      `WITH free AS MATERIALIZED (SELECT s.id FROM ${step} s
          WHERE s.id = ANY($2::uuid[]) AND s.holder IS NULL AND s.abort IS NULL AND cardinality(s.dead) < $3::int
          ORDER BY s.id FOR UPDATE)
        UPDATE ${step} s SET holder = $1, token = s.token + 1 FROM free, ${operation} o
        WHERE s.id = free.id AND o.id = s.operation AND ${mayGoOn} RETURNING ${taken}`,
    ),
    anySuspect: say('any-suspect', `SELECT EXISTS (SELECT ${suspects('$1')}) AS any`),
    holdSuspect: say(
      'hold-suspect',
      `WITH free AS MATERIALIZED (SELECT s.id ${suspects('$2')} ORDER BY s.id LIMIT 1 FOR UPDATE OF s SKIP LOCKED)
        UPDATE ${step} s SET holder = $1, token = s.token + 1 FROM free, ${operation} o
        WHERE s.id = free.id AND o.id = s.operation RETURNING ${taken}`,
    ),
    held: say(
      'held',
      `SELECT s.id, s.token, ${why} AS abort
        FROM ${step} s JOIN ${operation} o ON o.id = s.operation WHERE s.holder = $1`,
    ),
    fence: say('fence', mine),
    /** The same for steps that begin. */
    begin: say(
      'begin',
      `WITH mine AS MATERIALIZED (${mine})
        UPDATE ${step} s SET begun = true FROM mine WHERE s.id = mine.id RETURNING s.id`,
    ),
    lockRunning: say(
      'lock-running',
      `SELECT id, state = 'running' AS running FROM ${operation} WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE`,
    ),
    fail: say(
      'fail',
      `UPDATE ${operation} o SET ending = jsonb_build_object('kind', 'failed', 'reason', f.reason)
        FROM unnest($1::uuid[], $2::text[]) AS f(id, reason) WHERE o.id = f.id AND o.ending IS NULL`,
    ),
    /** Removes steps ($1), and counts those of them that are done ($2) off at what waits for them. */
    finish: say(
      'finish',
      `WITH gone AS (DELETE FROM ${step} WHERE id = ANY($1::uuid[]) RETURNING id, needed_by),
        counts AS (SELECT d AS id, count(*)::int AS done FROM gone, unnest(needed_by) AS d
          WHERE gone.id = ANY($2::uuid[]) GROUP BY d)
        UPDATE ${step} s SET pending = s.pending - counts.done FROM counts WHERE s.id = counts.id
        RETURNING s.id, s.pending`,
    ),
    move: say(
      'move',
      `UPDATE ${step} s SET resource = m.resource FROM unnest($1::uuid[], $2::uuid[]) AS m(id, resource)
        WHERE s.id = m.id`,
    ),
    /**
     * Lets go of steps that wait ($1) for $2 milliseconds; those with a number of signals ($3) not if one more has come.
     * Those that are idle ($4) have nothing under way: it is as if they had not begun.
     */
    park: say(
      'park',
      `UPDATE ${step} s SET holder = NULL, begun = s.begun AND NOT p.idle, idle = p.idle, dead = '{}'
        FROM unnest($1::uuid[], $2::float8[], $3::bigint[], $4::boolean[]) AS p(id, ms, signals, idle), resource r
        WHERE s.id = p.id AND r.id = s.resource
        RETURNING s.id, CASE WHEN p.signals IS NULL OR p.signals = r.signals THEN p.ms ELSE 0 END AS "afterMs"`,
    ),
    letGo: say(
      'let-go',
      `WITH mine AS MATERIALIZED (${mine})
        UPDATE ${step} s SET holder = NULL FROM mine WHERE s.id = mine.id RETURNING s.id`,
    ),
    /**
     * Lets go of all that some workers ($1) hold; $2 if they died. What has died with its worker $3 times is given up, if nothing
     * was beside it.
     */
    release: say(
      'release',
      `WITH held AS MATERIALIZED (SELECT id, holder FROM ${step} WHERE holder = ANY($1::uuid[]) ORDER BY id FOR UPDATE),
        company AS (SELECT holder, count(*) AS size FROM held GROUP BY holder)
        UPDATE ${step} s SET holder = NULL, dead = CASE WHEN $2::boolean THEN s.dead || s.holder ELSE s.dead END,
          abort = CASE WHEN $2::boolean AND company.size = 1 AND ${deaths('s.dead || s.holder')} >= $3::int
            THEN coalesce(s.abort, 'deadly') ELSE s.abort END
        FROM held JOIN company USING (holder) WHERE s.id = held.id RETURNING s.id`,
    ),
  }
}
