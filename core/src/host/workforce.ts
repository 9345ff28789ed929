import { type Database, workers } from '@hearth/db'
import type { Clock, Logger } from '../plugin/index.js'
import { Periodic } from './periodic.js'

/** Milliseconds until the first look, when the workers that were started with this daemon are there, and between two looks. */
const firstMs = 10_000
const everyMs = 5_000

/** Says in the log of a daemon that only answers when nobody is there to carry out what it accepts. */
export class Workforce {
  private missing = false
  private readonly periodic: Periodic

  constructor(
    private readonly db: Database,
    clock: Clock,
    private readonly log: Logger,
  ) {
    const trouble = 'It could not be asked which workers are up'
    this.periodic = new Periodic({ clock, log, everyMs, firstMs, trouble, work: () => this.look() })
  }

  start(): void {
    this.periodic.start()
  }

  stop(): void {
    void this.periodic.stop()
  }

  private async look(): Promise<void> {
    const missing = !(await workers.any(this.db))
    if (missing === this.missing) return
    this.missing = missing
    if (missing)
      this.log.error({}, 'No worker is up: what is accepted waits. Start a daemon whose roles include worker')
    else this.log.info({}, 'A worker is up again: what was accepted goes on')
  }
}
