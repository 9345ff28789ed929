import { execFile } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Daemon } from '@hearth/conformance'
import { superviseEmbedded, type Supervised } from '@hearth/db'
import pg from 'pg'

const run = promisify(execFile)
const plugins = [
  '@hearth/legacy-engine',
  '@hearth/convergence-engine',
  '@hearth/heat-resources',
  ...['gated', 'staged'].map(name => fileURLToPath(new URL(`../fixtures/${name}-plugin.js`, import.meta.url))),
].join(',')

export const engines = ['convergence', 'legacy'] as const
export type EngineName = (typeof engines)[number]
export type Stack = Awaited<ReturnType<ReturnType<Daemon['api']>['create']>>

export const leaseSeconds = 3

/** Who is at work on a step, by the rows. */
export interface Holding {
  readonly stack: string
  readonly engine: EngineName
  readonly worker: string
  readonly host: string
}

let starting: Promise<Ground> | undefined
after(async () => (await starting)?.stop())

/** What processes die on: PostgreSQL, a daemon that answers for each engine, and workers of both. All suites share it. */
export class Ground {
  readonly workers: Daemon[] = []
  private readonly fronts = new Map<EngineName, Daemon>()
  private readonly hosts = new Map<Daemon, string>()
  private paths = 0

  private constructor(
    readonly folder: string,
    private readonly postgres: Supervised,
    private readonly options: Readonly<Record<string, string>>,
  ) {}

  static shared(): Promise<Ground> {
    starting ??= Ground.start()
    return starting
  }

  private static async start(): Promise<Ground> {
    const folder = mkdtempSync(join(tmpdir(), 'hearth-crashes-'))
    if (process.getuid?.() === 0) chmodSync(folder, 0o755)
    const postgres = await superviseEmbedded({ stateDir: folder }, () => undefined)
    await run('node', ['scripts/bin/hearth-manage.js', 'db', 'sync', `--database:connection=${postgres.url}`])
    const ground = new Ground(folder, postgres, {
      'database:connection': postgres.url,
      'DEFAULT:auth_encryption_key': 'a key of thirty-two characters..',
      'DEFAULT:plugins': plugins,
      'worker:lease_seconds': String(leaseSeconds),
    })
    await Promise.all(engines.map(engine => ground.startFront(engine)))
    return ground
  }

  /** The daemon that answers for stacks of this engine. */
  front(engine: EngineName): Daemon {
    return this.fronts.get(engine) as Daemon
  }

  async startFront(engine: EngineName): Promise<void> {
    this.fronts.set(engine, await Daemon.start({ engine, options: { ...this.options, 'DEFAULT:roles': 'api' } }))
  }

  async startWorker(): Promise<Daemon> {
    const host = `w${this.hosts.size}`
    const options = { ...this.options, 'DEFAULT:roles': 'worker', 'DEFAULT:host': host }
    const worker = await Daemon.start({ engine: 'true', options })
    this.hosts.set(worker, host)
    this.workers.push(worker)
    return worker
  }

  /** So many workers, however many there are. */
  async haveWorkers(count: number): Promise<void> {
    for (const worker of this.workers.splice(count)) await worker.remove()
    while (this.workers.length < count) await this.startWorker()
  }

  worker(host: string): Daemon {
    const worker = this.workers.find(one => this.hosts.get(one) === host)
    if (worker === undefined) throw new Error(`no worker runs on ${host}`)
    return worker
  }

  /** Of a file that is not there, in the folder of all. */
  path(name: string): string {
    this.paths += 1
    return join(this.folder, `${name}-${this.paths}`)
  }

  /** Killed, for good: another one takes its place. */
  async dies(daemon: Daemon): Promise<void> {
    const place = this.workers.indexOf(daemon)
    if (place >= 0) this.workers.splice(place, 1)
    await daemon.end('SIGKILL')
    await daemon.remove()
  }

  async ask<Row extends object>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.postgres.url })
    await client.connect()
    try {
      return (await client.query<Row>(sql, [...parameters])).rows
    } finally {
      await client.end()
    }
  }

  /** Who is at work, right now, on the resource of this name in these stacks. */
  holding(resource: string, stacks: readonly Stack[]): Promise<Holding[]> {
    return this.ask(
      `WITH held AS (SELECT r.id, r.stack_id, s.engine FROM resource r JOIN stack s ON s.id = r.stack_id
          WHERE r.name = $1 AND r.status = 'IN_PROGRESS' AND r.stack_id = ANY($2::uuid[])),
        holder AS (
          SELECT held.stack_id, held.engine, n.lease AS worker FROM held JOIN node n ON n.resource = held.id
            WHERE n.state = 'leased'
          UNION ALL SELECT held.stack_id, held.engine, l.owner FROM held JOIN stack_lock l USING (stack_id))
        SELECT h.stack_id AS stack, h.engine, w.id AS worker, w.host FROM holder h JOIN worker w ON w.id = h.worker`,
      [resource, stacks.map(({ id }) => id)],
    )
  }

  async stop(): Promise<void> {
    for (const daemon of [...this.workers, ...this.fronts.values()]) await daemon.remove()
    await this.postgres.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }
}
