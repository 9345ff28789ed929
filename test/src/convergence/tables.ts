import { randomUUID } from 'node:crypto'
import convergence from '@hearth/convergence-engine'
import { claim, type LeasedNode } from '@hearth/convergence-engine/testing'
import { coreMigrations, HearthDatabase, migrate } from '@hearth/db'
import { TestServer } from '@hearth/db/testing'

/** A node as a test says it; the rest is usual. */
export interface NodeRow {
  readonly project?: string
  readonly type?: string
  readonly state?: 'waiting' | 'ready' | 'leased' | 'parked'
  /** It has begun: its lane is ''. */
  readonly begun?: boolean
  readonly turn?: number
  readonly attempts?: number
  readonly abort?: boolean
  readonly lease?: string
  readonly pending?: number
  readonly effectless?: boolean
  readonly neededBy?: readonly number[]
  /** Who acts on its resource: the node itself, another one, or nobody. */
  readonly actor?: 'itself' | 'another'
  readonly status?: string
}

/** How many steps a claim may take. */
export interface ClaimLimits {
  /** Of a project that is not named: of its share, and of what may begin; as many as are claimed, if not given. */
  readonly other?: number
  /** What the worker has left of each project's share, begun steps included. */
  readonly share?: Readonly<Record<string, number>>
  /** What may begin on all workers: of projects, of types. */
  readonly begin?: Readonly<Record<string, number>>
}

/** The engine's tables on a server of the suite's own. */
export class Tables {
  private constructor(
    private readonly server: TestServer,
    readonly db: HearthDatabase,
  ) {}

  static async start(): Promise<Tables> {
    const server = await TestServer.start()
    const db = new HearthDatabase({ url: await server.createDatabase(), maxPoolSize: 4 })
    await migrate(db, [coreMigrations, { name: convergence.name, folder: convergence.migrations as URL }])
    return new Tables(server, db)
  }

  async stop(): Promise<void> {
    await this.db.close()
    await this.server.stop()
  }

  /** Leases up to `most` nodes to a worker. */
  take(
    worker: string,
    most: number,
    { other = most, share = {}, begin = {} }: ClaimLimits = {},
  ): Promise<LeasedNode[]> {
    const some = (limits: Readonly<Record<string, number>>, names: string[]): [string[], number[]] => {
      const named = names.filter(name => limits[name] !== undefined)
      return [named, named.map(name => limits[name] as number)]
    }
    const projects = ['p', 'q', 'r']
    return this.db.query<LeasedNode>(claim, [
      ...[worker, most, other, ...some(share, projects)],
      ...[other, ...some(begin, projects), ...some(begin, ['T', 'U'])],
    ])
  }

  /** Empties the tables and stores these nodes, each with a resource; the first has id 1. @returns the stack's id. */
  async fill(nodes: readonly NodeRow[]): Promise<string> {
    const stack = randomUUID()
    await this.db.query('TRUNCATE node, traversal, resource, wave')
    await this.db.query(
      `INSERT INTO traversal (id, stack_id, root_id, project, operation, deadline) OVERRIDING SYSTEM VALUE
        VALUES (1, $1, $1, 'p', '{}', hearth_now() + interval '1 hour')`,
      [stack],
    )
    const rows = nodes.map((node, index) => ({ id: index + 1, resource: randomUUID(), stack, ...defaults, ...node }))
    await this.db.query(
      `INSERT INTO resource (id, stack_id, root_id, name, type, status, actor)
        SELECT resource, stack, stack, 'r' || id, type, status,
          CASE actor WHEN 'itself' THEN id::text WHEN 'another' THEN '0' END
        FROM jsonb_to_recordset($1::jsonb) AS n(id bigint, resource uuid, stack uuid, type text, status text, actor text)`,
      [JSON.stringify(rows)],
    )
    await this.db.query(
      `INSERT INTO node (id, traversal, stack_id, root_id, project, type, lane, resource, step, pending, needed_by, effectless,
          state, turn, attempts, abort, lease, token) OVERRIDING SYSTEM VALUE
        SELECT id, 1, stack, stack, project, type, CASE WHEN begun THEN '' ELSE type END, resource, 'converge', pending,
          ARRAY(SELECT jsonb_array_elements_text("neededBy")::bigint), effectless, state, turn, attempts, abort, lease, 1
        FROM jsonb_to_recordset($1::jsonb) AS n(id bigint, resource uuid, stack uuid, project text, type text, begun boolean,
          pending int, "neededBy" jsonb, effectless boolean, state text, turn bigint, attempts int, abort boolean, lease uuid)`,
      [JSON.stringify(rows)],
    )
    return stack
  }
}

const defaults = {
  project: 'p',
  type: 'T',
  state: 'ready',
  begun: false,
  turn: 0,
  attempts: 0,
  abort: false,
  lease: null,
  pending: 0,
  neededBy: [],
  effectless: false,
  actor: null,
  status: 'COMPLETE',
} as const
