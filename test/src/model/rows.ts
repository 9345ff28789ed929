/** Whatever answers SQL. */
export interface Queryable {
  query<Row extends object>(text: string): Promise<Row[]>
}

export interface StackRow {
  readonly id: string
  readonly action: string
  readonly status: string
  readonly reason: string
  readonly deleted: boolean
  /** Of its current template: which it is, and the names in it. */
  readonly mark: string | null
  readonly names: readonly string[] | null
  /** Its events tell that it has come to the end of a template, before a rollback that may have come since. */
  readonly reached: boolean
  /** It has taken over all that it is made of: nothing leaves that again. */
  readonly adopted: boolean
  /** The resource that it is inside of. */
  readonly around: string | null
}

export interface ResourceRow {
  readonly id: string
  readonly stack: string
  readonly name: string
  readonly action: string
  readonly status: string
  readonly reason: string
  readonly physical: string | null
  readonly value: string | null
  /** What it tells is encrypted: a secret, such as where a handle is signalled, has gone into it. */
  readonly sealed: boolean
  readonly actor: string | null
  /** Where it waits to be let go. */
  readonly hook: string | null
}

/** The rows as they are at one moment. */
export interface Rows {
  readonly stacks: ReadonlyMap<string, StackRow>
  readonly resources: readonly ResourceRow[]
  /** Snapshots that are IN_PROGRESS. */
  readonly snapshotsBegun: number
  /** What engines keep of operations that are not over: table and count. */
  readonly underWay: ReadonlyMap<string, number>
}

export async function readRows(on: Queryable): Promise<Rows> {
  const [tables = { node: 0, traversal: 0, stack_lock: 0 }] = await on.query<Record<string, number>>(
    `SELECT (SELECT count(*) FROM node)::int AS node, (SELECT count(*) FROM traversal)::int AS traversal,
      (SELECT count(*) FROM stack_lock)::int AS stack_lock`,
  )
  const stacks = await on.query<StackRow>(
    `SELECT s.id, s.action, s.status, s.status_reason AS reason, s.deleted_at IS NOT NULL AS deleted,
        t.content->>'description' AS mark,
        (SELECT array_agg(k) FROM json_object_keys(coalesce(t.content->'resources', '{}')) k) AS names,
        s.parent_resource_id AS around,
        EXISTS (SELECT FROM event e WHERE e.stack_id = s.id AND e.physical_id = s.id::text
          AND e.action IN ('CREATE', 'ADOPT', 'UPDATE', 'RESTORE') AND e.status = 'COMPLETE') AS reached,
        EXISTS (SELECT FROM event e WHERE e.stack_id = s.id AND e.physical_id = s.id::text
          AND e.action = 'ADOPT' AND e.status = 'COMPLETE') AS adopted
      FROM stack s LEFT JOIN template t ON t.id = s.template_id`,
  )
  const resources = await on.query<ResourceRow>(
    `SELECT id, stack_id AS stack, name, action, status, status_reason AS reason, physical_id AS physical,
        attributes->>'value' AS value, sealed IS NOT NULL AS sealed, actor, hook
      FROM resource ORDER BY name, created_at`,
  )
  const [snapshots = { begun: 0 }] = await on.query<{ begun: number }>(
    `SELECT count(*)::int AS begun FROM snapshot WHERE status = 'IN_PROGRESS'`,
  )
  return {
    snapshotsBegun: snapshots.begun,
    stacks: new Map(stacks.map(row => [row.id, row])),
    resources,
    underWay: new Map(Object.entries(tables)),
  }
}

/** Whether anything still moves: what `moving` tells, for the price of one statement. */
export async function isMoving(on: Queryable): Promise<boolean> {
  const [row] = await on.query<{ moves: boolean }>(
    `SELECT EXISTS (SELECT FROM node) OR EXISTS (SELECT FROM traversal) OR EXISTS (SELECT FROM stack_lock)
      OR EXISTS (SELECT FROM stack WHERE status = 'IN_PROGRESS') AS moves`,
  )
  return row?.moves === true
}

/** What still moves; empty: the world is at rest. */
export function moving({ stacks, underWay }: Rows): string {
  const counts = [...underWay].filter(([, count]) => count > 0).map(([table, count]) => `${count} rows in ${table}`)
  const busy = [...stacks.values()].filter(({ status }) => status === 'IN_PROGRESS')
  return [...counts, ...busy.map(({ id, action }) => `stack ${id} ${action}_IN_PROGRESS`)].join(', ')
}
