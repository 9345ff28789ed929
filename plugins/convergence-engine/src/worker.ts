import {
  carryOut,
  type Clock,
  coalesce,
  type Database,
  LeaseLost,
  type Lifecycle,
  Lookout,
  type Logger,
  type Options,
  type Outcome,
  type Plans,
  type Prepared,
  type ResourceChange,
  Watch,
  type Workers,
} from '@hearth/core/plugin'
import { Alarm } from './alarm.js'
import { type Completed, complete, type Finished, hold } from './completions.js'
import { Ends } from './ends.js'
import { Leases } from './leases.js'
import { Operations } from './operations.js'
import { batchSize, pollSeconds, slots } from './options.js'
import { channel, over, tend } from './place.js'
import { LimitedClaim } from './limited-claim.js'
import { claimSuspect, type LeasedNode } from './sql/claim.js'
import { fenceSave } from './sql/complete.js'
import { wakeDue } from './sql/tend.js'
import { taskOf } from './task.js'
import { Tender } from './tender.js'
import { Waves } from './waves.js'

export interface WorkerParts {
  readonly db: Database
  readonly lifecycle: Lifecycle
  readonly plans: Plans
  readonly outcome: Outcome
  readonly workers: Workers
  readonly options: Options
  readonly clock: Clock
  readonly log: Logger
}

/** Steps that run when the daemon stops get this long to end by themselves, in milliseconds. */
const graceMs = 2_000
const graceLookMs = 20

/** Claims ready nodes up to its free slots, runs their steps, and completes them in batches. */
export class Worker {
  private readonly leases: Leases
  private readonly operations: Operations
  private readonly claims: LimitedClaim
  private readonly ends: Ends
  private readonly alarm: Alarm
  private readonly waves: Waves
  private readonly lookout: Lookout
  private readonly tending: Lookout
  private readonly finished: (one: Finished) => Promise<void>
  private readonly saved: (one: { node: LeasedNode; change: ResourceChange }) => Promise<void>
  /** There may be nodes that were at work when their worker died, twice. */
  private suspects = true
  private readonly watch: Watch

  constructor(private readonly parts: WorkerParts) {
    const { clock, db, options, workers, log } = parts
    const most = options.get(batchSize)
    this.finished = coalesce(batch => this.flush(batch), { most })
    this.saved = coalesce(batch => this.save(batch), { most })
    this.leases = new Leases(parts)
    this.operations = new Operations(db)
    this.claims = new LimitedClaim(db, options)
    this.ends = new Ends(parts, () => this.look())
    this.lookout = new Lookout(
      () => this.lookAround(),
      error => this.complain(error, 'looking for work failed; it is tried again'),
    )
    this.alarm = new Alarm(clock, db, async () => {
      await db.query(wakeDue)
      this.waves.look()
      await this.lookout.look()
    })
    this.waves = new Waves({
      ...parts,
      leases: this.leases,
      operations: this.operations,
      slots: () => (this.claims.limited ? 0 : this.free),
      done: completed => {
        this.goOn(completed)
        if (completed.left) this.look()
      },
    })
    const tender = new Tender({
      db,
      leases: this.leases,
      ends: this.ends,
      alarm: this.alarm,
      log,
      look: () => this.look(),
    })
    this.tending = new Lookout(
      async () => {
        if (!workers.alive) return
        await tender.tend()
      },
      error => this.complain(error, 'tending traversals failed; it is tried again'),
    )
    this.watch = new Watch(parts, {
      channel,
      everyMs: () => options.get(pollSeconds) * 1000,
      heard: payload => this.heard(payload),
      poll: () => this.poll(),
    })
    workers.onLost(() => this.leases.loseAll())
    workers.onDead(async ids => {
      if (!(await this.takeOver(ids))) return
      tender.searchSoon()
      this.tend()
    })
  }

  async start(): Promise<void> {
    this.lookout.start()
    this.waves.start()
    this.tending.start()
    await this.watch.start()
  }

  private heard(payload: string): void {
    if (payload.startsWith(over)) this.end([payload.slice(over.length)])
    else if (payload === tend) this.tend()
    this.look()
  }

  async stop(): Promise<void> {
    if (!this.watch.open) return
    await this.watch.stop()
    this.alarm.stop()
    await Promise.all([this.lookout.stop(), this.waves.stop(), this.tending.stop()])
    const deadline = this.parts.clock.now() + graceMs
    while (this.leases.size > 0 && this.parts.clock.now() < deadline) {
      await new Promise<void>(resolve => this.parts.clock.after(graceLookMs, resolve))
    }
    await this.leases.giveBackAll()
  }

  /** Looks for work, now or as soon as the look under way is over. */
  look(): void {
    this.waves.look()
    void this.lookout.look()
  }

  private tend(): void {
    void this.tending.look()
  }

  private poll(): void {
    this.suspects = true
    this.look()
    this.tend()
  }

  private get free(): number {
    return this.watch.open && this.parts.workers.alive
      ? Math.max(0, this.parts.options.get(slots) - this.leases.size)
      : 0
  }

