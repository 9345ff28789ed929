import type { ResourceRow } from '../rows.js'
import { type Queryable, statement, type Transaction } from '../transaction.js'
import {
  insertMany,
  insertParams,
  type NewResourceRow,
  type ResourceState,
  type ResourceWrite,
  type Sent,
  statementsOf,
} from './resource-write.js'

const columns = `r.id, r.stack_id AS "stackId", r.root_id AS "rootId", r.name, r.type, r.implementation, r.action, r.status,
  r.status_reason AS "statusReason", r.physical_id AS "physicalId", r.properties,
  r.hidden_properties AS "hiddenProperties", r.sealed, r.attributes, r.reference, r.data,
  r.metadata, r.created_at AS "createdAt", r.updated_at AS "updatedAt", r.requires, r.template_id AS "templateId",
  r.definition_digest AS "definitionDigest", r.deletion_policy AS "deletionPolicy", r.external_id AS "externalId", r.replaces, r.cursor, r.actor,
  r.signals::int AS signals, r.received, r.hook`

const ofStack = statement(
  'resource-of-stack',
  `SELECT ${columns} FROM resource r WHERE r.stack_id = $1 ORDER BY r.created_at, r.id`,
)
const ofStacks = statement(
  'resource-of-stacks',
  `SELECT ${columns} FROM resource r WHERE r.stack_id = ANY($1::uuid[]) ORDER BY r.created_at, r.id`,
)
const byIds = statement('resource-by-ids', `SELECT ${columns} FROM resource r WHERE r.id = ANY($1::uuid[])`)
/** Locked: what its signals have left is read and written under this lock. */
const lock = statement('resource-lock', `SELECT ${columns} FROM resource r WHERE r.id = $1 FOR UPDATE`)
/** Whoever locks several does so in the order of their ids: then no two wait for each other. */
const lockAll = statement(
  'resource-lock-all',
  `SELECT id FROM resource WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE`,
)
const forgetSignals = statement(
  'resource-forget-signals',
  `UPDATE resource SET received = NULL WHERE id = ANY($1::uuid[])`,
)
const receive = statement('resource-receive', `UPDATE resource SET received = $2 WHERE id = $1`)
const clearHook = statement('resource-clear-hook', `UPDATE resource SET hook = NULL WHERE id = $1`)
/** Index: resource_hook. */
const paused = statement(
  'resource-paused',
  `SELECT ${columns} FROM resource r WHERE r.stack_id = $1 AND r.hook IS NOT NULL`,
)
/** Steps under way that wait for what $2 says: its direct dependents. */
const leaningOn = statement(
  'resource-leaning-on',
  `SELECT id FROM resource WHERE stack_id = $1 AND $2::uuid = ANY(requires) AND status = 'IN_PROGRESS' ORDER BY id`,
)
/**
 * Resources ($1) that are about to wait for signals of others ($2), which had had so many ($3) when they were looked at: if
 * there are more by now, it is as if the resource had been signalled itself. The others are locked: a signal that is being
 * stored is awaited.
 */
