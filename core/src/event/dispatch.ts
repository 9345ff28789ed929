import { eventSinkRetryTime } from '@hearth/config'
import { type ClaimedSink, type Database, type EventRow, eventSinks } from '@hearth/db'
import { Periodic } from '../host/periodic.js'
import {
  type Clock,
  coalesce,
  type JsonMap,
  type Logger,
  Lookout,
  type Options,
  type StackEvent,
} from '../plugin/index.js'
import type { NamedChecks } from '../resource/properties/named-constraints.js'
import type { Secrets } from '../resource/secrets/secrets.js'
import type { EventSinks } from './sinks.js'

/** Milliseconds between two looks for events that are to be sent; longer where a look itself takes long. */
const everyMs = 1_000
/** A look may take one part in so many of the time, as long as it comes often enough. */
const share = 20
const longestWaitMs = 5_000
/** Looks between two that remove what nobody needs any more. */
const forgetEvery = 300
/** Sinks that one daemon sends to at once. One that is slow holds one place, for as long as a delivery may take. */
const mostAtOnce = 64
/** Events that a sink gets at once. */
const batchSize = 200
/** Seconds that a delivery may take, and after which another daemon takes over what one that died was sending. */
const deliverySeconds = 30
const leaseSeconds = 60
/** Seconds until the first repetition; twice as long for each, up to the longest. */
const firstPauseSeconds = 1
const longestPauseSeconds = 300

interface DispatcherParts {
  readonly db: Database
  readonly sinks: EventSinks
  readonly checks: NamedChecks
  readonly secrets: Secrets
  readonly options: Options
  readonly clock: Clock
  readonly log: Logger
}

type Delivered = Parameters<typeof eventSinks.delivered>[1][number]
type Failed = Parameters<typeof eventSinks.failed>[1][number]

/**
 * Sends the events of stacks to the sinks that their environments name. The rows of events are the outbox: what happens to a
 * stack waits for nobody, and what was not delivered when a daemon died is delivered by another one. Of one stack and sink,
 * what was written after something else was committed comes after it.
 */
export class EventDispatcher {
  private readonly periodic: Periodic
  private readonly lookout: Lookout
  private readonly stopped = new AbortController()
  private readonly sending = new Set<Promise<void>>()
  private looks = 0
  private readonly delivered: (one: Delivered) => Promise<void>
  private readonly failed: (one: Failed) => Promise<void>

  constructor(private readonly parts: DispatcherParts) {
    const { db, clock, log } = parts
    this.lookout = new Lookout('Reading events that are to be sent', log, () => this.look())
    this.periodic = new Periodic({
      clock,
      log,
      everyMs,
      trouble: 'Events could not be looked for',
      work: async () => {
        const began = clock.now()
        await this.lookout.look()
        return Math.min(longestWaitMs, Math.max(everyMs, share * (clock.now() - began)))
      },
    })
    // In transactions, which are tried again where they met others at the same sinks.
    this.delivered = coalesce(all => db.transaction(tx => eventSinks.delivered(tx, all)), { most: mostAtOnce })
    this.failed = coalesce(all => db.transaction(tx => eventSinks.failed(tx, all)), { most: mostAtOnce })
  }

  start(): void {
    this.lookout.start()
    this.periodic.start()
  }

  /** Nothing more is sent; what is under way is broken off, and is due at once. Twice, or before start, is fine. */
  async stop(): Promise<void> {
    void this.periodic.stop()
    this.stopped.abort()
    await this.lookout.stop()
    await Promise.all(this.sending)
  }

  private async look(): Promise<void> {
    const { db } = this.parts
    if (!(await eventSinks.any(db))) return
    if (this.looks++ % forgetEvery === 0) await eventSinks.forget(db)
    await eventSinks.settle(db)
    const free = mostAtOnce - this.sending.size
    const claimed = free > 0 ? await eventSinks.claim(db, free, leaseSeconds) : []
    if (claimed.length === 0) return
    const ids = claimed.map(({ id }) => id)
    const batches = await eventSinks.batches(db, ids, batchSize)
    for (const sink of claimed) {
      const sent: Promise<void> = this.send(sink, batches.get(sink.id) ?? [])
        .catch(error =>
          this.parts.log.warn({ err: error, stack: sink.stackId }, 'How events were sent cannot be stored'),
        )
        .finally(() => this.sending.delete(sent))
      this.sending.add(sent)
    }
  }

  private async send(sink: ClaimedSink, events: readonly EventRow[]): Promise<void> {
    const { log, options } = this.parts
    const { id, token, stackId } = sink
    if (events.length === 0) return
    const seqs = events.map(({ seq }) => seq)
    try {
      await this.deliver(sink, events)
    } catch (error) {
      if (this.stopped.signal.aborted) return this.failed({ id, token, seconds: 0 })
      const why = (error as Error).message
      if (sink.failingSeconds >= options.get(eventSinkRetryTime)) {
        log.error(
          { stack: stackId, sink: id, events: seqs.length },
          `Events are given up, their sink takes none: ${why}`,
        )
        await this.delivered({ id, token, seqs })
        return
      }
      const seconds = pauseAfter(sink.attempts)
      log.warn({ stack: stackId, sink: id }, `Events cannot be sent, they are again in ${seconds} s: ${why}`)
      await this.failed({ id, token, seconds })
      return
    }
    // If this cannot be stored it is no fault of the sink: it gets them once more when its lease has run out.
    await this.delivered({ id, token, seqs })
    // What did not fit, or has happened meanwhile.
    if (!this.stopped.signal.aborted) void this.lookout.look()
  }

  /** @throws whatever the sink throws, and at the deadline. */
  private async deliver({ sink }: ClaimedSink, events: readonly EventRow[]): Promise<void> {
    const { sinks, secrets, checks } = this.parts
    const entry = secrets.open(sink)
    const type = sinks.find(entry.type as string)
    if (type === undefined) throw new Error(`no loaded plugin brings the event sink ${JSON.stringify(entry.type)}`)
    const options: JsonMap = sinks.optionsOf(entry, type, checks)
    const late = AbortSignal.timeout(deliverySeconds * 1000)
    const signal = AbortSignal.any([late, this.stopped.signal])
    const aborted = new Promise<never>((_, reject) => {
      const why = (): void =>
        reject(new Error(late.aborted ? `not taken within ${deliverySeconds} s` : 'the daemon stops'))
      if (signal.aborted) why()
      else signal.addEventListener('abort', why, { once: true })
    })
    // Called within: what it throws at once must not leave a rejection behind that nobody hears of.
    const taken = async (): Promise<void> => type.deliver(events.map(eventOf), options, signal)
    await Promise.race([taken(), aborted])
  }
}

/** Seconds until events that have failed so often are sent again. Pure. */
export const pauseAfter = (attempts: number): number =>
  Math.min(longestPauseSeconds, firstPauseSeconds * 2 ** Math.max(0, attempts - 1))

const eventOf = (row: EventRow): StackEvent => ({
  id: row.id,
  time: row.createdAt,
  stackId: row.stackId,
  resourceName: row.resourceName,
  resourceType: row.resourceType,
  physicalId: row.physicalId,
  action: row.action,
  status: row.status,
  reason: row.statusReason,
  properties: row.properties ?? {},
})
