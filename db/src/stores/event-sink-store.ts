import type { EventRow, EventSinkRow } from '../rows.js'
import { type Queryable, statement, type Transaction } from '../transaction.js'
import { propertiesUpTo } from './event-store.js'

/**
 * Sinks $3 (ids), $4 (digests), $5 (sealed) of the stack $1 in the tree $2: those that it has already stay, others end, or
 * begin. The place between what goes where is the last that any event has been given: one that is not committed yet is before it.
 */
const follow = statement(
  'event-sink-follow',
  `WITH place AS (SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence('event', 'seq')), 0) AS last),
    ended AS (UPDATE event_sink SET "until" = place.last, ended_at = hearth_now() FROM place
      WHERE stack_id = $1 AND "until" IS NULL AND digest <> ALL($4::text[]))
    INSERT INTO event_sink (id, stack_id, root_id, digest, sink, "after")
    SELECT n.id, $1, $2, n.digest, n.sink, place.last FROM unnest($3::uuid[], $4::text[], $5::text[]) AS n(id, digest, sink), place
    WHERE NOT EXISTS (SELECT FROM event_sink s WHERE s.stack_id = $1 AND s.digest = n.digest AND s."until" IS NULL)`,
)

/** Events that are to be sent to a sink, `s`. Index: event_stack. */
const waitingFor = (s: string): string =>
  `e.stack_id = ${s}.stack_id AND e.seq > ${s}."after" AND e.seq <> ALL(${s}.ahead) AND (${s}."until" IS NULL OR e.seq <= ${s}."until")`
const waiting = waitingFor('s')

/**
 * `after` follows to the mark once nothing can appear before that any more, and all that has appeared is delivered. What
 * another daemon is at is left to the next look.
 */
const settle = statement(
  'event-sink-settle',
  `WITH due AS MATERIALIZED (SELECT s.id FROM event_sink s
      WHERE s.mark IS NOT NULL AND s.mark_before::xid8 <= pg_snapshot_xmin(pg_current_snapshot())
        AND NOT EXISTS (SELECT FROM event e WHERE ${waiting} AND e.seq <= s.mark)
      ORDER BY s.id FOR UPDATE OF s SKIP LOCKED)
    UPDATE event_sink s SET "after" = s.mark, mark = NULL, mark_before = NULL,
      ahead = ARRAY(SELECT seq FROM unnest(s.ahead) AS seq WHERE seq > s.mark)
    FROM due WHERE s.id = due.id`,
)
/**
 * Takes up to $1 sinks that have something to send, for $2 seconds: what nobody says anything of is then taken again. One that
 * has ended and begun again, as a rollback has it, first gets what happened before it ended.
 */
const claim = statement(
  'event-sink-claim',
  `WITH due AS (SELECT s.id FROM event_sink s
      WHERE s.due_at <= hearth_now() AND EXISTS (SELECT FROM event e WHERE ${waiting})
        AND NOT EXISTS (SELECT FROM event_sink before WHERE before.stack_id = s.stack_id AND before.digest = s.digest
          AND before."until" <= s."after" AND EXISTS (SELECT FROM event e WHERE ${waitingFor('before')}))
      ORDER BY s.due_at LIMIT $1 FOR UPDATE OF s SKIP LOCKED)
    UPDATE event_sink s SET due_at = hearth_now() + make_interval(secs => $2), token = s.token + 1, attempts = s.attempts + 1
    FROM due WHERE s.id = due.id
    RETURNING s.id, s.stack_id AS "stackId", s.sink, s.token, s.attempts,
      coalesce(extract(epoch FROM hearth_now() - s.failing_since), 0)::float8 AS "failingSeconds"`,
)
/** Up to $2 events for each of the sinks $1, oldest first, each with the properties that its resource had then. */
const batches = statement(
  'event-sink-batches',
  `SELECT s.id AS sink, e.*, coalesce(e.own, (${propertiesUpTo('e."stackId"', 'e.seq', 'e."resourceName"', 'e."resourceType"')})) AS properties
    FROM event_sink s CROSS JOIN LATERAL (
      SELECT e.id, e.seq, e.stack_id AS "stackId", e.root_id AS "rootId", e.resource_name AS "resourceName",
        e.resource_type AS "resourceType", e.physical_id AS "physicalId", e.action, e.status,
        e.status_reason AS "statusReason", e.properties AS own, e.created_at AS "createdAt"
      FROM event e WHERE ${waiting} ORDER BY e.seq LIMIT $2) AS e
    WHERE s.id = ANY($1::uuid[]) ORDER BY e.seq`,
)
/** The fence, and the order in which sinks ($1 ids, $2 tokens) are locked: all daemons write many at once. */
const mine = `mine AS MATERIALIZED (SELECT s.id FROM event_sink s
    WHERE (s.id, s.token) IN (SELECT id, token FROM unnest($1::uuid[], $2::bigint[]) AS h(id, token))
    ORDER BY s.id FOR UPDATE)`
