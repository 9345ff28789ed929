import type { Statement } from '@hearth/db/transaction'
import pg from 'pg'

export type Rows = Record<string, unknown>[]

/** A transaction that met another one. */
const deadlockDetected = '40P01'
const quoted = (moment: number): string => `SET simulated.now = '${new Date(moment).toISOString()}'`

/** A real connection of the server, and how far its clock is. What goes before a statement goes with it, in one piece. */
export class Backend {
  private clock: number | undefined

  private constructor(
    private readonly client: pg.Client,
    readonly pid: number,
  ) {}

  static async connect(config: pg.ClientConfig): Promise<Backend> {
    const client = new pg.Client({ ...config, pipeline: true })
    client.on('error', () => undefined)
    await client.connect()
    return new Backend(client, (client as unknown as { processID: number }).processID)
  }

  /**
   * @param begin first of a transaction. @param at the moment that it asks for; undefined: it does not ask. @returns
   * its rows, or what it failed with.
   */
  send(statement: Statement | string, values: readonly unknown[], begin: boolean, at?: number): Promise<Rows | Error> {
    const before = [...(begin ? ['BEGIN'] : []), ...(at !== undefined && at !== this.clock ? [quoted(at)] : [])]
    if (at !== undefined) this.clock = at
    const query = typeof statement === 'string' ? { text: statement, values } : { ...statement, values }
    const { stream } = (this.client as unknown as { connection: { stream: import('node:net').Socket } }).connection
    stream.cork()
    try {
      // It can fail only where the statement fails, too: in a transaction that is aborted.
      if (before.length > 0) this.client.query(before.join(';'), () => undefined)
      return new Promise(resolve => {
        this.client.query(query as pg.QueryConfig, (error: Error | null, result?: pg.QueryResult) => {
          // A transaction that is rolled back takes the clock along.
          if ((error ?? undefined) !== undefined || statement === 'ROLLBACK') this.clock = undefined
          resolve(error ?? ((result as pg.QueryResult).rows as Rows))
        })
      })
    } finally {
      stream.uncork()
    }
  }

  end(): Promise<void> {
    return this.client.end()
  }
}

/** What PostgreSQL says to a transaction that it ends since others wait for it, and it for them. */
export function deadlock(): Error {
  return Object.assign(new Error('deadlock detected'), { code: deadlockDetected })
}
