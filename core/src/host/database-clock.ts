import { clocks, type Database } from '@hearth/db'
import type { Clock, Logger } from '../plugin/index.js'
import { driftOf, type HostClock } from './clock.js'
import { Periodic } from './periodic.js'

/** Milliseconds between two looks at the database's clock. */
const everyMs = 10_000
/** An answer that took longer, in milliseconds, tells the time too roughly to be taken instead of an earlier one. */
const slowMs = 500
/** A difference that is worth a line in the log, in milliseconds. */
const remarkableMs = 2_000
/** Milliseconds by which the host's clock moves against the even one when it is put right, or the host was asleep. */
const jumpMs = 1_000

/**
 * The time of the database, told by this process's own clock and what the two differed by when they were last compared.
 * Moments that one daemon writes down, such as the end of a wait, are read by others whose clocks may be wrong.
 */
export class DatabaseClock implements Clock {
  private behind = 0
  private compared = false
  /** Of the host's clock, as the log has it, in milliseconds that it is behind the database's. */
  private said = 0
  private drift: number
  private readonly periodic: Periodic

  constructor(
    private readonly own: HostClock,
    private readonly db: Database,
    private readonly log: Logger,
  ) {
    const trouble = 'The clock of the database could not be read'
    this.periodic = new Periodic({ clock: own, log, everyMs, trouble, work: () => this.compare() })
    this.drift = driftOf(own)
  }

  now(): number {
    if (Math.abs(driftOf(this.own) - this.drift) > jumpMs) this.jumped()
    return this.own.now() + this.behind
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

  /** Which of the two clocks stood still or leapt, only the database's can tell. */
  private jumped(): void {
    this.drift = driftOf(this.own)
    // What fails here, the next look tells.
    if (this.compared) this.compare().catch(() => undefined)
  }

  private async compare(): Promise<void> {
    const asked = this.own.now()
    const theirs = await clocks.now(this.db)
    const answered = this.own.now()
    if (theirs === undefined || (this.compared && answered - asked > slowMs)) return
    this.behind = Math.round(theirs - (asked + answered) / 2)
    this.compared = true
    this.drift = driftOf(this.own)
    this.remark(this.behind - this.drift)
  }

  /** @param behind milliseconds that the host's clock is behind the database's */
  private remark(behind: number): void {
    if (Math.abs(behind - this.said) <= remarkableMs) return
    const isRight = Math.abs(behind) <= remarkableMs
    this.said = isRight ? 0 : behind
    const seconds = (Math.abs(behind) / 1000).toFixed(1)
    this.log.warn(
      { ms: behind },
      isRight
        ? 'The clock of this host is right again'
        : `The clock of this host is ${seconds} s ${behind > 0 ? 'behind' : 'ahead of'} the database's, which is the one that counts`,
    )
  }
}
