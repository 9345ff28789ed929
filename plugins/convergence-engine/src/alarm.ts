import type { Clock, Database } from '@hearth/core/plugin'
import { nextDue } from './sql/tend.js'

/** One timer for the earliest parked node, however many are parked. */
export class Alarm {
  private at = Number.POSITIVE_INFINITY
  private cancel: (() => void) | undefined

  /** @param ring makes due nodes ready and looks for them. */
  constructor(
    private readonly clock: Clock,
    private readonly db: Database,
    private readonly ring: () => Promise<void>,
  ) {}

  /** Asks the rows when the next node is due. */
  async set(): Promise<void> {
    const [next] = await this.db.query<{ ms: string | null }>(nextDue)
    if (next !== undefined && next.ms !== null) this.within(Math.max(0, Number(next.ms)))
  }

  /** A node was parked for so long, in milliseconds. */
  within(ms: number): void {
    const at = this.clock.now() + ms
    if (at >= this.at) return
    this.cancel?.()
    this.at = at
    this.cancel = this.clock.after(ms, () => {
      this.at = Number.POSITIVE_INFINITY
      // A failure is the poll's to mend, which sets the alarm again.
      this.ring()
        .then(() => this.set())
        .catch(() => undefined)
    })
  }

  stop(): void {
    this.cancel?.()
    this.at = Number.POSITIVE_INFINITY
  }
}
