import { coreMigrations, HearthDatabase, migrate } from '@hearth/db'
import { TestServer } from '@hearth/db/testing'
import convergence from '@hearth/convergence-engine'
import pg from 'pg'

/** So soon it is looked whether a statement is blocked, in real milliseconds; then more and more seldom, up to so seldom. */
const lookMs = 1
const mostLookMs = 16
/** PostgreSQL looks for a deadlock once, after so long a wait; then it is decided. */
const deadlockMs = 2
const decidedMs = 8

/** What the simulation may do that a process may not. */
export class Server {
  private constructor(
    private readonly server: TestServer,
    readonly url: string,
    private readonly admin: pg.Client,
  ) {}

  static async start(): Promise<Server> {
    const server = await TestServer.start()
    const url = await server.createDatabase()
    const db = new HearthDatabase({ url, maxPoolSize: 2 })
    await migrate(db, [coreMigrations, { name: convergence.name, folder: convergence.migrations as URL }])
    await db.close()
    const admin = new pg.Client(url)
    await admin.connect()
    await admin.query('CREATE TABLE simulated_clock (at timestamptz NOT NULL)')
    await admin.query('INSERT INTO simulated_clock VALUES (clock_timestamp())')
    await admin.query(
      `CREATE OR REPLACE FUNCTION hearth_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS 'SELECT at FROM simulated_clock'`,
    )
    return new Server(server, url, admin)
  }

  async stop(): Promise<void> {
    await this.admin.end()
    await this.server.stop()
  }

  query<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
    return this.admin.query(text, values).then(({ rows }) => rows as Row[])
  }

  private clockAt: number | undefined
  async setClock(now: number): Promise<void> {
    if (now === this.clockAt) return
    this.clockAt = now
    await this.admin.query({
      name: 'clock',
      text: 'UPDATE simulated_clock SET at = $1',
      values: [new Date(now).toISOString()],
    })
  }

  /** An empty world: nothing of the last seed is left, ids count from 1. */
  async reset(): Promise<void> {
    const tables = await this.query<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'
        AND tablename NOT IN ('simulated_clock') AND tablename NOT LIKE '%migration%'`,
    )
    await this.admin.query(
      `TRUNCATE ${tables.map(({ name }) => pg.escapeIdentifier(name)).join(', ')} RESTART IDENTITY`,
    )
    await this.admin.query('VACUUM simulated_clock')
    this.clockAt = undefined
  }

  async connect(): Promise<pg.Client> {
    const client = new pg.Client(this.url)
    client.on('error', () => undefined)
    await client.connect()
    await client.query(`SET deadlock_timeout = ${deadlockMs}`)
    return client
  }

  /** Whether a statement of this backend waits for another one's lock. */
  private async blocked(pid: number): Promise<boolean> {
    const [row] = await this.query<{ blocked: boolean }>('SELECT pg_blocking_pids($1) <> $2 AS blocked', [pid, '{}'])
    return row?.blocked === true
  }

  /** Of a statement just sent: waits until it is answered, or waits for a lock and no deadlock has ended it. */
  async answeredNow(answer: Promise<unknown>, pid: number): Promise<boolean> {
    // On a busy machine an answer takes its time: whoever asks often makes it busier.
    for (let ms = lookMs; ; ms = Math.min(2 * ms, mostLookMs)) {
      if (await within(ms, answer)) return true
      if (!(await this.blocked(pid))) continue
      if (await within(decidedMs, answer)) return true
      if (await this.blocked(pid)) return false
    }
  }

  /** Of one that has waited: PostgreSQL has looked for a deadlock already. */
  async answered(answer: Promise<unknown>, pid: number): Promise<boolean> {
    while (!(await within(lookMs, answer))) if (await this.blocked(pid)) return false
    return true
  }

  async cancel(pid: number): Promise<void> {
    await this.query('SELECT pg_cancel_backend($1)', [pid])
  }
}

/** Whether it comes within so many real milliseconds. */
async function within(ms: number, answer: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>(resolve => {
    timer = setTimeout(() => resolve(false), ms)
  })
  const came = await Promise.race([answer.then(() => true), late])
  clearTimeout(timer)
  return came
}
