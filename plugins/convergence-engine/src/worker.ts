import {
  type Clock,
  coalesce,
  type Database,
  type Lifecycle,
  type Logger,
  type Options,
  type Outcome,
  type Plans,
  type Prepared,
  type ResourceChange,
  type Task,
  type Workers,
} from '@hearth/core/plugin'
import { type Completed, complete, type Finished } from './completions.js'
import { finishTraversal } from './finish.js'
import { limited } from './limited.js'
import { batchSize, pollSeconds, slots } from './options.js'
import { channel, over } from './place.js'
import { claim, claimOrphans, type LeasedNode } from './sql/claim.js'
import { fence } from './sql/complete.js'
import { dropNodes } from './sql/supersede.js'
import { abortedOf, endedAmong, endedTraversals, nextDue, releaseDead, wakeDue } from './sql/tend.js'

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

/** Traversals that one process ends at the same time: each takes a connection of the pool. */
const endsAtOnce = 4

interface Ended {
  readonly id: string
  readonly stack: string
}

/** Thrown into a step whose node is no longer this worker's. */
class LeaseLost extends Error {}

/**
 * Claims ready nodes up to its free slots, runs their steps, and completes them in batches.
 * `running` holds exactly the nodes leased to this process that have not been completed; nothing else is kept.
 */
export class Worker {
  private readonly running = new Map<string, AbortController>()
  private readonly finished: (one: Finished) => Promise<void>
  private readonly saved: (one: { node: LeasedNode; change: ResourceChange }) => Promise<void>
  private state: 'idle' | 'started' | 'stopping' = 'idle'
  private looking: Promise<void> | undefined
  private lookAgain = false
  private cancelPoll: (() => void) | undefined
  private cancelDue: (() => void) | undefined
  private dueAt = Number.POSITIVE_INFINITY
  private unlisten: (() => Promise<void>) | undefined
  /** Traversals that this process is ending at this moment. */
  private readonly ending = new Set<string>()
  private readonly ends = limited(endsAtOnce)
  /** Leases that could not be handed back while the database was away. */
  private unreturned: readonly LeasedNode[] = []

  constructor(private readonly parts: WorkerParts) {
    const most = parts.options.get(batchSize)
    this.finished = coalesce(batch => this.flush(batch), { most })
    this.saved = coalesce(batch => this.save(batch), { most })
    parts.workers.onLost(() => this.dropAll())
    parts.workers.onDead(ids => this.release(ids))
  }

  async start(): Promise<void> {
    if (this.state !== 'idle') return
    this.state = 'started'
    this.unlisten = await this.parts.db.listen(channel, payload => (payload === over ? this.endOver() : this.look()))
    await this.planDue()
    this.poll()
  }

  async stop(): Promise<void> {
    if (this.state !== 'started') return
    this.state = 'stopping'
    this.cancelPoll?.()
    this.cancelDue?.()
    await this.unlisten?.()
    await this.looking
    const deadline = this.parts.clock.now() + graceMs
    while (this.running.size > 0 && this.parts.clock.now() < deadline) {
      await new Promise<void>(resolve => this.parts.clock.after(20, resolve))
    }
    await this.handBack()
    this.state = 'idle'
  }

  /** Looks for work now, or again as soon as the look under way is over. */
  look(): void {
    if (this.state !== 'started') return
    if (this.looking !== undefined) {
      this.lookAgain = true
      return
    }
    this.looking = this.lookAround()
      .catch(error => this.parts.log.error({ err: error }, 'convergence: looking for work failed; it is tried again'))
      .finally(() => {
        this.looking = undefined
        if (this.lookAgain) {
          this.lookAgain = false
          this.look()
        }
      })
  }

  private poll(): void {
    if (this.state !== 'started') return
    this.look()
    this.endOver()
    this.cancelPoll = this.parts.clock.after(this.parts.options.get(pollSeconds) * 1000, () => this.poll())
  }

