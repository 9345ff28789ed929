import { ofDatabase } from '@hearth/db'
import type { Statement } from '@hearth/db/transaction'
import type { Backend, Rows } from './backend.js'
import type { Backends } from './backends.js'
import type { Locks, Waiter } from './locks.js'
import type { Owner, Schedule } from './schedule.js'
import type { Server } from './server.js'

/** As PostgreSQL's driver says it when the connection is gone: admin_shutdown. */
class ConnectionLost extends Error {
  readonly code = '57P01'
  constructor() {
    super('terminating connection due to administrator command')
  }
}

export interface ConnectionParts {
  readonly server: Server
  readonly schedule: Schedule
  readonly owner: Owner
  readonly locks: Locks
  readonly backends: Backends
}

type Deliver = (outcome: Rows | Error) => void

/**
 * One connection of a simulated process, over a real one, which it has as long as a transaction or a statement lasts. A
 * statement is an event: it is sent when the schedule fires it, and its answer is there before anything else happens, unless
 * it waits for a lock that another one holds.
 */
export class Connection {
  private lost = false
  private transaction = false
  private backend: Backend | undefined
  /** A statement that waits for a lock, and whoever waits for its answer. */
  private waiting: (Waiter & { readonly deliver: Deliver }) | undefined

  /** The statement before, answered or not: a connection carries them out in their order. */
  private before: Promise<unknown> = Promise.resolve()

  constructor(private readonly parts: ConnectionParts) {}

  get isLost(): boolean {
    return this.lost
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

  /** A transaction begins with its first statement, and is over with its last one: nobody could tell what lies between. */
  private ask(statement: Statement | string, params: readonly unknown[]): Promise<Rows> {
    const { owner, schedule } = this.parts
    if (!this.lost && (statement === 'BEGIN' || (isEnd(statement) && this.backend === undefined))) {
      this.transaction = statement === 'BEGIN'
      return Promise.resolve([])
    }
    return new Promise((resolve, reject) => {
      const deliver: Deliver = outcome => (outcome instanceof Error ? reject(ofDatabase(outcome)) : resolve(outcome))
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
    const { locks, server } = this.parts
    this.waiting = undefined
    if (waiting !== undefined) locks.remove(waiting)
    locks.releasing()
    if (waiting !== undefined) {
      await server.cancel(waiting.backend.pid)
      await waiting.answer
    }
    if (this.transaction) await this.backend?.send('ROLLBACK', [], false)
    this.transaction = false
    await this.over()
    locks.goOn()
  }

  /** A process that died may have sent this already: it is carried out, and nobody hears of it. */
  fireUnheard(statement: string): Promise<void> {
    return this.fire(statement, [], () => undefined)
  }

  private async fire(statement: Statement | string, params: readonly unknown[], deliver: Deliver): Promise<void> {
    if (this.lost) return deliver(new ConnectionLost())
    const text = typeof statement === 'string' ? statement : statement.text
    const begun = this.backend !== undefined
    const { backends, locks, schedule } = this.parts
    this.backend ??= backends.take()
    const { backend } = this
    // Asked for the time, also by the defaults of columns: else it need not be told.
    const at = /hearth_now|INSERT/.test(text) ? schedule.now : undefined
    if (isEnd(statement) || !this.transaction) locks.releasing()
    const answer = backend.send(statement, params, this.transaction && !begun, at)
    if (isEnd(statement)) this.transaction = false
    const outcome = await locks.settle(backend, answer, backends.alone)
    if (outcome === undefined) {
      locks.goOn()
      this.wait(backend, answer, deliver)
    } else {
      // First whoever waited for its locks: which of the two is heard first must not be left to the machine.
      await this.over()
      deliver(outcome)
    }
  }

  private wait(backend: Backend, answer: Promise<Rows | Error>, deliver: Deliver): void {
    const { owner, schedule, locks } = this.parts
    const came = (outcome: Rows | Error): void => {
      this.waiting = undefined
      this.giveBack()
      schedule.add({ owner, label: 'answer', fire: () => deliver(outcome) })
    }
    this.waiting = { backend, answer, came, deliver }
    locks.add(this.waiting)
  }

  /** What locks there were are free, unless its transaction goes on. */
  private async over(): Promise<void> {
    if (this.giveBack()) await this.parts.locks.released()
  }

  /** @returns whether there was one. */
  private giveBack(): boolean {
    const { backend } = this
    if (this.transaction || backend === undefined) return false
    this.backend = undefined
    this.parts.backends.giveBack(backend)
    return true
  }
}

const isEnd = (statement: Statement | string): boolean => statement === 'COMMIT' || statement === 'ROLLBACK'