  private async lookAround(): Promise<void> {
    const { options, workers } = this.parts
    for (;;) {
      const most = Math.min(this.free, options.get(batchSize))
      if (most === 0) break
      const nodes = await this.leases.claim(
        () => this.claims.claim(workers.id, most, this.leases.byProject()),
        leased => leased,
      )
      this.run(nodes)
      // Fewer than there was room for: what is left is under a limit, or held by others at this moment.
      if (nodes.length < most) break
    }
    await this.lookForSuspect()
  }

  private async lookForSuspect(): Promise<void> {
    const { db, workers } = this.parts
    if (!this.suspects || this.leases.suspicious || this.free === 0) return
    const nodes = await this.leases.claim(
      () => db.query<LeasedNode>(claimSuspect, [workers.id]),
      leased => leased,
    )
    this.suspects = nodes.length > 0
    this.run(nodes)
  }

  private run(nodes: readonly LeasedNode[]): void {
    if (nodes.length === 0) return
    this.prepare(nodes).catch(error => {
      this.complain(error, 'steps could not be prepared; their nodes are handed back')
      return this.leases.giveBack(nodes)
    })
  }

  private async prepare(nodes: readonly LeasedNode[]): Promise<void> {
    const operations = await this.operations.of(nodes)
    const tasks = nodes.flatMap(node => {
      const operation = operations.get(node.id)
      if (operation !== undefined) return { node, task: taskOf(node, operation) }
      this.leases.forget(node)
      return []
    })
    const prepared = await this.parts.lifecycle.prepare(tasks.map(({ task }) => task))
    tasks.forEach(({ node }, index) => void this.runOne(node, prepared[index] as Prepared))
  }

  private async runOne(node: LeasedNode, prepared: Prepared): Promise<void> {
    const controller = this.leases.controller(node)
    if (controller === undefined) return this.leases.forget(node)
    try {
      const result = await carryOut(prepared, controller.signal, change => this.saved({ node, change }))
      await this.finished({ node, result })
    } catch (error) {
      if (error instanceof LeaseLost) return this.leases.forget(node)
      this.complain(error, 'a step could not be written; its node is handed back')
      await this.leases.giveBack([node])
    }
  }

  /** Writes changes of steps that begin or go on, each under its fence. From here on the node acts on its resource. */
  private async save(batch: readonly { node: LeasedNode; change: ResourceChange }[]): Promise<void> {
    const { db, lifecycle, workers } = this.parts
    const held = await db.transaction(async tx => {
      const ids = batch.map(({ node }) => node.id)
      const tokens = batch.map(({ node }) => node.token)
      const rows = await tx.query<{ id: string }>(fenceSave, [workers.id, ids, tokens])
      const mine = new Set(rows.map(({ id }) => id))
      const changes = batch.filter(({ node }) => mine.has(node.id))
      const actors = new Map(changes.map(({ node, change }) => [change, node.id]))
      await lifecycle.write([...actors.keys()], tx, change => actors.get(change) ?? null)
      return mine
    })
    for (const { node } of batch) if (!held.has(node.id)) this.leases.lose(node)
  }

  private async flush(batch: readonly Finished[]): Promise<void> {
    const { db, lifecycle, workers } = this.parts
    const full = this.free === 0 || this.claims.holdsBack(this.leases.byProject())
    // The slots of the batch itself are free once it is written. Under limits, what becomes ready has to queue.
    const leased = this.free === 0 || this.claims.limited ? 0 : this.free + batch.length
    const done = await this.leases.claim(
      () =>
        db.transaction(async tx => {
          const held = await hold(batch, workers.id, tx)
          return complete(batch, held, { worker: workers.id, leased, effectless: 0 }, lifecycle, tx)
        }),
      ({ next }) => next,
    )
    const moved = new Set(done.moved.map(({ id }) => id))
    for (const { node } of batch) if (!moved.has(node.id)) this.leases.forget(node)
    this.goOn(done)
    // Else everything that is ready is leased already, here or elsewhere.
    if (full || done.left || this.suspects) this.look()
  }

  private goOn({ next, moved, dueIn, touched }: Completed): void {
    this.run([...next, ...moved])
    if (dueIn !== undefined) this.alarm.within(dueIn)
    if (touched.length > 0) this.end(touched)
  }

  /** Beside the completions that go on meanwhile; what is missed here, a later search finds. */
  private end(traversals: readonly string[]): void {
    this.ends.among(traversals).catch(error => this.complain(error, 'ending a traversal failed; it is tried again'))
  }

  /** @returns whether there was anything to take over. */
  private async takeOver(dead: readonly string[]): Promise<boolean> {
    const mended = await this.waves.mend(dead)
    const nodes = await this.leases.takeOver(dead)
    if (nodes === 0 && !mended) return false
    this.parts.log.warn({ nodes }, 'convergence: took over the nodes of dead workers')
    this.suspects = true
    this.look()
    return true
  }

  private complain(error: unknown, what: string): void {
    this.parts.log.error({ err: error }, `convergence: ${what}`)
  }
}
