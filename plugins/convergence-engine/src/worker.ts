import {
  type Clock,
  coalesce,
  type Database,
  type Lifecycle,
  Lookout,
  type Logger,
  type Options,
  type Outcome,
  type Plans,
  type Prepared,
  type ResourceChange,
  type Task,
  type Workers,
} from '@hearth/core/plugin'
import { Alarm } from './alarm.js'
import { complete, type Finished } from './completions.js'
import { Ends } from './ends.js'
import { Leases } from './leases.js'
import { batchSize, pollSeconds, slots } from './options.js'
import { channel, over } from './place.js'
import { claim, claimOrphans, type LeasedNode } from './sql/claim.js'
import { fence } from './sql/complete.js'
import { wakeDue } from './sql/tend.js'

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

/** Thrown into a step whose node is no longer this worker's. */
class LeaseLost extends Error {}

/** Claims ready nodes up to its free slots, runs their steps, and completes them in batches. */
export class Worker {
  private readonly leases: Leases
  private readonly ends: Ends
  private readonly alarm: Alarm
  private readonly lookout: Lookout
  private readonly finished: (one: Finished) => Promise<void>
  private readonly saved: (one: { node: LeasedNode; change: ResourceChange }) => Promise<void>
  private open = false
  private cancelPoll: (() => void) | undefined
  private unlisten: (() => Promise<void>) | undefined

  constructor(private readonly parts: WorkerParts) {
    const { clock, db, options, workers } = parts
    const most = options.get(batchSize)
    this.finished = coalesce(batch => this.flush(batch), { most })
    this.saved = coalesce(batch => this.save(batch), { most })
    this.leases = new Leases(parts)
    this.ends = new Ends(parts, () => this.look())
    this.lookout = new Lookout(
      () => this.lookAround(),
      error => this.complain(error, 'looking for work failed; it is tried again'),
    )
    this.alarm = new Alarm(clock, db, async () => {
      await db.query(wakeDue)
      await this.lookout.look()
    })
    workers.onLost(() => this.leases.lose())
    workers.onDead(ids => this.takeOver(ids))
  }

  async start(): Promise<void> {
    if (this.open) return
    this.open = true
    this.lookout.start()
    this.unlisten = await this.parts.db.listen(channel, payload => (payload === over ? this.tendSoon() : this.look()))
    this.poll()
  }

  async stop(): Promise<void> {
    if (!this.open) return
    this.open = false
    this.cancelPoll?.()
    this.alarm.stop()
    await this.unlisten?.()
    await this.lookout.stop()
    const deadline = this.parts.clock.now() + graceMs
    while (this.leases.size > 0 && this.parts.clock.now() < deadline) {
      await new Promise<void>(resolve => this.parts.clock.after(graceLookMs, resolve))
    }
    await this.leases.giveBackAll()
  }

  /** Looks for work, now or as soon as the look under way is over. */
  look(): void {
    void this.lookout.look()
  }

  private poll(): void {
    if (!this.open) return
    this.look()
    this.tendSoon()
    this.cancelPoll = this.parts.clock.after(this.parts.options.get(pollSeconds) * 1000, () => this.poll())
  }

  private tendSoon(): void {
    this.tend().catch(error => this.complain(error, 'tending traversals failed; it is tried again'))
  }

  private get free(): number {
    return this.open && this.parts.workers.alive ? Math.max(0, this.parts.options.get(slots) - this.leases.size) : 0
  }

  private async lookAround(): Promise<void> {
    const { options } = this.parts
    for (;;) {
      const most = Math.min(this.free, options.get(batchSize))
      if (most === 0 || (await this.claim(claim, most)) < most) return
    }
  }

  /** @returns how many nodes were leased. */
  private async claim(statement: typeof claim, most: number): Promise<number> {
    const { db, workers } = this.parts
    const nodes = await this.leases.claim(
      () => db.query<LeasedNode>(statement, [workers.id, most]),
      leased => leased,
    )
    this.run(nodes)
    return nodes.length
  }

