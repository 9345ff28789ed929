import {
  type EndedStep,
  type GoOn,
  Lookout,
  type PlanOperation,
  type StepRows,
  Steps,
  type Transaction,
  Watch,
} from '@hearth/core/plugin'
import { advance, channel, type Parts, tend } from './advance.js'
import { complete, type HeldStep } from './complete.js'
import { pollSeconds, slots } from './options.js'
import * as sql from './sql.js'

/** Steps taken, or written, in one transaction at most. */
const most = 500
/** Steps that run when the daemon stops get this long to end, in milliseconds; then other daemons go on with them. */
const graceMs = 2_000
/** A step that cannot go on now is tried again after this. */
const retryMs = 1_000

/** Takes jobs up to its free slots, has their steps run, and puts back the jobs of those that nobody works on. */
export class Worker implements StepRows<HeldStep> {
  private readonly steps: Steps<HeldStep>
  private readonly watch: Watch
  private readonly lookout: Lookout
  private tending = true

  constructor(private readonly parts: Parts) {
    const { options, workers } = parts
    this.steps = new Steps(parts, this, { most })
    this.lookout = new Lookout(
      () => this.lookAround(),
      error => this.complain(error, 'looking for jobs failed; it is tried again'),
    )
    this.watch = new Watch(parts, {
      channel,
      everyMs: () => options.get(pollSeconds) * 1000,
      heard: payload => this.look(payload === tend),
      poll: () => this.look(true),
    })
    workers.onLost(() => this.steps.drop())
    workers.onDead(ids => this.release(ids, 1))
  }

  async start(): Promise<void> {
    this.lookout.start()
    await this.watch.start()
  }

  async stop(): Promise<void> {
    if (!this.watch.open) return
    await this.watch.stop()
    await this.lookout.stop()
    await this.steps.drained(graceMs)
    this.steps.drop()
    await this.release([this.parts.workers.id], 0)
  }

  /** @param tending for ends and aborts too. */
  look(tending: boolean): void {
    this.tending ||= tending
    void this.lookout.look()
  }

  async operations(steps: readonly HeldStep[]): Promise<ReadonlyMap<string, PlanOperation>> {
    const ids = [...new Set(steps.map(({ operation }) => operation))]
    const rows = await this.parts.db.query<{ id: string; operation: PlanOperation }>(sql.operationsOf, [ids])
    const known = new Map(rows.map(({ id, operation }) => [id, operation]))
    return new Map(steps.map(({ id, operation }) => [id, known.get(operation) as PlanOperation]))
  }

  begin(steps: readonly HeldStep[], tx: Transaction): Promise<{ id: string }[]> {
    return tx.query(sql.begin, this.holding(steps))
  }

  async end(batch: readonly EndedStep<HeldStep>[]): Promise<GoOn<HeldStep>> {
    const { clock, db, workers } = this.parts
    const { moved, dueIn, over } = await db.transaction(tx =>
      complete(batch, workers.id, { ...this.parts, now: clock.now() }, tx),
    )
    for (const ms of dueIn) clock.after(ms, () => this.look(false))
    return { run: moved, after: () => this.look(over) }
  }

  async giveBack(steps: readonly HeldStep[], error: unknown): Promise<void> {
    this.complain(error, 'steps could not be written; their jobs are put back')
    // If this fails too, the next poll finds that nobody here works on them.
    await this.handBack(steps).catch(() => undefined)
  }

  private async lookAround(): Promise<void> {
    const { db, jobs, options, workers } = this.parts
    if (!workers.alive) return
    if (this.tending) {
      this.tending = false
      await this.tend()
    }
    for (;;) {
      const free = Math.min(options.get(slots) - this.steps.size, most)
      if (free <= 0) return
      const { taken, steps } = await db.transaction(async tx => {
        const taken = await jobs.take(free, tx)
        if (taken.length === 0) return { taken, steps: [] }
        const steps = await tx.query<HeldStep>(sql.hold, [workers.id, taken])
        await this.putLater(await tx.query<{ id: string }>(sql.suspects, [taken]), tx)
        return { taken, steps }
      })
      this.steps.hold(steps)
      void this.steps.run(steps)
      if (taken.length < free) return
    }
  }

  /** Brings on what has come to an end; then compares what the rows say is held here with what is. */
  private async tend(): Promise<void> {
    const { db, workers } = this.parts
    for (const { stack } of await db.query<{ stack: string }>(sql.toAdvance)) {
      await db.transaction(tx => advance(stack, this.parts, tx))
    }
    const rows = await db.query<Pick<HeldStep, 'id' | 'token'> & { abort: 'timeout' | 'cancelled' | null }>(
      sql.heldBy,
      [workers.id],
    )
    for (const step of rows) if (step.abort !== null) this.steps.abort(step, step.abort)
    await this.handBack(rows.filter(step => !this.steps.has(step)))
  }

  /** @param deaths 1 if these workers died with what they held. */
  private async release(workers: readonly string[], deaths: 0 | 1): Promise<void> {
    const { db, jobs, log } = this.parts
    const freed = await db.transaction(async tx => {
      const steps = await tx.query<{ id: string }>(sql.letGoAll, [workers, deaths])
      await jobs.putAgain(steps, tx)
      if (steps.length > 0) await tx.query(sql.notify, [channel, tend])
      return steps.length
    })
    if (freed > 0) log.warn({ steps: freed }, 'queue: put the jobs of workers that are gone back')
  }

  private async handBack(steps: readonly Pick<HeldStep, 'id' | 'token'>[]): Promise<void> {
    if (steps.length === 0) return
    await this.parts.db.transaction(async tx => {
      await this.putLater(await tx.query<{ id: string }>(sql.letGo, this.holding(steps)), tx)
    })
  }

  private async putLater(steps: readonly { id: string }[], tx: Transaction): Promise<void> {
    await this.parts.jobs.putAgain(
      steps.map(({ id }) => ({ id, afterMs: retryMs })),
      tx,
    )
  }

  private holding(steps: readonly Pick<HeldStep, 'id' | 'token'>[]) {
    return [this.parts.workers.id, steps.map(({ id }) => id), steps.map(({ token }) => token)]
  }

  private complain(error: unknown, what: string): void {
    this.parts.log.error({ err: error }, `queue: ${what}`)
  }
}
