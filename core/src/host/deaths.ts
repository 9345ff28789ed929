import { type Database, workers } from '@hearth/db'
import type { Clock, Logger } from '../plugin/index.js'
import { Periodic } from './periodic.js'

/** Milliseconds between two looks at most, so that no lease outlives its worker by more; and at least. */
const mostMs = 1_000
const leastMs = 20
/** Rows of the dead are forgotten now and then: every so many looks. */
const looksPerForget = 600
const trouble = 'Taking over from dead workers failed'

/**
 * Learns of workers that have died and tells the engines, in this process, whatever its own heartbeats do: a takeover of
 * much work may last. The next look comes when the first of the leases that are being kept now would run out.
 */
export class Deaths {
  private readonly periodic: Periodic
  private looks = 0
  private readonly told: ((ids: readonly string[]) => Promise<void>)[] = []

  constructor(
    private readonly db: Database,
    clock: Clock,
    private readonly log: Logger,
    /** The id of this worker, which learns by its heartbeat that it is taken for dead, and lets go of its work then. */
    private readonly self: () => string,
  ) {
    this.periodic = new Periodic({ clock, log, everyMs: mostMs, firstMs: leastMs, trouble, work: () => this.bury() })
  }

  /** Called with all that have died lately, again and again: what is left of them is the listener's to know. */
  onDead(fn: (ids: readonly string[]) => Promise<void>): void {
    this.told.push(fn)
  }

  start(): void {
    this.periodic.start()
  }

  /** Resolves when a takeover that was under way has ended. */
  stop(): Promise<void> {
    return this.periodic.stop()
  }

  /**
   * @param always tells the engines although nobody has died. @returns milliseconds until it is worth another look.
   * @throws what an engine rejected with, once all of them have been told
   */
  async bury({ always = false } = {}): Promise<number> {
    const { dead: all, nextMs } = await workers.dead(this.db)
    const dead = all.filter(id => id !== this.self())
    const failed = dead.length > 0 || always ? await this.tell(dead) : []
    this.looks += 1
    if (this.looks % looksPerForget === 0) await workers.forget(this.db)
    if (failed.length > 0) throw failed[0]
    return Math.min(mostMs, Math.max(leastMs, nextMs ?? mostMs))
  }

  /** Each is told, whatever becomes of the others. @returns what they rejected with; all but the first have been said. */
  private async tell(dead: readonly string[]): Promise<readonly unknown[]> {
    const failed: unknown[] = []
    for (const fn of this.told) {
      await fn(dead).catch(error => {
        if (failed.length > 0) this.log.warn({ err: error }, `${trouble}; it is tried again`)
        failed.push(error)
      })
    }
    return failed
  }
}
