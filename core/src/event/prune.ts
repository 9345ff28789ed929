import { eventPurgeBatchSize, maxEventsPerStack } from '@hearth/config'
import { type Database, events } from '@hearth/db'
import type { Clock, Logger, Options } from '../plugin/index.js'

/** Milliseconds between two looks at stacks with too many events. */
const everyMs = 30_000

/** Keeps the events of a stack near `[DEFAULT] max_events_per_stack`. */
export class EventPruner {
  private cancel: (() => void) | undefined
  private running = false

  constructor(
    private readonly db: Database,
    private readonly options: Options,
    private readonly clock: Clock,
    private readonly log: Logger,
  ) {}

  start(): void {
    this.running = true
    this.plan()
  }

  stop(): void {
    this.running = false
    this.cancel?.()
  }

  private plan(): void {
    if (!this.running) return
    this.cancel = this.clock.after(everyMs, () => {
      this.prune()
        .catch(error => this.log.warn({ err: error }, 'Events could not be pruned; it is tried again'))
        .finally(() => this.plan())
    })
  }

  private async prune(): Promise<void> {
    const max = this.options.get(maxEventsPerStack)
    if (max === 0) return
    const batch = this.options.get(eventPurgeBatchSize)
    for (const stackId of await events.crowded(this.db, max + batch))
      await events.prune(this.db, stackId, { max, batch })
  }
}