  private endOver(): void {
    this.tend().catch(error =>
      this.parts.log.error({ err: error }, 'convergence: tending traversals failed; it is tried again'),
    )
  }

  private get free(): number {
    return Math.max(0, this.parts.options.get(slots) - this.running.size)
  }

  private async lookAround(): Promise<void> {
    const { db, options, workers } = this.parts
    if (this.parts.clock.now() >= this.dueAt) await db.query(wakeDue)
    for (;;) {
      const most = Math.min(this.free, options.get(batchSize))
      if (most === 0 || !workers.alive || this.state !== 'started') return
      const nodes = await db.query<LeasedNode>(claim, [workers.id, most])
      this.take(nodes)
      if (nodes.length < most) return
    }
  }

  /** What no notification tells of: due and overdue rows, ended traversals, aborts, orphans. */
  private async tend(): Promise<void> {
    const { db, workers } = this.parts
    if (!workers.alive) return
    const unreturned = this.unreturned
    this.unreturned = []
    if (unreturned.length > 0) await this.giveBack(unreturned)
    if ((await db.query(wakeDue)).length > 0) this.look()
    await this.planDue()
    this.take(await db.query<LeasedNode>(claimOrphans, [workers.id, this.free]))
    await this.finishEnded(await db.query<Ended>(endedTraversals))
    if (this.running.size > 0) {
      for (const { id } of await db.query<{ id: string }>(abortedOf, [workers.id]))
        this.running.get(id)?.abort('cancelled')
    }
  }

  private async planDue(): Promise<void> {
    const [next] = await this.parts.db.query<{ ms: string | null }>(nextDue)
    if (next !== undefined && next.ms !== null) this.wakeIn(Math.max(0, Number(next.ms)))
  }

  /** One timer, for the earliest parked node. */
  private wakeIn(ms: number): void {
    const at = this.parts.clock.now() + ms
    if (at >= this.dueAt && this.dueAt > this.parts.clock.now()) return
    this.cancelDue?.()
    this.dueAt = at
    this.cancelDue = this.parts.clock.after(ms, () => {
      this.look()
      void this.looking
        ?.then(() => {
          this.dueAt = Number.POSITIVE_INFINITY
          return this.planDue()
        })
        .catch(() => undefined)
    })
  }

  private take(nodes: readonly LeasedNode[]): void {
    if (nodes.length === 0) return
    for (const node of nodes) this.running.set(node.id, new AbortController())
    this.run(nodes).catch(error => {
      this.parts.log.error({ err: error }, 'convergence: a batch could not be prepared; its nodes are handed back')
      void this.giveBack(nodes)
    })
  }

  private async run(nodes: readonly LeasedNode[]): Promise<void> {
    const prepared = await this.parts.lifecycle.prepare(nodes.map(taskOf))
    prepared.forEach((one, index) => void this.runOne(nodes[index] as LeasedNode, one))
  }

  private async runOne(node: LeasedNode, prepared: Prepared): Promise<void> {
    const controller = this.running.get(node.id)
    if (controller === undefined) return
    try {
      const save = async (change: ResourceChange): Promise<void> => {
        await this.saved({ node, change })
        if (controller.signal.reason === 'lost') throw new LeaseLost()
      }
      if (prepared.begin !== undefined) await save(prepared.begin)
      const result = await prepared.run(controller.signal, save)
      if (controller.signal.reason === 'lost') return
      await this.finished({ node, result })
    } catch (error) {
      this.running.delete(node.id)
      if (error instanceof LeaseLost) return
      this.parts.log.error(
        { err: error, node: node.id },
        'convergence: a step could not be written; its node is handed back',
      )
      await this.giveBack([node])
    }
  }

