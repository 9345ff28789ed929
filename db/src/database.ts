import pg from 'pg'
import { Sequelize } from 'sequelize'
import { ask, type Connection, prepare } from './connection.js'
import { FirstFailure } from './first-failure.js'
import { Listener } from './listener.js'
import { mostIdleMs } from './patiently.js'
import { defineModels, type Models } from './models/index.js'
import { answers, hasRoom } from './ping.js'
import { Pool } from './pool.js'
import { sessionOptions } from './session-options.js'
import { Silence } from './silence.js'
import type { Database, Statement, Transaction } from './transaction.js'
import { codeOf, hasMet } from './trouble.js'

export interface DatabaseInput {
  readonly url: string
  readonly maxPoolSize: number
  /** How PostgreSQL's list of connections calls those of the pool. */
  readonly name?: string
  /** Trouble that heals by itself: a lost listener, a retried transaction. */
  readonly warn?: (message: string) => void
  /** The same, of what heals at once. */
  readonly debug?: (message: string) => void
  /** Milliseconds after which a connection that owes an answer is asked after; 10 s by default. */
  readonly patienceMs?: number
  /**
   * Milliseconds that a transaction may wait for its process; then it is over, and its locks are free. 15 s by default,
   * and at most.
   */
  readonly idleTransactionMs?: number
}

/** A transaction that met another one is tried this often. */
const mostTries = 5
const acquireTimeoutMs = 30_000
/** How long one attempt to connect may take. */
const connectTimeoutMs = 10_000

/**
 * Sends what it is given at once, and not only when the statement before has its answer. Sequelize cannot be told to
 * ask for it.
 */
class PipelinedClient extends pg.Client {
  _invalid?: boolean
  lost: Error | undefined

  constructor(config?: pg.ClientConfig) {
    super({ ...config, pipeline: true })
    // The server may end a connection in the breath in which it takes it: before Sequelize listens for errors, which an
    // emitter without a listener throws at the whole process.
    this.on('error', (error: Error) => {
      this._invalid = true
      this.lost ??= error
    })
  }
}

/** The pool of one process, over Sequelize. */
export class HearthDatabase implements Database {
  readonly sequelize: Sequelize
  private readonly pool: Pool
  private readonly listener: Listener
  private readonly silence: Silence
  private readonly warn: (message: string) => void
  private closed: Promise<void> | undefined
  private pinging: Promise<boolean> | undefined
  private roomAsked: Promise<boolean> | undefined
  private readonly url: string
  private described: Models | undefined

  constructor({
    url,
    maxPoolSize,
    name = 'hearth',
    warn = () => undefined,
    debug = () => undefined,
    patienceMs,
    idleTransactionMs = mostIdleMs,
  }: DatabaseInput) {
    this.warn = warn
    this.url = url
    this.silence = new Silence({ url, warn, ...(patienceMs === undefined ? {} : { patienceMs }) })
    this.sequelize = new Sequelize(url, {
      dialect: 'postgres',
      dialectModule: { ...pg, Client: PipelinedClient },
      logging: false,
      // Said once a connection, not in a statement of its own before every transaction. A process that is stopped in the
      // middle of a transaction must not keep its locks from the others.
      dialectOptions: {
        connectionTimeoutMillis: connectTimeoutMs,
        application_name: name,
        options: sessionOptions({
          default_transaction_isolation: 'read\\ committed',
          idle_in_transaction_session_timeout: Math.min(idleTransactionMs, mostIdleMs),
        }),
      },
      pool: { max: maxPoolSize, min: 0, idle: 60_000, acquire: acquireTimeoutMs },
      hooks: { afterConnect: connection => prepare(connection as Connection, this.silence) },
    })
    this.pool = new Pool(this.sequelize)
    // While the database as a whole is away, that is what is said, once, by whoever needs it.
    const warnAlone = (message: string): void => void this.ping().then(there => there && warn(message))
    this.listener = new Listener(url, { warn: warnAlone, debug })
  }

  query<Row = Record<string, unknown>>(statement: Statement | string, params: readonly unknown[] = []): Promise<Row[]> {
    return this.pool.use(connection => ask<Row>(connection, statement, params))
  }

  async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      const after: (() => void)[] = []
      const failure = new FirstFailure()
      let over = false
      let result: T
      try {
        result = await this.pool.transaction(async connection => {
          const worked = await work({
            query: (statement, params = []) =>
              over
                ? Promise.reject(new Error('the transaction is over'))
                : failure.orAnswer(ask(connection, statement, params)),
            afterCommit: fn => after.push(fn),
          }).finally(() => {
            over = true
          })
          failure.refuseCommit()
          return worked
        })
      } catch (thrown) {
        // Whatever the work made of it: what met another transaction may go well the next time.
        const error = hasMet(failure.error) ? failure.error : thrown
        if (!hasMet(error) || tries === mostTries) throw error
        this.warn(`a transaction met another one (${codeOf(error)}) and is tried again`)
        await new Promise(resolve => setTimeout(resolve, Math.random() * 20 * 2 ** tries))
        continue
      }
      for (const fn of after) fn()
      return result
    }
  }

  listen(channel: string, heard: (payload: string) => void): Promise<() => Promise<void>> {
    return this.listener.listen(channel, heard)
  }

  /** @throws why the database cannot be reached */
  async reach(): Promise<void> {
    await this.query('SELECT 1')
  }

  /**
   * Whether the database answers within two seconds, and takes writes. Asked on a connection of its own: those of the
   * pool may be busy.
   */
  ping(): Promise<boolean> {
    if (this.closed !== undefined) return Promise.resolve(false)
    this.pinging ??= answers(this.url).finally(() => {
      this.pinging = undefined
    })
    return this.pinging
  }

  /** Whether the database, which has refused something for want of room, has some again. */
  hasRoom(): Promise<boolean> {
    this.roomAsked ??= hasRoom(this.url).finally(() => {
      this.roomAsked = undefined
    })
    return this.roomAsked
  }

  /** The tables as Sequelize sees them, described once somebody reads through them: most statements are SQL. */
  get models(): Models {
    this.described ??= defineModels(this.sequelize)
    return this.described
  }

  /** How the pool stands: connections in use, idle, and as many as there may be; and what waits for one. */
  get connections(): {
    readonly using: number
    readonly idle: number
    readonly most: number
    readonly waiting: number
  } {
    return this.pool.state
  }

  /** Closes every connection; twice is fine. */
  close(): Promise<void> {
    this.closed ??= Promise.all([this.listener.close(), this.sequelize.close()]).then(() => this.silence.close())
    return this.closed
  }
}
