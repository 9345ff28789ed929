import { Op, type WhereOptions } from 'sequelize'
import type { HearthDatabase } from '../database.js'
import type { EventRow, JsonObject } from '../rows.js'
import { Columns } from '../columns.js'
import { type Queryable, statement, type Transaction } from '../transaction.js'

export type NewEvent = Omit<EventRow, 'seq' | 'createdAt'>

const columns = new Columns({
  id: 'uuid',
  stackId: 'uuid',
  rootId: 'uuid',
  resourceName: 'text',
  resourceType: 'text',
  physicalId: 'text',
  action: 'text',
  status: 'text',
  statusReason: 'text',
  properties: 'jsonb',
})

/** `INSERT` of events, from parameters that begin at $`first`. `seq` follows their order. Reasons are cut as Heat does. */
export const insertEvents = (first: number): string =>
  `INSERT INTO event (id, stack_id, root_id, resource_name, resource_type, physical_id, action, status, status_reason, properties)
    SELECT id, "stackId", "rootId", "resourceName", "resourceType", "physicalId", action, status, left("statusReason", 255),
      properties FROM ${columns.from(first)} AS e`
export const eventParams = (rows: readonly NewEvent[]): unknown[] => columns.of(rows)

const insertMany = statement('event-insert-many', insertEvents(1))
const prune = statement(
  'event-prune',
  `DELETE FROM event WHERE id IN (
    SELECT id FROM event WHERE stack_id = $1 ORDER BY seq
    LIMIT (SELECT CASE WHEN count(*) > $2 THEN greatest($3, count(*) - $2) ELSE 0 END FROM event WHERE stack_id = $1))`,
)

/** One row. Index: event_seq for what is recent, event_stack for the first event that is too many: it is walked in
 *  order, and no further. */
const crowded = statement(
  'event-crowded',
  `WITH recent AS MATERIALIZED (SELECT stack_id, seq FROM event WHERE seq > $1 ORDER BY seq LIMIT $2)
  SELECT (SELECT count(*)::int FROM recent) AS looked, (SELECT max(seq) FROM recent) AS "upTo", ARRAY(
    SELECT s.stack_id::text FROM (SELECT DISTINCT stack_id FROM recent) AS s
    WHERE (SELECT e.seq FROM event e WHERE e.stack_id = s.stack_id ORDER BY e.seq OFFSET $3 LIMIT 1) IS NOT NULL) AS stacks`,
)

/** What a look at some events in their order found. */
export interface Crowded {
  /** Stacks that the events belong to and that have too many. */
  readonly stacks: readonly string[]
  /** How many events were looked at. */
  readonly looked: number
  /** `seq` of the last of them; that of where the look began, if there were none. */
  readonly upTo: string
}

/** What the last event of a resource says of its properties, up to `seq`. Index: event_stack, walked back from there. */
export const propertiesUpTo = (stack: string, seq: string, name: string, type: string): string =>
  `SELECT p.properties FROM event p WHERE p.stack_id = ${stack} AND p.seq <= ${seq} AND p.resource_name = ${name}
    AND p.resource_type = ${type} AND p.properties IS NOT NULL ORDER BY p.seq DESC LIMIT 1`
const propertiesAt = statement('event-properties-at', propertiesUpTo('$1', '$2', '$3', '$4'))

export interface EventQuery {
  readonly stackIds: readonly string[]
  readonly filters: Readonly<Partial<Record<keyof EventRow, readonly string[]>>>
  readonly sortKeys: readonly ('event_time' | 'resource_type')[]
  readonly sortDir: 'asc' | 'desc'
  /** An event's id: those after it. An unknown one is ignored. */
  readonly marker?: string
  readonly limit?: number
}

export const events = Object.freeze({
  async insertMany(tx: Transaction, rows: readonly NewEvent[]): Promise<void> {
    await tx.query(insertMany, eventParams(rows))
  },
  /** Removes the oldest events of a stack that has more than `max`, at least `batch` of them. */
  async prune(tx: Queryable, stackId: string, { max, batch }: { max: number; batch: number }): Promise<void> {
    await tx.query(prune, [stackId, max, batch])
  },
  /** Which stacks have more than `most` events, among those with one of the `limit` events that follow `after`. */
  async crowded(on: Queryable, most: number, { after, limit }: { after: string; limit: number }): Promise<Crowded> {
    const [row] = await on.query<{ stacks: string[]; looked: number; upTo: string | null }>(crowded, [
      after,
      limit,
      most,
    ])
    const { stacks = [], looked = 0, upTo = null } = row ?? {}
    return { stacks, looked, upTo: upTo ?? after }
  },
  /** The properties that a resource had at an event: its own, or those of the last event before it that has any. */
  async propertiesAt(on: Queryable, event: EventRow): Promise<JsonObject | null> {
    const { stackId, seq, resourceName, resourceType } = event
    const [row] = await on.query<{ properties: JsonObject }>(propertiesAt, [stackId, seq, resourceName, resourceType])
    return row?.properties ?? null
  },
  async list(db: HearthDatabase, query: EventQuery): Promise<EventRow[]> {
    const { stackIds, filters, sortKeys, sortDir, marker, limit } = query
    const direction = sortDir.toUpperCase()
    const all: unknown[] = [{ stackId: { [Op.in]: stackIds } }]
    for (const [column, values] of Object.entries(filters)) {
      if (values !== undefined && values.length > 0) all.push({ [column]: { [Op.in]: values } })
    }
    const last =
      marker === undefined
        ? null
        : await db.models.event.findOne({ where: { id: marker, stackId: { [Op.in]: stackIds } } })
    if (last !== null) {
      const above = sortDir === 'asc' ? Op.gt : Op.lt
      const { seq, resourceType } = last.get() as EventRow
      // Insertion order is the order of time; it breaks the ties of a type.
      if (sortKeys.includes('resource_type')) {
        all.push({ [Op.or]: [{ resourceType: { [above]: resourceType } }, { resourceType, seq: { [above]: seq } }] })
      } else all.push({ seq: { [above]: seq } })
    }
    const byType: [string, string][] = sortKeys.includes('resource_type') ? [['resourceType', direction]] : []
    const rows = await db.models.event.findAll({
      where: { [Op.and]: all } as WhereOptions,
      order: [...byType, ['seq', direction]],
      ...(limit === undefined ? {} : { limit }),
    })
    return rows.map(row => row.get() as EventRow)
  },
})
