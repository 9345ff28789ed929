import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { host, leaseSeconds, periodicInterval, plugins, roles } from '@hearth/config'
import { type Database, workers } from '@hearth/db'
import type { Clock, Logger, Options, Workers } from '../plugin/index.js'
import { Deaths } from './deaths.js'
import type { Outage } from './outage.js'
import { unlikePlugins } from './plugins-of-workers.js'

/** Heartbeats in one lease: two may be lost before others take over. */
const beatsPerLease = 3

/**
 * This process's entry in the worker registry. Whether somebody is alive is asked of the database's clock; whether we
 * may still act is also asked of our own, so that a process that cannot heartbeat stops itself first.
 */
export class WorkerRegistry implements Workers {
  id: string = randomUUID()
  private lastBeat = 0
  private running = false
  private cancelBeat: (() => void) | undefined
  private cancelExpiry: (() => void) | undefined
  /** The lease ran out without an answer of the database: everything held is dropped, and the id is given up. */
  private expired = false
  private beating: Promise<void> = Promise.resolve()
  private readonly lost: (() => void)[] = []
  private readonly deaths: Deaths

  constructor(
    private readonly db: Database,
    private readonly options: Options,
    private readonly clock: Clock,
    private readonly log: Logger,
    private readonly outage: Pick<Outage, 'ends'>,
    private readonly engines: () => readonly string[],
  ) {
    this.deaths = new Deaths(db, clock, log, () => this.id)
  }

  get alive(): boolean {
    return this.running && !this.expired && this.clock.now() - this.lastBeat < this.leaseMs
  }

  onLost(fn: () => void): void {
    this.lost.push(fn)
  }

  onDead(fn: (ids: readonly string[]) => Promise<void>): void {
    this.deaths.onDead(fn)
  }

  async start(): Promise<void> {
    await this.register()
    this.running = true
    this.plan()
    // Of a version before this one it is not known what they have loaded.
    const others = (await workers.list(this.db)).filter(
      ({ id, alive, roles: of, plugins: loaded }) =>
        alive && id !== this.id && of.includes('worker') && loaded.length > 0,
    )
    for (const difference of unlikePlugins(this.options.get(plugins), others)) {
      this.log.warn(
        { worker: this.id },
        `Any worker may be given any step, but ${difference}: give all workers of a database the same plugins and options`,
      )
    }
  }

  async stop(): Promise<void> {
    if (!this.running) return
    this.running = false
    this.cancelBeat?.()
    this.cancelExpiry?.()
    await Promise.all([this.beating, this.deaths.stop()])
    await workers.stop(this.db, this.id)
  }

  /** Engines have started: they take over what the dead have left, now and from now on. */
  async bury(): Promise<void> {
    await this.deaths.bury({ always: true })
    this.deaths.start()
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
      plugins: [...options.get(plugins)],
      engines: this.engines(),
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

  /**
   * A process that did nothing for so long did not ask either: the heartbeat that is due goes out now, and its answer says
   * whether there was anybody who could have taken over.
   */
  private expire(patient = true): void {
    if (!this.running || this.expired) return
    const betweenMs = this.leaseMs / beatsPerLease
    if (patient && this.clock.now() - this.lastBeat > this.leaseMs + betweenMs) {
      this.cancelExpiry = this.clock.after(betweenMs, () => this.expire(false))
      return
    }
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
  }
}
