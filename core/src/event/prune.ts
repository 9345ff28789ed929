import { eventPurgeBatchSize, maxEventsPerStack } from '@hearth/config'
import { type Database, events } from '@hearth/db'
import { Periodic } from '../host/periodic.js'
import type { Clock, Logger, Options } from '../plugin/index.js'

/** Milliseconds between two looks at stacks with too many events. */
const everyMs = 30_000
/** Events that one look goes through, so that a long table, which is looked at once after a start, is no long query. */
const lookAt = 10_000
/** Milliseconds until the next look, when this one did not reach the newest event. */
const soonMs = 1_000
const fromTheStart = '0'

/** Keeps the events of a stack near `[DEFAULT] max_events_per_stack`. Looks only at what happened since the last time. */
export class EventPruner {
  private readonly periodic: Periodic
  /** The event behind which the next look begins. */
  private after = fromTheStart
  /**
   * The newest event when a look last got that far. The look after the next begins there: an event gets its place when it
   * is written and is seen when it is committed, maybe behind younger ones.
   */
  private caughtUp: string | undefined
  private most = Number.POSITIVE_INFINITY

  constructor(
    private readonly db: Database,
    private readonly options: Options,
    clock: Clock,
    log: Logger,
  ) {
    this.periodic = new Periodic({
      clock,
      log,
      everyMs,
      trouble: 'Events could not be pruned',
      work: () => this.prune(),
    })
  }

  start(): void {
    this.periodic.start()
  }

  stop(): void {
    void this.periodic.stop()
  }

  /** @returns milliseconds until the next look. */
  private async prune(): Promise<number> {
    const max = this.options.get(maxEventsPerStack)
    const batch = this.options.get(eventPurgeBatchSize)
    const most = max === 0 ? Number.POSITIVE_INFINITY : max + batch
    // Stacks where nothing happens may have too many all of a sudden.
    if (most < this.most) this.after = fromTheStart
    this.most = most
    if (max === 0) return everyMs
    const { stacks, looked, upTo } = await events.crowded(this.db, most, { after: this.after, limit: lookAt })
    for (const stackId of stacks) await events.prune(this.db, stackId, { max, batch })
    if (looked === lookAt) {
      this.after = upTo
      return soonMs
    }
    this.after = this.caughtUp ?? this.after
    this.caughtUp = upTo
    return everyMs
  }
}
