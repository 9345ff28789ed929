import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { until } from '@hearth/conformance'
import { runningServer, type Supervised } from '@hearth/db'
import pg from 'pg'
import { Fates } from './fates.js'
import { Member } from './member.js'

const upMs = 60_000
const plugins = [
  '@hearth/legacy-engine',
  '@hearth/convergence-engine',
  '@hearth/heat-resources',
  fileURLToPath(new URL('./plugin', import.meta.url)),
].join(',')
const run = promisify(execFile)

export type EngineName = 'convergence' | 'legacy'

export interface ClusterInput {
  readonly engine: EngineName
  readonly cloudUrl: string
  readonly workers: number
  /** Starts PostgreSQL; what it keeps lies below the folder. */
  readonly postgres: (folder: string) => Promise<Supervised>
  /** Of every daemon: `{ 'worker:lease_seconds': '2' }`. */
  readonly options?: Readonly<Record<string, string>>
}

/** PostgreSQL, a daemon that answers and daemons that work, each in a process of its own. */
export class Cluster {
  readonly fates = new Fates()
  readonly api: Member
  readonly workers: readonly Member[]
  private readonly lastResort = (): void => {
    for (const member of this.members) member.kill()
  }

  private constructor(
    readonly folder: string,
    private readonly atExit: () => void,
    private readonly postgres: Supervised,
    { engine, cloudUrl, workers, options: given = {} }: ClusterInput,
  ) {
    const options = {
      'database:connection': postgres.url,
      'DEFAULT:auth_encryption_key': randomBytes(16).toString('hex'),
      'DEFAULT:plugins': plugins,
      'chaos_cloud:url': cloudUrl,
      ...given,
    }
    const member = (name: string, roles: string): Member =>
      new Member(
        name,
        { engine, options: { ...options, 'DEFAULT:roles': roles, 'DEFAULT:host': name } },
        folder,
        this.fates,
      )
    this.api = member('api', 'api')
    this.workers = Array.from({ length: workers }, (_, index) => member(`w${index}`, 'worker'))
    process.prependOnceListener('exit', this.lastResort)
  }

  static async start(input: ClusterInput): Promise<Cluster> {
    const folder = mkdtempSync(join(tmpdir(), 'hearth-cluster-'))
    // Once everything that may write there is killed: whoever comes later goes first.
    const atExit = (): void => discard(folder)
    process.once('exit', atExit)
    let cluster: Cluster | undefined
    let postgres: Supervised | undefined
    try {
      // Root hands the server to another user, who must be able to pass.
      if (process.getuid?.() === 0) chmodSync(folder, 0o755)
      postgres = await input.postgres(folder)
      await run('node', ['scripts/bin/hearth-manage.js', 'db', 'sync', `--database:connection=${postgres.url}`])
      cluster = new Cluster(folder, atExit, postgres, input)
      await Promise.all(cluster.members.map(member => member.start()))
      return cluster
    } catch (error) {
      if (cluster !== undefined) await cluster.stop(false)
      else {
        await postgres?.stop()
        process.off('exit', atExit)
        discard(folder)
      }
      throw error
    }
  }

  get members(): readonly Member[] {
    return [this.api, ...this.workers]
  }

  get problems(): string[] {
    return this.members.flatMap(({ problems }) => problems)
  }

  /** The project's address at the daemon that answers; undefined while none does. A paused one keeps callers waiting. */
  get url(): string | undefined {
    const address = this.api.address
    return address === undefined ? undefined : `${address}/v1/chaos`
  }

  /** @returns whether there was a server to kill. */
  killPostgres(): boolean {
    const pid = runningServer(this.folder)?.pid
    if (pid === undefined) return false
    process.kill(pid, 'SIGKILL')
    return true
  }

  async allUp(): Promise<void> {
    await until('every daemon to be up', upMs, async () =>
      this.members.every(({ up }) => up !== undefined) ? true : undefined,
    )
  }

  async query<Row extends object>(sql: string): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.postgres.url })
    await client.connect()
    try {
      return (await client.query<Row>(sql)).rows
    } finally {
      await client.end()
    }
  }

  /** Ends everything and removes it; logs stay if they are to be kept. */
  async stop(keep: boolean): Promise<void> {
    await Promise.all(this.members.map(member => member.destroy()))
    await this.postgres.stop()
    for (const listener of [this.lastResort, this.atExit]) process.off('exit', listener)
    if (keep) rmSync(join(this.folder, 'postgres'), { recursive: true, force: true })
    else discard(this.folder)
  }
}

/** What was killed a moment ago may still have been writing. */
function discard(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
}