  /** Writes changes of steps that go on, each under its fence. */
  private async save(batch: readonly { node: LeasedNode; change: ResourceChange }[]): Promise<void> {
    const { db, lifecycle, workers } = this.parts
    const held = await db.transaction(async tx => {
      const rows = await tx.query<{ id: string }>(fence, [
        workers.id,
        batch.map(({ node }) => node.id),
        batch.map(({ node }) => node.token),
      ])
      const ids = new Set(rows.map(({ id }) => id))
      await lifecycle.write(
        batch.filter(({ node }) => ids.has(node.id)).map(({ change }) => change),
        tx,
      )
      return ids
    })
    for (const { node } of batch) if (!held.has(node.id)) this.running.get(node.id)?.abort('lost')
  }

  private async flush(batch: readonly Finished[]): Promise<void> {
    const { db, lifecycle, workers } = this.parts
    const free = this.state === 'started' && workers.alive ? this.free + batch.length : 0
    const done: Completed = await db.transaction(tx => complete(batch, workers.id, free, lifecycle, tx))
    const moved = new Set(done.moved.map(({ id }) => id))
    for (const { node } of batch) if (!moved.has(node.id)) this.running.delete(node.id)
    this.take([...done.next, ...done.moved])
    if (done.dueIn !== undefined) this.wakeIn(done.dueIn)
    if (done.touched.length > 0) this.finishTouched(done.touched)
    this.look()
  }

  /** Beside the completions that go on meanwhile: what is missed here, the next poll finds. */
  private finishTouched(traversals: readonly string[]): void {
    this.parts.db
      .query<Ended>(endedAmong, [traversals])
      .then(ended => this.finishEnded(ended))
      .catch(error => this.parts.log.warn({ err: error }, 'convergence: ending a traversal failed; it is tried again'))
  }

  private async finishEnded(ended: readonly Ended[]): Promise<void> {
    await Promise.all(
      ended.map(async traversal => {
        if (this.ending.has(traversal.id)) return
        this.ending.add(traversal.id)
        try {
          await this.ends(() => finishTraversal(traversal, this.parts))
        } finally {
          this.ending.delete(traversal.id)
        }
        this.look()
      }),
    )
  }

  private async release(dead: readonly string[]): Promise<void> {
    const { db, lifecycle } = this.parts
    await db.transaction(async tx => {
      const released = await tx.query<{ id: string; resource: string; abort: boolean }>(releaseDead, [dead])
      const given = released.filter(node => node.abort)
      if (given.length > 0) {
        await tx.query(dropNodes, [given.map(({ id }) => id)])
        await lifecycle.giveUp(
          given.map(({ resource }) => resource),
          'cancelled',
          tx,
        )
      }
      if (released.length > 0) {
        tx.afterCommit(() => {
          this.parts.log.warn({ nodes: released.length }, 'convergence: took over the nodes of dead workers')
          this.look()
        })
      }
    })
  }

  /** The heartbeat came too late: others may hold these nodes now. */
  private dropAll(): void {
    for (const controller of this.running.values()) controller.abort('lost')
    this.running.clear()
  }

  private async handBack(): Promise<void> {
    for (const controller of this.running.values()) controller.abort('lost')
    this.running.clear()
    await this.parts.db.query(
      `UPDATE node SET state = 'ready', lease = NULL, token = token + 1, turn = 0 WHERE state = 'leased' AND lease = $1`,
      [this.parts.workers.id],
    )
  }

  private async giveBack(nodes: readonly LeasedNode[]): Promise<void> {
    for (const { id } of nodes) this.running.delete(id)
    try {
      await this.parts.db.query(
        `UPDATE node n SET state = 'parked', lease = NULL, token = n.token + 1, wake_at = hearth_now() + interval '1 second'
          FROM unnest($2::bigint[], $3::bigint[]) AS mine(id, token)
          WHERE n.id = mine.id AND n.token = mine.token AND n.lease = $1`,
        [this.parts.workers.id, nodes.map(({ id }) => id), nodes.map(({ token }) => token)],
      )
    } catch (error) {
      this.unreturned = [...this.unreturned, ...nodes]
      this.parts.log.error({ err: error }, 'convergence: nodes could not be handed back; it is tried again')
    }
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
