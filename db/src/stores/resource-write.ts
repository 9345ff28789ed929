import { Columns } from '../columns.js'
import type { ResourceRow } from '../rows.js'
import { type Statement, statement } from '../transaction.js'
import { eventParams, insertEvents, type NewEvent } from './event-store.js'

export interface NewResourceRow {
  readonly id: string
  readonly stackId: string
  readonly rootId: string
  readonly name: string
  readonly type: string
  /** Absent: `type` itself. */
  readonly implementation?: string | null
  readonly replaces: string | null
}

/** All columns that a step may change; a write sets all of them. */
export type ResourceState = Pick<
  ResourceRow,
  | 'type'
  | 'implementation'
  | 'action'
  | 'status'
  | 'statusReason'
  | 'physicalId'
  | 'properties'
  | 'hiddenProperties'
  | 'sealed'
  | 'attributes'
  | 'reference'
  | 'data'
  | 'metadata'
  | 'templateId'
  | 'requires'
  | 'definitionDigest'
  | 'deletionPolicy'
  | 'externalId'
  | 'cursor'
  | 'hook'
>

/** What happens to one row, with the events that report it. A batch has at most one write of a row. */
export interface ResourceWrite {
  readonly id: string
  /** Of a row that exists; not together with `remove`. */
  state?: ResourceState
  /** Written with `state`. Absent: it stays. */
  actor?: string | null
  readonly events: readonly NewEvent[]
  /** Another row: the incarnation that replaces this one. It begins as INIT COMPLETE. */
  insert?: NewResourceRow
  /** The row itself, which is not there yet: it is stored with `state`, or as it is removed, not at all. */
  own?: NewResourceRow
  remove?: boolean
}

const newColumns = new Columns({
  id: 'uuid',
  stackId: 'uuid',
  rootId: 'uuid',
  name: 'text',
  type: 'text',
  implementation: 'text',
  replaces: 'uuid',
})
const insertFrom = (first: number): string =>
  `INSERT INTO resource (id, stack_id, root_id, name, type, implementation, replaces)
    SELECT id, "stackId", "rootId", name, type, implementation, replaces FROM ${newColumns.from(first)} AS n`
export const insertMany = statement('resource-insert-many', insertFrom(1))

export const insertParams = (rows: readonly NewResourceRow[]): unknown[] => newColumns.of(rows)

const stateKinds = {
  type: 'text',
  implementation: 'text',
  action: 'text',
  status: 'text',
  statusReason: 'text',
  physicalId: 'text',
  properties: 'jsonb',
  hiddenProperties: 'text',
  sealed: 'text',
  attributes: 'jsonb',
  reference: 'text',
  data: 'text',
  metadata: 'jsonb',
  templateId: 'uuid',
  requires: 'uuid[]',
  definitionDigest: 'text',
  deletionPolicy: 'text',
  externalId: 'text',
  cursor: 'jsonb',
  hook: 'text',
} as const
const stateColumns = new Columns({ id: 'uuid', ...stateKinds, keepActor: 'boolean', actor: 'text' })
type StateWrite = ResourceWrite & { readonly state: ResourceState }

function stateValue(
  { id, state, actor }: StateWrite,
  column: keyof ResourceState | 'id' | 'keepActor' | 'actor',
): unknown {
  switch (column) {
    case 'id':
      return id
    case 'keepActor':
      return actor === undefined
    case 'actor':
      return actor
    default:
      return state[column]
  }
}

/** Bytes of the values that `w` has. */
const size = `pg_column_size(w.properties) + pg_column_size(w.attributes) + coalesce(octet_length(w."hiddenProperties"), 0)
          + coalesce(octet_length(w.sealed), 0) + coalesce(octet_length(w.data), 0)`

const addedAt = 1 + stateColumns.count
const removedAt = addedAt + newColumns.count
/**
 * One statement for a whole batch: states, new incarnations, removals and events.
 * The caller holds the fence of each row. Tried: one UPDATE a row, which costs a round trip each; JSON records, which cost
 * PostgreSQL as much to take apart as the rows cost to write.
 */