/** Events $3 of sinks $1, held by tokens $2, are delivered: each event is a row of the three. */
const delivered = statement(
  'event-sink-delivered',
  `WITH ${mine}
    UPDATE event_sink s SET ahead = s.ahead || d.seqs, mark = coalesce(s.mark, d.last),
      mark_before = coalesce(s.mark_before, pg_snapshot_xmax(pg_current_snapshot())::text),
      attempts = 0, failing_since = NULL, due_at = hearth_now()
    FROM mine JOIN (SELECT id, token, array_agg(seq) AS seqs, max(seq) AS last
      FROM unnest($1::uuid[], $2::bigint[], $3::bigint[]) AS n(id, token, seq) GROUP BY id, token) AS d ON d.id = mine.id
    WHERE s.id = d.id AND s.token = d.token`,
)
/** Sinks $1, held by tokens $2, are tried again after $3 seconds. */
const failed = statement(
  'event-sink-failed',
  `WITH ${mine}
    UPDATE event_sink s SET failing_since = coalesce(s.failing_since, hearth_now()),
      due_at = hearth_now() + make_interval(secs => n.seconds)
    FROM mine JOIN unnest($1::uuid[], $2::bigint[], $3::float8[]) AS n(id, token, seconds) ON n.id = mine.id
    WHERE s.id = n.id AND s.token = n.token`,
)
/** Those that have ended, or whose stack has, some time ago, and have nothing to send. */
const forget = statement(
  'event-sink-forget',
  `WITH ended AS MATERIALIZED (SELECT s.id FROM event_sink s WHERE NOT EXISTS (SELECT FROM event e WHERE ${waiting})
      AND (s.ended_at < hearth_now() - interval '10 minutes' OR NOT EXISTS (SELECT FROM stack t
        WHERE t.id = s.stack_id AND (t.deleted_at IS NULL OR t.deleted_at > hearth_now() - interval '10 minutes')))
      ORDER BY s.id FOR UPDATE OF s SKIP LOCKED)
    DELETE FROM event_sink s USING ended WHERE s.id = ended.id`,
)
const any = statement('event-sink-any', 'SELECT EXISTS (SELECT FROM event_sink) AS any')

/** A sink that this process is to send to. */
export interface ClaimedSink extends Pick<EventSinkRow, 'id' | 'stackId' | 'sink' | 'attempts'> {
  /** Fences what is said of it. */
  readonly token: string
  /** Since the first attempt that failed; 0: none has. */
  readonly failingSeconds: number
}
type Held = Pick<ClaimedSink, 'id' | 'token'>

export const eventSinks = Object.freeze({
  async follow(
    tx: Transaction,
    stack: { readonly id: string; readonly rootId: string },
    wanted: readonly Pick<EventSinkRow, 'id' | 'digest' | 'sink'>[],
  ): Promise<void> {
    const column = (name: 'id' | 'digest' | 'sink'): string[] => wanted.map(one => one[name])
    await tx.query(follow, [stack.id, stack.rootId, column('id'), column('digest'), column('sink')])
  },
  /** Whether any stack has one. */
  async any(on: Queryable): Promise<boolean> {
    return (await on.query<{ any: boolean }>(any))[0]?.any === true
  },
  async settle(on: Queryable): Promise<void> {
    await on.query(settle)
  },
  claim: (on: Queryable, most: number, seconds: number): Promise<ClaimedSink[]> => on.query(claim, [most, seconds]),
  /** By sink. */
  async batches(on: Queryable, ids: readonly string[], most: number): Promise<Map<string, EventRow[]>> {
    const found = new Map<string, EventRow[]>(ids.map(id => [id, []]))
    for (const { sink, ...event } of await on.query<EventRow & { sink: string }>(batches, [ids, most]))
      found.get(sink)?.push(event)
    return found
  },
  async delivered(tx: Transaction, all: readonly (Held & { readonly seqs: readonly string[] })[]): Promise<void> {
    const rows = all.flatMap(({ id, token, seqs }) => seqs.map(seq => ({ id, token, seq })))
    await tx.query(delivered, [rows.map(({ id }) => id), rows.map(({ token }) => token), rows.map(({ seq }) => seq)])
  },
  async failed(tx: Transaction, all: readonly (Held & { readonly seconds: number })[]): Promise<void> {
    await tx.query(failed, [all.map(({ id }) => id), all.map(({ token }) => token), all.map(({ seconds }) => seconds)])
  },
  async forget(on: Queryable): Promise<void> {
    await on.query(forget)
  },
})
