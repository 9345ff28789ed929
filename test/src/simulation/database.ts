import { FirstFailure } from '@hearth/db'
import type { Database, Statement, Transaction } from '@hearth/db/transaction'
import type { Connection } from './connection.js'
import type { Owner, Schedule } from './schedule.js'

/** As the real pool does: a transaction that met another one is tried again so often. */
const mostTries = 5
const retried = new Set(['40P01', '40001'])

/** Tells all processes, except those whose listening connection is away. */
export interface Notifications {
  tell(channel: string, payload: string): void
  listen(owner: Owner, channel: string, heard: (payload: string) => void): () => Promise<void>
}

/** The database as one simulated process has it: a pool of few connections, whose every statement is an event. */
export class SimulatedDatabase implements Database {
  /** All of them; those that were lost are renewed when they are used again. */
  readonly connections: Connection[]
  private readonly free: Connection[]
  private readonly queue: ((connection: Connection) => void)[] = []

  constructor(
    connections: readonly Connection[],
    private readonly owner: Owner,
    private readonly schedule: Schedule,
    private readonly notifications: Notifications,
    private readonly random: () => number,
  ) {
    this.connections = [...connections]
    this.free = [...connections]
  }

  async query<Row = Record<string, unknown>>(
    statement: Statement | string,
    params: readonly unknown[] = [],
  ): Promise<Row[]> {
    return this.using(async connection => {
      const rows = await this.send(connection, statement, params, [])
      return rows as Row[]
    })
  }

  async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.using(connection => this.attempt(connection, work))
      } catch (error) {
        if (!retried.has((error as { code?: string }).code ?? '') || tries === mostTries) throw error
        await new Promise<void>(resolve =>
          this.schedule.after(this.random() * 20 * 2 ** tries, { owner: this.owner, label: 'retry', fire: resolve }),
        )
      }
    }
  }

  listen(channel: string, heard: (payload: string) => void): Promise<() => Promise<void>> {
    return Promise.resolve(this.notifications.listen(this.owner, channel, heard))
  }

  private async attempt<T>(connection: Connection, work: (tx: Transaction) => Promise<T>): Promise<T> {
    const after: (() => void)[] = []
    const told: [string, string][] = []
    const failure = new FirstFailure()
    let result: T
    try {
      await connection.send('BEGIN')
      result = await work({
        query: async <Row>(statement: Statement | string, params: readonly unknown[] = []) =>
          (await failure.orAnswer(this.send(connection, statement, params, told))) as Row[],
        afterCommit: fn => after.push(fn),
      })
      failure.refuseCommit()
      await connection.send('COMMIT')
    } catch (error) {
      if (!connection.isLost) await connection.send('ROLLBACK').catch(() => undefined)
      throw error
    }
    for (const [channel, payload] of told) this.notifications.tell(channel, payload)
    for (const fn of after) fn()
    return result
  }

  private async send(
    connection: Connection,
    statement: Statement | string,
    params: readonly unknown[],
    told: [string, string][],
  ): Promise<Record<string, unknown>[]> {
    const text = typeof statement === 'string' ? statement : statement.text
    if (text.includes('pg_notify')) {
      const [channel, payload] = params as [string, string | undefined]
      told.push([channel, payload ?? ''])
      return []
    }
    return connection.send(statement, params)
  }

  private async using<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    let connection = this.free.shift() ?? (await new Promise<Connection>(resolve => this.queue.push(resolve)))
    if (connection.isLost) connection = this.renew(connection)
    try {
      return await work(connection)
    } finally {
      const next = this.queue.shift()
      if (next === undefined) this.free.push(connection)
      else next(connection)
    }
  }

  private renew(lost: Connection): Connection {
    const renewed = lost.renewed()
    this.connections.splice(this.connections.indexOf(lost), 1, renewed)
    return renewed
  }
}
