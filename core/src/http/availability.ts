import { isAway, isFull } from '@hearth/db'
import type { Outage } from '../host/outage.js'
import type { SchemaFit } from '../host/schema-fit.js'
import type { Clock } from '../plugin/index.js'

/** Seconds after which a client may try again. */
export const retryAfterSeconds = 1
/** The same where somebody has to make room first. */
export const fullRetryAfterSeconds = 60

/** Milliseconds that a request waits before it is asked whether the database still answers. */
const patienceMs = 3_000

/** The database has not refused anything: it says nothing at all. */
class Silence extends Error {
  constructor() {
    super('it does not answer')
  }
}

/** Whether the database can be reached, as requests see it. */
export class Availability {
  constructor(
    private readonly db: { ping(): Promise<boolean>; hasRoom(): Promise<boolean> },
    private readonly clock: Clock,
    private readonly outage: Outage,
    private readonly schema: Pick<SchemaFit, 'trouble'>,
  ) {}

  /**
   * Waits for the answer to a request, however long it takes, but not for a database that does not answer.
   * @throws what `answer` rejects with, or an error that `isAway`; then what the request does may still come true
   */
  async unlessSilent<T>(answer: Promise<T>): Promise<T> {
    let over = false
    let cancel = (): void => undefined
    const silence = new Promise<never>((_, reject) => {
      const wait = (): void => {
        if (over) return
        cancel = this.clock.after(patienceMs, () => {
          void this.check().then(there => (there ? wait() : reject(new Silence())))
        })
      }
      wait()
    })
    try {
      return await Promise.race([answer, silence])
    } finally {
      over = true
      cancel()
    }
  }

  /** @returns whether it is the database that is away: then the request may be sent again later. */
  isAway(error: unknown): boolean {
    if (!isAway(error) && !(error instanceof Silence)) return false
    this.outage.begins(error)
    return true
  }

  /** @returns whether it is the database that has no room. The same request may be taken later, a smaller one now. */
  isFull(error: unknown): boolean {
    if (!isFull(error)) return false
    this.outage.lacksRoom(error)
    return true
  }

  /** A request was answered. Not every answer needs the database: whether it is back, it is asked itself. */
  answered(): void {
    if (this.outage.lasts || this.outage.full === 'perhaps') void this.trouble()
  }

  /** What keeps the daemon from doing what it is asked for; undefined: nothing. */
  async trouble(): Promise<string | undefined> {
    if (!(await this.check())) return 'The database does not answer'
    if (this.outage.full === 'perhaps' && (await this.db.hasRoom())) this.outage.hasRoom()
    return this.outage.full === 'no' ? this.schema.trouble : 'The database has no room'
  }

  async check(): Promise<boolean> {
    const there = await this.db.ping()
    if (there) this.outage.ends()
    else this.outage.begins()
    return there
  }
}