const change = statement(
  'resource-write',
  `WITH changed AS (
      UPDATE resource r SET type = w.type, implementation = w.implementation, action = w.action, status = w.status, status_reason = w."statusReason",
        physical_id = w."physicalId", properties = w.properties, hidden_properties = w."hiddenProperties",
        sealed = w.sealed, attributes = w.attributes,
        size = ${size}, reference = w.reference,
        data = w.data, metadata = w.metadata, template_id = w."templateId", definition_digest = w."definitionDigest",
        requires = w.requires, external_id = w."externalId", cursor = w.cursor, hook = w.hook,
        deletion_policy = CASE WHEN r.deletion_policy = 'Forget' THEN 'Forget' ELSE w."deletionPolicy" END,
        actor = CASE WHEN w."keepActor" THEN r.actor ELSE w.actor END, updated_at = hearth_now()
      FROM ${stateColumns.from(1)} AS w WHERE r.id = w.id),
    added AS (${insertFrom(addedAt)}),
    removed AS (DELETE FROM resource WHERE id = ANY($${removedAt}::uuid[]))
    ${insertEvents(removedAt + 1)}`,
)

const wholeColumns = new Columns({
  id: 'uuid',
  stackId: 'uuid',
  rootId: 'uuid',
  name: 'text',
  replaces: 'uuid',
  ...stateKinds,
})
/** The same of rows that are not there yet: stored once, as they are. */
const store = statement(
  'resource-store',
  `WITH added AS (
      INSERT INTO resource (id, stack_id, root_id, name, replaces, type, implementation, action, status, status_reason,
        physical_id, properties, hidden_properties, sealed, attributes, size, reference, data, metadata, template_id,
        requires, definition_digest, deletion_policy, external_id, cursor, hook, updated_at)
      SELECT id, "stackId", "rootId", name, replaces, type, implementation, action, status, "statusReason",
        "physicalId", properties, "hiddenProperties", sealed, attributes, ${size}, reference, data, metadata, "templateId",
        requires, "definitionDigest", "deletionPolicy", "externalId", cursor, hook, hearth_now()
      FROM ${wholeColumns.from(1)} AS w)
    ${insertEvents(1 + wholeColumns.count)}`,
)

/** Writes that one statement can carry, and what it is sent with. */
export interface Sent {
  readonly statement: Statement
  readonly params: readonly unknown[]
}

/** The statements for writes, in their order: rows that are there and rows that are not take turns at most. */
export const statementsOf = (writes: readonly ResourceWrite[]): Sent[] =>
  runsOf(writes).map(run =>
    isNew(run[0] as ResourceWrite)
      ? { statement: store, params: storeParams(run) }
      : { statement: change, params: changeParams(run) },
  )

const isNew = ({ own }: ResourceWrite): boolean => own !== undefined

/** Parted where rows that are there follow others that are not, and where a row is written again. Pure. */
function runsOf(writes: readonly ResourceWrite[]): ResourceWrite[][] {
  const runs: ResourceWrite[][] = []
  let run: ResourceWrite[] = []
  let ids = new Set<string>()
  for (const one of writes) {
    const [first] = run
    if (first === undefined || isNew(first) !== isNew(one) || ids.has(one.id)) {
      run = []
      ids = new Set()
      runs.push(run)
    }
    run.push(one)
    ids.add(one.id)
  }
  return runs
}

function changeParams(writes: readonly ResourceWrite[]): unknown[] {
  const changed = writes.filter(({ state }) => state !== undefined) as readonly StateWrite[]
  const states = stateColumns.ofAll(changed, stateValue)
  const added = newColumns.of(writes.flatMap(({ insert }) => insert ?? []))
  const removed = writes.filter(({ remove }) => remove === true).map(({ id }) => id)
  return [...states, ...added, removed, ...eventParams(writes.flatMap(({ events }) => events))]
}

type WholeWrite = StateWrite & { readonly own: NewResourceRow }

function wholeValue({ own, state }: WholeWrite, column: keyof ResourceState | keyof NewResourceRow): unknown {
  switch (column) {
    case 'id':
    case 'stackId':
    case 'rootId':
    case 'name':
    case 'replaces':
      return own[column]
    default:
      return state[column]
  }
}

function storeParams(writes: readonly ResourceWrite[]): unknown[] {
  const whole = writes.filter(({ state }) => state !== undefined) as readonly WholeWrite[]
  return [...wholeColumns.ofAll(whole, wholeValue), ...eventParams(writes.flatMap(({ events }) => events))]
}