  /** What no notification tells of: due and overdue rows, ended traversals, aborts, orphans. */
  private async tend(): Promise<void> {
    if (!this.open || !this.parts.workers.alive) return
    await this.leases.reconcile()
    if ((await this.parts.db.query(wakeDue)).length > 0) this.look()
    await this.alarm.set()
    await this.claim(claimOrphans, this.free)
    await this.ends.all()
    await this.leases.endOverdue()
  }

  private run(nodes: readonly LeasedNode[]): void {
    if (nodes.length === 0) return
    this.prepare(nodes).catch(error => {
      // One bad row must not hold up the others of its batch.
      if (nodes.length > 1) return nodes.forEach(node => this.run([node]))
      this.complain(error, 'a step could not be prepared; its node is handed back')
      return this.leases.giveBack(nodes)
    })
  }

  private async prepare(nodes: readonly LeasedNode[]): Promise<void> {
    const prepared = await this.parts.lifecycle.prepare(nodes.map(taskOf))
    prepared.forEach((one, index) => void this.runOne(nodes[index] as LeasedNode, one))
  }

  private async runOne(node: LeasedNode, prepared: Prepared): Promise<void> {
    const controller = this.leases.controller(node)
    if (controller === undefined) return
    const save = async (change: ResourceChange): Promise<void> => {
      await this.saved({ node, change })
      if (controller.signal.reason === 'lost') throw new LeaseLost()
    }
    try {
      if (prepared.begin !== undefined) await save(prepared.begin)
      const result = await prepared.run(controller.signal, save)
      if (controller.signal.reason !== 'lost') await this.finished({ node, result })
    } catch (error) {
      if (error instanceof LeaseLost) return this.leases.forget(node)
      this.complain(error, 'a step could not be written; its node is handed back')
      await this.leases.giveBack([node])
    }
  }

  /** Writes changes of steps that go on, each under its fence. */
  private async save(batch: readonly { node: LeasedNode; change: ResourceChange }[]): Promise<void> {
    const { db, lifecycle, workers } = this.parts
    const held = await db.transaction(async tx => {
      const ids = batch.map(({ node }) => node.id)
      const tokens = batch.map(({ node }) => node.token)
      const rows = await tx.query<{ id: string }>(fence, [workers.id, ids, tokens])
      const mine = new Set(rows.map(({ id }) => id))
      await lifecycle.write(
        batch.filter(({ node }) => mine.has(node.id)).map(({ change }) => change),
        tx,
      )
      return mine
    })
    for (const { node } of batch) if (!held.has(node.id)) this.leases.lose(node)
  }

  private async flush(batch: readonly Finished[]): Promise<void> {
    const { db, lifecycle, workers } = this.parts
    // The slots of the batch itself are free once it is written.
    const free = this.open && workers.alive ? this.free + batch.length : 0
    const done = await this.leases.claim(
      () => db.transaction(tx => complete(batch, workers.id, free, lifecycle, tx)),
      ({ next }) => next,
    )
    const moved = new Set(done.moved.map(({ id }) => id))
    for (const { node } of batch) if (!moved.has(node.id)) this.leases.forget(node)
    this.run([...done.next, ...done.moved])
    if (done.dueIn !== undefined) this.alarm.within(done.dueIn)
    if (done.touched.length > 0) {
      // Beside the completions that go on meanwhile; what is missed here, the next poll finds.
      this.ends.among(done.touched).catch(error => this.complain(error, 'ending a traversal failed; it is tried again'))
    }
    this.look()
  }

  private async takeOver(dead: readonly string[]): Promise<void> {
    const nodes = await this.leases.takeOver(dead)
    if (nodes === 0) return
    this.parts.log.warn({ nodes }, 'convergence: took over the nodes of dead workers')
    this.look()
  }

  private complain(error: unknown, what: string): void {
    this.parts.log.error({ err: error }, `convergence: ${what}`)
  }
}

const taskOf = ({ id, resource, step, operation }: LeasedNode): Task => ({
  key: id,
  resource,
  step,
  stack: operation.stack,
  template: operation.template,
  previous: operation.previous,
  action: operation.action,
  timeoutSeconds: operation.timeoutSeconds,
})
