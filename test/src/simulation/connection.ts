import { ofDatabase } from '@hearth/db'
import type { Statement } from '@hearth/db/transaction'
import type pg from 'pg'
import type { Owner, Schedule } from './schedule.js'
import type { Server } from './server.js'

/** As PostgreSQL's driver says it when the connection is gone: admin_shutdown. */
export class ConnectionLost extends Error {
  readonly code = '57P01'
  constructor() {
    super('terminating connection due to administrator command')
  }
}

type Rows = Record<string, unknown>[]

export interface ConnectionParts {
  readonly client: pg.Client
  readonly pid: number
  readonly server: Server
  readonly schedule: Schedule
  readonly owner: Owner
  /** Locks may be gone: what waited for them may go on. */
  readonly released: () => Promise<void>
}

/**
 * One connection of a simulated process, over a real one. A statement is an event: it is sent when the schedule fires it,
 * and its answer is there before anything else happens, unless it waits for a lock that another one holds.
 */
export class Connection {
  private lost = false
  private transaction = false
  /** A statement that waits for a lock, and whoever waits for its answer. */
  private waiting:
    | { readonly answer: Promise<Rows | Error>; readonly deliver: (outcome: Rows | Error) => void }
    | undefined

  /** The statement before, answered or not: a connection carries them out in their order. */
  private before: Promise<unknown> = Promise.resolve()

  constructor(private readonly parts: ConnectionParts) {}

  get isLost(): boolean {
    return this.lost
  }

  get isWaiting(): boolean {
    return this.waiting !== undefined
  }

  get inTransaction(): boolean {
    return this.transaction
  }

  /** Another one in its place, once it is lost. */
  renewed(): Connection {
    return new Connection(this.parts)
  }

  send(statement: Statement | string, params: readonly unknown[] = []): Promise<Rows> {
    const answer = this.before.then(() => this.ask(statement, params))
    this.before = answer.catch(() => undefined)
    return answer
  }

  private ask(statement: Statement | string, params: readonly unknown[]): Promise<Rows> {
    const { owner, schedule } = this.parts
    return new Promise((resolve, reject) => {
      const deliver = (outcome: Rows | Error): void =>
        outcome instanceof Error ? reject(ofDatabase(outcome)) : resolve(outcome)
      const label = typeof statement === 'string' ? statement.slice(0, 60) : statement.name
      schedule.add({ owner, label, on: this, fire: () => this.fire(statement, params, deliver) })
    })
  }

  /** The connection breaks: the server rolls back, and the process learns of it with its next statement. */
  async lose(): Promise<void> {
    this.lost = true
    const { waiting } = this
    await this.rollBack()
    const { owner, schedule } = this.parts
    if (waiting !== undefined)
      schedule.add({ owner, label: 'connection lost', fire: () => waiting.deliver(new ConnectionLost()) })
  }

  /** What a server does for a client that is gone. */
  async rollBack(): Promise<void> {
    const { waiting } = this
    this.waiting = undefined
    if (waiting !== undefined) {
      await this.parts.server.cancel(this.parts.pid)
      await waiting.answer
    }
    if (this.transaction) await this.parts.client.query('ROLLBACK')
    this.transaction = false
    await this.parts.released()
  }

  /** Has what waited been answered, now that locks are gone? @returns whether it has. */
  async look(): Promise<boolean> {
    const { waiting } = this
    const { owner, schedule, server, pid } = this.parts
    if (waiting === undefined || !(await server.answered(waiting.answer, pid))) return false
    this.waiting = undefined
    const outcome = await waiting.answer
    schedule.add({ owner, label: 'answer', fire: () => waiting.deliver(outcome) })
    return true
  }

  /** A process that died may have sent this already: it is carried out, and nobody hears of it. */
  fireUnheard(statement: string): Promise<void> {
    return this.fire(statement, [], () => undefined)
  }

  private async fire(
    statement: Statement | string,
    params: readonly unknown[],
    deliver: (outcome: Rows | Error) => void,
  ): Promise<void> {
    if (this.lost) return deliver(new ConnectionLost())
    const { client, pid, schedule, server, released } = this.parts
    const text = typeof statement === 'string' ? statement : statement.text
    // Asked for the time, also by the defaults of columns: else the round trip is spared.
    if (/hearth_now|INSERT/.test(text)) await server.setClock(schedule.now)
    const query = typeof statement === 'string' ? { text, values: [...params] } : { ...statement, values: [...params] }
    const answer = client.query(query).then(
      ({ rows }) => rows as Rows,
      (error: Error) => error,
    )
    if (text === 'BEGIN') {
      this.transaction = true
      // It waits for nothing, and its answer comes before that of the next statement: a round trip is spared.
      return deliver([])
    }
    if (text === 'COMMIT' || text === 'ROLLBACK') this.transaction = false
    if (!(await server.answeredNow(answer, pid))) {
      this.waiting = { answer, deliver }
      return
    }
    const outcome = await answer
    // First whoever waited for its locks: which of the two is heard first must not be left to the machine.
    if (!this.transaction) await released()
    deliver(outcome)
  }
}
