import { coreMigrations, HearthDatabase, migrate } from '@hearth/db'
import { TestServer } from '@hearth/db/testing'
import convergence from '@hearth/convergence-engine'
import pg from 'pg'
import { Backend } from './backend.js'
import type { LockServer, Waits } from './locks.js'

/** What a server needs that is asked by one process, thousands of times a second, and whose data is worth nothing. */
const settings = [
  // Where its data is: such a socket costs half of one over the network.
  'unix_socket_directories=.',
  // What it cleans up and counts, and when, must not be left to the machine.
  'autovacuum=off',
  'track_counts=off',
  'wal_level=minimal',
  'max_wal_senders=0',
  'checkpoint_timeout=1d',
  // How a statement is carried out must not depend on how often it was, in worlds before.
  'plan_cache_mode=force_generic_plan',
  // Deadlocks are found by the simulation.
  'deadlock_timeout=1h',
]

/** What the simulation may do that a process may not. */
export class Server implements LockServer {
  private constructor(
    private readonly server: TestServer,
    private readonly config: pg.ClientConfig,
    private readonly admin: pg.Client,
  ) {}

  static async start(): Promise<Server> {
    const server = await TestServer.start({ settings })
    const url = await server.createDatabase()
    const db = new HearthDatabase({ url, maxPoolSize: 2 })
    await migrate(db, [coreMigrations, { name: convergence.name, folder: convergence.migrations as URL }])
    await db.close()
    const { port, username: user, password, pathname } = new URL(url)
    const config = { host: server.dataFolder, port: Number(port), user, password, database: pathname.slice(1) }
    const admin = new pg.Client(config)
    await admin.connect()
    // As volatile as the real one, and as easily seen through: else plans would be others.
    await admin.query(
      `CREATE OR REPLACE FUNCTION hearth_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS
        'SELECT CASE WHEN random() < 2 THEN current_setting(''simulated.now'')::timestamptz END'`,
    )
    return new Server(server, config, admin)
  }

  async stop(): Promise<void> {
    await this.admin.end()
    await this.server.stop()
  }

  query<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
    return this.admin.query(text, values).then(({ rows }) => rows as Row[])
  }

  /**
   * An empty world: nothing of the last seed is left, ids count from 1. Tables that nothing was ever written to are
   * left alone.
   */
  async reset(): Promise<void> {
    const tables = await this.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
        AND relname NOT LIKE '%migration%' AND pg_relation_size(oid) > 0`,
    )
    if (tables.length > 0)
      await this.query(`TRUNCATE ${tables.map(({ name }) => pg.escapeIdentifier(name)).join(', ')} RESTART IDENTITY`)
  }

  connect(): Promise<Backend> {
    return Backend.connect(this.config)
  }

  async waits(pids: readonly number[]): Promise<Waits> {
    const { rows } = await this.admin.query<{ pid: number; by: number[] }>({
      name: 'waits',
      text: `SELECT pid, by FROM unnest($1::int[]) AS pid, LATERAL pg_blocking_pids(pid) AS by WHERE by <> '{}'`,
      values: [pids],
    })
    return new Map(rows.map(({ pid, by }) => [pid, by]))
  }

  /** Its process does nothing more, whatever it gets, until it may go on. */
  pause(pid: number): void {
    process.kill(pid, 'SIGSTOP')
  }

  goOn(pid: number): void {
    process.kill(pid, 'SIGCONT')
  }

  async cancel(pid: number): Promise<void> {
    await this.query('SELECT pg_cancel_backend($1)', [pid])
  }
}
