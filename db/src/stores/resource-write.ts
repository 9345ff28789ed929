import { Columns } from '../columns.js'
import type { ResourceRow } from '../rows.js'
import { statement } from '../transaction.js'
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

const stateColumns = new Columns({
  id: 'uuid',
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
  keepActor: 'boolean',
  actor: 'text',
})
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

const addedAt = 1 + stateColumns.count
const removedAt = addedAt + newColumns.count
/**
 * One statement for a whole batch: states, new incarnations, removals and events.
 * The caller holds the fence of each row. Tried: one UPDATE a row, which costs a round trip each; JSON records, which cost
 * PostgreSQL as much to take apart as the rows cost to write.
 */
export const write = statement(
  'resource-write',
  `WITH changed AS (
      UPDATE resource r SET type = w.type, implementation = w.implementation, action = w.action, status = w.status, status_reason = w."statusReason",
        physical_id = w."physicalId", properties = w.properties, hidden_properties = w."hiddenProperties",
        sealed = w.sealed, attributes = w.attributes,
        size = pg_column_size(w.properties) + pg_column_size(w.attributes) + coalesce(octet_length(w."hiddenProperties"), 0)
          + coalesce(octet_length(w.sealed), 0) + coalesce(octet_length(w.data), 0), reference = w.reference,
        data = w.data, metadata = w.metadata, template_id = w."templateId", definition_digest = w."definitionDigest",
        requires = w.requires, external_id = w."externalId", cursor = w.cursor, hook = w.hook,
        deletion_policy = CASE WHEN r.deletion_policy = 'Forget' THEN 'Forget' ELSE w."deletionPolicy" END,
        actor = CASE WHEN w."keepActor" THEN r.actor ELSE w.actor END, updated_at = hearth_now()
      FROM ${stateColumns.from(1)} AS w WHERE r.id = w.id),
    added AS (${insertFrom(addedAt)}),
    removed AS (DELETE FROM resource WHERE id = ANY($${removedAt}::uuid[]))
    ${insertEvents(removedAt + 1)}`,
)

/** The values of that statement. */
export function writeParams(writes: readonly ResourceWrite[]): unknown[] {
  const changed = writes.filter(({ state }) => state !== undefined) as readonly StateWrite[]
  const states = stateColumns.ofAll(changed, stateValue)
  const added = newColumns.of(writes.flatMap(({ insert }) => insert ?? []))
  const removed = writes.filter(({ remove }) => remove === true).map(({ id }) => id)
  return [...states, ...added, removed, ...eventParams(writes.flatMap(({ events }) => events))]
}