const overhear = statement(
  'resource-overhear',
  `WITH sender AS MATERIALIZED (SELECT id, signals FROM resource WHERE id = ANY($2::uuid[]) ORDER BY id FOR SHARE)
    UPDATE resource r SET signals = r.signals + 1 WHERE r.id IN (
      SELECT w.waiting FROM unnest($1::uuid[], $2::uuid[], $3::bigint[]) AS w(waiting, sender, seen)
        JOIN sender ON sender.id = w.sender WHERE sender.signals > w.seen)`,
)
const named = statement(
  'resource-named',
  `SELECT ${columns} FROM resource r JOIN unnest($1::uuid[], $2::text[]) AS n(stack_id, name)
    ON r.stack_id = n.stack_id AND r.name = n.name`,
)
/** All rows of each name that has one whose check failed: which of them is the resource is not for SQL to say. */
const ofFailedChecks = statement(
  'resource-of-failed-checks',
  `SELECT ${columns} FROM resource r WHERE r.stack_id = ANY($1::uuid[]) AND EXISTS (
    SELECT FROM resource f WHERE f.stack_id = r.stack_id AND f.name = r.name AND f.action = 'CHECK' AND f.status = 'FAILED')`,
)
/** Bytes of all values of a stack but those of some of its resources. */
const sizeOfOthers = statement(
  'resource-size-of-others',
  `SELECT coalesce(sum(size), 0)::float8 AS size FROM resource WHERE stack_id = $1 AND id <> ALL($2::uuid[])`,
)
/** Rows that have not begun: as `untouched` says it of incarnations. */
const untouched = `(action = 'INIT' OR (action = 'CHECK' AND requires IS NOT NULL AND deletion_policy IS NULL))`
/** Something of the stack has not been begun, or has failed, or was never brought to a template, whatever a check found. */
const anyUnfinished = statement(
  'resource-any-unfinished',
  `SELECT EXISTS (SELECT FROM resource WHERE stack_id = $1 AND (${untouched} OR status <> 'COMPLETE' OR (template_id IS NULL AND requires IS NOT NULL))) AS any`,
)
const anySuspended = statement(
  'resource-any-suspended',
  `SELECT EXISTS (SELECT FROM resource WHERE stack_id = $1 AND (action = 'SUSPEND' OR (action = 'RESUME' AND status <> 'COMPLETE'))) AS any`,
)
const stacksOf = statement(
  'resource-stacks-of',
  `SELECT id, root_id AS "rootId", project, name FROM stack WHERE id = ANY($1::uuid[])`,
)
const clearActors = statement(
  'resource-clear-actors',
  `UPDATE resource SET actor = NULL WHERE id = ANY($1::uuid[]) AND actor IS NOT NULL`,
)
/** Whatever is saved of these rows from now on, nothing is deleted but the rows. */
const forget = statement('resource-forget', `UPDATE resource SET deletion_policy = 'Forget' WHERE stack_id = $1`)
const leave = statement(
  'resource-leave',
  `UPDATE resource SET deletion_policy = CASE WHEN id = ANY($2::uuid[]) THEN 'Delete' ELSE 'Forget' END
    WHERE id = ANY($1::uuid[] || $2::uuid[])`,
)
/** Rows that have not begun get what exists already: their step adopts it. */
const adopt = statement(
  'resource-adopt',
  `UPDATE resource r SET physical_id = a."physicalId", data = a.data, metadata = a.metadata
    FROM jsonb_to_recordset($2::jsonb) AS a(name text, "physicalId" text, data text, metadata jsonb)
    WHERE r.stack_id = $1 AND r.name = a.name AND ${untouched}`,
)
const standsFor = statement('resource-stands-for', `UPDATE resource SET physical_id = $2 WHERE id = $1`)
const removeOfStack = statement('resource-remove-of-stack', `DELETE FROM resource WHERE stack_id = $1`)
/** A stack that is COMPLETE has all its resources at its template, visited or not. */
const reach = statement(
  'resource-reach',
  `UPDATE resource SET template_id = $2 WHERE stack_id = $1 AND template_id IS DISTINCT FROM $2::uuid AND NOT ${untouched}`,
)
const completeOld = statement(
  'resource-complete-old',
  `UPDATE resource r SET requires = ARRAY(SELECT jsonb_array_elements_text(o.requires)::uuid), template_id = o."templateId",
      definition_digest = o."definitionDigest", deletion_policy = o."deletionPolicy"
    FROM jsonb_to_recordset($1::jsonb) AS o(id uuid, requires jsonb, "templateId" uuid, "definitionDigest" text, "deletionPolicy" text)
    WHERE r.id = o.id AND r.requires IS NULL`,
)

async function send(tx: Transaction, all: readonly Sent[]): Promise<void> {
  await Promise.all(all.map(({ statement: sent, params }) => tx.query(sent, params)))
}

