import { clocks, type Database } from '@hearth/db'
import type { Clock, Logger } from '../plugin/index.js'
import { Periodic } from './periodic.js'

/** Milliseconds between two looks at the database's clock: a clock that is put right meanwhile is wrong for so long. */
const everyMs = 10_000
/** An answer that took longer, in milliseconds, tells the time too roughly to be taken instead of an earlier one. */
const slowMs = 500
/** A difference that is worth a line in the log, in milliseconds. */
const remarkableMs = 2_000

/**
 * The time of the database, told by this process's own clock and what the two differed by when they were last compared.
 * Moments that one daemon writes down, such as the end of a wait, are read by others whose clocks may be wrong.
 */
export class DatabaseClock implements Clock {
  private ahead = 0
  private compared = false
  private readonly periodic: Periodic

  constructor(
    private readonly own: Clock,
    private readonly db: Database,
    private readonly log: Logger,
  ) {
    const trouble = 'The clock of the database could not be read'
    this.periodic = new Periodic({ clock: own, log, everyMs, trouble, work: () => this.compare() })
  }

  now(): number {
    return this.own.now() + this.ahead
  }

  after(ms: number, fn: () => void): () => void {
    return this.own.after(ms, fn)
  }

  /** @throws whatever keeps the database from answering the first time */
  async start(): Promise<void> {
    await this.compare()
    this.periodic.start()
  }

  stop(): void {
    void this.periodic.stop()
  }

  private async compare(): Promise<void> {
    const asked = this.own.now()
    const theirs = await clocks.now(this.db)
    const answered = this.own.now()
    if (theirs === undefined || (this.compared && answered - asked > slowMs)) return
    const ahead = Math.round(theirs - (asked + answered) / 2)
    if (Math.abs(ahead - this.ahead) > remarkableMs) {
      const seconds = (Math.abs(ahead) / 1000).toFixed(1)
      this.log.warn(
        { ms: ahead },
        `The clock of this host is ${seconds} s ${ahead > 0 ? 'behind' : 'ahead of'} the database's, which is the one that counts`,
      )
    }
    this.ahead = ahead
    this.compared = true
  }
}
