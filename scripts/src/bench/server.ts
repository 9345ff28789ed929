import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { coreMigrations, EmbeddedPostgres, HearthDatabase, migrate } from '@hearth/db'
import convergence from '@hearth/convergence-engine'
import type { HearthPlugin } from '@hearth/core/plugin'

/** What PostgreSQL has counted, of one database. */
export interface Counters {
  readonly commits: number
  readonly statements: number
  /** Bytes of log that were written, of all databases. */
  readonly walBytes: number
  /** Milliseconds that its processes were at work on statements. */
  readonly executionMs: number
}

/** PostgreSQL's counters are told late. */
const countersMs = 1500

/** What a piece of work has cost. */
export async function spending(read: () => Promise<Counters>, work: () => Promise<unknown>): Promise<Counters> {
  const late = (): Promise<void> => new Promise(resolve => setTimeout(resolve, countersMs))
  await late()
  const before = await read()
  await work()
  await late()
  const after = await read()
  return {
    commits: after.commits - before.commits,
    statements: after.statements - before.statements,
    walBytes: after.walBytes - before.walBytes,
    executionMs: after.executionMs - before.executionMs,
  }
}

/** A durable PostgreSQL for daemons and for the yardstick, which counts statements and commits. */
export class BenchServer {
  private constructor(
    private readonly server: EmbeddedPostgres,
    private readonly folder: string,
    private readonly admin: HearthDatabase,
  ) {}

  static async start(): Promise<BenchServer> {
    const folder = mkdtempSync(join(tmpdir(), 'hearth-bench-'))
    if (process.getuid?.() === 0) chmodSync(folder, 0o755)
    const first = await EmbeddedPostgres.start({ stateDir: folder })
    const before = new HearthDatabase({ url: first.url, maxPoolSize: 2 })
    await before.query(`ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'`)
    await before.close()
    await first.stop()
    const server = await EmbeddedPostgres.start({ stateDir: folder })
    const admin = new HearthDatabase({ url: server.url, maxPoolSize: 2 })
    await admin.query('CREATE EXTENSION pg_stat_statements')
    return new BenchServer(server, folder, admin)
  }

  /** An empty database with the tables of Hearth, of convergence, and of further engines. @returns its URL. */
  async createDatabase(name: string, engines: readonly HearthPlugin[] = []): Promise<string> {
    await this.admin.query(`CREATE DATABASE ${name}`)
    const url = this.urlOf(name)
    const db = new HearthDatabase({ url, maxPoolSize: 2 })
    const lines = [convergence, ...engines].map(plugin => ({ name: plugin.name, folder: plugin.migrations as URL }))
    await migrate(db, [coreMigrations, ...lines])
    await db.close()
    return url
  }

  async counters(name: string): Promise<Counters> {
    const [row] = await this.admin.query<Record<keyof Counters, string>>(
      `WITH own AS MATERIALIZED (SELECT s.* FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
          WHERE datname = $1)
        SELECT (SELECT xact_commit FROM pg_stat_database WHERE datname = $1) AS commits,
          (SELECT coalesce(sum(calls), 0) FROM own WHERE query !~* '^(START|COMMIT|SET)') AS statements,
          (SELECT coalesce(sum(total_exec_time + total_plan_time), 0) FROM own) AS "executionMs",
          pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') AS "walBytes"`,
      [name],
    )
    const { commits, statements, walBytes, executionMs } = row as Record<keyof Counters, string>
    return {
      commits: Number(commits),
      statements: Number(statements),
      walBytes: Number(walBytes),
      executionMs: Number(executionMs),
    }
  }

  /** Asks one of the databases, beside its daemons. */
  async ask<Row>(name: string, sql: string, params: readonly unknown[] = []): Promise<Row[]> {
    const db = new HearthDatabase({ url: this.urlOf(name), maxPoolSize: 1 })
    try {
      return await db.query<Row>(sql, params)
    } finally {
      await db.close()
    }
  }

  private urlOf(name: string): string {
    return this.server.url.replace(/\/hearth$/, `/${name}`)
  }

  /** Where PostgreSQL's time went, the dearest first. */
  costliest(name: string, most: number): Promise<{ ms: number; calls: number; query: string }[]> {
    return this.admin.query(
      `SELECT round(total_exec_time)::int AS ms, calls::int, regexp_replace(left(query, 90), '\\s+', ' ', 'g') AS query
        FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid WHERE datname = $1
        ORDER BY total_exec_time DESC LIMIT $2`,
      [name, most],
    )
  }

  async stop(): Promise<void> {
    await this.admin.close()
    await this.server.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }
}