export const resources = Object.freeze({
  ofStack: (on: Queryable, stackId: string): Promise<ResourceRow[]> => on.query(ofStack, [stackId]),
  ofStacks: (on: Queryable, stackIds: readonly string[]): Promise<ResourceRow[]> => on.query(ofStacks, [stackIds]),
  byIds: (on: Queryable, ids: readonly string[]): Promise<ResourceRow[]> => on.query(byIds, [ids]),
  async lock(tx: Transaction, id: string): Promise<ResourceRow | undefined> {
    return (await tx.query<ResourceRow>(lock, [id]))[0]
  },
  async lockAll(tx: Transaction, ids: readonly string[]): Promise<void> {
    await tx.query(lockAll, [ids])
  },
  /** The row is locked. @param received sealed. */
  async receive(tx: Transaction, id: string, received: string): Promise<void> {
    await tx.query(receive, [id, received])
  },
  /** The rows are locked. */
  async forgetSignals(tx: Transaction, ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await tx.query(forgetSignals, [ids])
  },
  async clearHook(tx: Transaction, id: string): Promise<void> {
    await tx.query(clearHook, [id])
  },
  paused: (on: Queryable, stackId: string): Promise<ResourceRow[]> => on.query(paused, [stackId]),
  async leaningOn(on: Queryable, stackId: string, id: string): Promise<string[]> {
    return (await on.query<{ id: string }>(leaningOn, [stackId, id])).map(row => row.id)
  },
  async overhear(
    tx: Transaction,
    waits: readonly { readonly waiting: string; readonly sender: string; readonly seen: number }[],
  ): Promise<void> {
    if (waits.length === 0) return
    await tx.query(overhear, [
      waits.map(({ waiting }) => waiting),
      waits.map(({ sender }) => sender),
      waits.map(({ seen }) => seen),
    ])
  },
  async named(
    on: Queryable,
    pairs: readonly { readonly stackId: string; readonly name: string }[],
  ): Promise<ResourceRow[]> {
    if (pairs.length === 0) return []
    return on.query(named, [pairs.map(({ stackId }) => stackId), pairs.map(({ name }) => name)])
  },
  ofFailedChecks: (on: Queryable, stackIds: readonly string[]): Promise<ResourceRow[]> =>
    on.query(ofFailedChecks, [stackIds]),
  async sizeOfOthers(on: Queryable, stackId: string, ids: readonly string[]): Promise<number> {
    return (await on.query<{ size: number }>(sizeOfOthers, [stackId, ids]))[0]?.size ?? 0
  },
  async anyUnfinished(on: Queryable, stackId: string): Promise<boolean> {
    const [row] = await on.query<{ any: boolean }>(anyUnfinished, [stackId])
    return row?.any === true
  },
  /** Whether any resource of a stack is suspended, or may be. */
  async anySuspended(on: Queryable, stackId: string): Promise<boolean> {
    const [row] = await on.query<{ any: boolean }>(anySuspended, [stackId])
    return row?.any === true
  },
  /** The stacks of resources, by id: what an event or a generated name needs of them. */
  async stacksOf(
    on: Queryable,
    ids: readonly string[],
  ): Promise<Map<string, { id: string; rootId: string; project: string; name: string }>> {
    const rows = await on.query<{ id: string; rootId: string; project: string; name: string }>(stacksOf, [ids])
    return new Map(rows.map(row => [row.id, row]))
  },
  async insertMany(tx: Transaction, rows: readonly NewResourceRow[]): Promise<void> {
    if (rows.length > 0) await tx.query(insertMany, insertParams(rows))
  },
  write: (tx: Transaction, writes: readonly ResourceWrite[]): Promise<void> => send(tx, statementsOf(writes)),
  /** What `write` would send, for `send`. */
  packed: (writes: readonly ResourceWrite[]): readonly Sent[] => statementsOf(writes),
  send,
  async clearActors(tx: Transaction, ids: readonly string[]): Promise<void> {
    await tx.query(clearActors, [ids])
  },
  async forget(tx: Transaction, stackId: string): Promise<void> {
    await tx.query(forget, [stackId])
  },
  /**
   * The same for some rows, of whatever stacks; what is a stack is to be deleted, so that each row in it goes by its
   * own policy.
   */
  async leave(tx: Transaction, ids: readonly string[], stacks: readonly string[]): Promise<void> {
    await tx.query(leave, [ids, stacks])
  },
  async adopt(
    tx: Transaction,
    stackId: string,
    rows: readonly (Pick<ResourceState, 'physicalId' | 'data' | 'metadata'> & { readonly name: string })[],
  ): Promise<void> {
    await tx.query(adopt, [stackId, JSON.stringify(rows)])
  },
  async standsFor(tx: Transaction, id: string, physicalId: string): Promise<void> {
    await tx.query(standsFor, [id, physicalId])
  },
  async removeOfStack(tx: Transaction, stackId: string): Promise<void> {
    await tx.query(removeOfStack, [stackId])
  },
  async reach(tx: Transaction, stackId: string, template: string): Promise<void> {
    await tx.query(reach, [stackId, template])
  },
  async completeOld(tx: Transaction, rows: readonly object[]): Promise<void> {
    await tx.query(completeOld, [JSON.stringify(rows)])
  },
})
