import { type Queryable, type Statement, statement } from '../transaction.js'

/** What a walk through some rows of a table found. */
export interface Walked {
  readonly looked: number
  readonly removed: number
  /** Key of the last of them; null: there were none. */
  readonly upTo: string | null
}

/** A table whose rows belong to stacks. */
export interface OwnedTable {
  readonly name: string
  /** Before the first key. */
  readonly start: string
  readonly walk: Statement
}

/**
 * Looks at up to $2 rows behind the key $1 and removes those whose stack is not there. No foreign key does: it would be
 * asked about at each write, and rows of one tree are to be movable apart from others. A stack and its rows are stored in
 * one transaction, so what has no stack has lost it. Index: the key's.
 */
const walk = (table: string, key: string, type: string, lost = 's.id IS NULL'): Statement =>
  statement(
    `orphan-walk-${table}`,
    `WITH looked AS MATERIALIZED (SELECT ${key} AS key, stack_id FROM ${table} WHERE ${key} > $1::${type} ORDER BY ${key} LIMIT $2),
      removed AS (DELETE FROM ${table} WHERE ${key} IN (
        SELECT l.key FROM looked l LEFT JOIN stack s ON s.id = l.stack_id WHERE ${lost}) RETURNING 1)
    SELECT (SELECT count(*)::int FROM looked) AS looked, (SELECT count(*)::int FROM removed) AS removed,
      (SELECT key::text FROM looked ORDER BY key DESC LIMIT 1) AS "upTo"`,
  )

const noId = '00000000-0000-0000-0000-000000000000'

/** A deleted stack keeps its templates, snapshots and events until it is purged, but no resource. */
const tables: readonly OwnedTable[] = [
  { name: 'resource', start: noId, walk: walk('resource', 'id', 'uuid', 's.id IS NULL OR s.deleted_at IS NOT NULL') },
  { name: 'template', start: noId, walk: walk('template', 'id', 'uuid') },
  { name: 'snapshot', start: noId, walk: walk('snapshot', 'id', 'uuid') },
  { name: 'event_sink', start: noId, walk: walk('event_sink', 'id', 'uuid') },
  { name: 'event', start: '0', walk: walk('event', 'seq', 'bigint') },
]

export const orphans = Object.freeze({
  tables,
  async walk(on: Queryable, table: OwnedTable, after: string, limit: number): Promise<Walked> {
    const [found] = await on.query<Walked>(table.walk, [after, limit])
    return found as Walked
  },
})
