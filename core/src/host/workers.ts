import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { host, leaseSeconds, periodicInterval, roles } from '@hearth/config'
import { type Database, workers } from '@hearth/db'
import type { Clock, Logger, Options, Workers } from '../plugin/index.js'
import type { Outage } from './outage.js'

/** Heartbeats in one lease: two may be lost before others take over. */
const beatsPerLease = 3
/** Rows of the dead are forgotten now and then, in heartbeats. */
const beatsPerForget = 1000

/**
 * This process's entry in the worker registry. Whether somebody is alive is asked of the database's clock; whether we
 * may still act is also asked of our own, so that a process that cannot heartbeat stops itself first.
 */
export class WorkerRegistry implements Workers {
  id: string = randomUUID()
  private lastBeat = 0
  private beats = 0
  private running = false
  private cancelBeat: (() => void) | undefined
  private cancelExpiry: (() => void) | undefined
  /** The lease ran out without an answer of the database: everything held is dropped, and the id is given up. */
  private expired = false
  private beating: Promise<void> = Promise.resolve()
  /** Beside the beats: however long the takeover of much work lasts, our own lease is kept. */
  private burying: Promise<void> | undefined
  private readonly lost: (() => void)[] = []
  private readonly dead: ((ids: readonly string[]) => Promise<void>)[] = []

  constructor(
    private readonly db: Database,
    private readonly options: Options,
    private readonly clock: Clock,
    private readonly log: Logger,
    private readonly outage: Pick<Outage, 'ends'>,
  ) {}

  get alive(): boolean {
    return this.running && this.clock.now() - this.lastBeat < this.leaseMs
  }

  onLost(fn: () => void): void {
    this.lost.push(fn)
  }

  onDead(fn: (ids: readonly string[]) => Promise<void>): void {
    this.dead.push(fn)
  }

  async start(): Promise<void> {
    await this.register()
    this.running = true
    this.plan()
  }

  async stop(): Promise<void> {
    if (!this.running) return
    this.running = false
    this.cancelBeat?.()
    this.cancelExpiry?.()
    await this.beating
    await this.burying
    await workers.stop(this.db, this.id)
  }

  /** Learns who has died and tells the engines; called once more when they have started. */
  async bury({ always = false } = {}): Promise<void> {
    const ids = await workers.dead(this.db)
    if (ids.length === 0 && !always) return
    for (const fn of this.dead) await fn(ids)
  }

  private get leaseMs(): number {
    return this.options.get(leaseSeconds) * 1000
  }

  private async register(): Promise<void> {
    const { options } = this
    const sent = this.clock.now()
    await workers.register(this.db, {
      id: this.id,
      host: options.get(host),
      hostname: hostname(),
      roles: [...options.get(roles)],
      leaseSeconds: options.get(leaseSeconds),
      reportInterval: options.get(periodicInterval),
    })
    this.answered(sent)
  }

  /** The lease began no later than the database's answer, and no earlier than when we asked. */
  private answered(sent: number): void {
    this.lastBeat = sent
    this.expired = false
    this.cancelExpiry?.()
    // A heartbeat that hangs neither succeeds nor fails: whoever cannot heartbeat stops first, without waiting for it.
    this.cancelExpiry = this.clock.after(sent + this.leaseMs - this.clock.now(), () => this.expire())
  }

  private expire(): void {
    if (!this.running || this.expired) return
    this.log.warn({ worker: this.id }, 'The database has not answered for a whole lease; this worker drops its work')
    this.drop()
  }

  /** The engines are told once, however often it is noticed. */
  private drop(): void {
    if (this.expired) return
    this.expired = true
    for (const fn of this.lost) fn()
  }

  private plan(): void {
    if (!this.running) return
    this.cancelBeat = this.clock.after(this.leaseMs / beatsPerLease, () => {
      this.beating = this.beat()
        .catch(error => this.log.warn({ err: error }, 'The heartbeat of this worker failed; it is tried again'))
        .finally(() => this.plan())
    })
  }

  /** Under a new id. What the old one held is for others, or for us, to take over. */
  private async comeBack(): Promise<void> {
    this.log.error(
      { worker: this.id },
      'The heartbeat of this worker came too late; it drops its work and comes back under a new id',
    )
    this.drop()
    await workers.stop(this.db, this.id)
    this.id = randomUUID()
    await this.register()
  }

  private async beat(): Promise<void> {
    const sent = this.clock.now()
    const kept = await workers.heartbeat(this.db, this.id)
    this.outage.ends()
    if (kept && !this.expired) this.answered(sent)
    else await this.comeBack()
    this.burying ??= this.bury()
      .catch(error => this.log.warn({ err: error }, 'Taking over from dead workers failed; it is tried again'))
      .finally(() => {
        this.burying = undefined
      })
    this.beats += 1
    if (this.beats % beatsPerForget === 0) await workers.forget(this.db)
  }
}
