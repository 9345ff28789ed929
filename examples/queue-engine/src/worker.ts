import {
  carryOut,
  type Clock,
  coalesce,
  type Database,
  LeaseLost,
  type Logger,
  Lookout,
  type Options,
  type PlanOperation,
  type Prepared,
  type ResourceChange,
  type Transaction,
  Watch,
  type Workers,
} from '@hearth/core/plugin'
import { advance, type AdvanceParts, channel, tend } from './advance.js'
import { complete, type Ended, type HeldStep } from './complete.js'
import { pollSeconds, slots } from './options.js'
import * as sql from './sql.js'

export interface WorkerParts extends AdvanceParts {
  readonly db: Database
  readonly workers: Workers
  readonly options: Options
  readonly clock: Clock
  readonly log: Logger
}

/** Steps written in one transaction at most. */
const most = 500
/** Steps that run when the daemon stops get this long to end, in milliseconds; then other daemons go on with them. */
const graceMs = 2_000
const graceLookMs = 20
/** A step that could not be written is tried again after this. */
const retryMs = 1_000

/** Takes jobs up to its free slots, carries out their steps, and writes what became of them in batches. */
export class Worker {
  private readonly held = new Map<string, { readonly token: number; readonly controller: AbortController }>()
  private readonly watch: Watch
  private readonly lookout: Lookout
  private readonly saved: (one: { step: HeldStep; change: ResourceChange }) => Promise<void>
  private readonly ended: (one: Ended) => Promise<void>
  private tending = true

  constructor(private readonly parts: WorkerParts) {
    const { options, workers } = parts
    this.saved = coalesce(batch => this.save(batch), { most })
    this.ended = coalesce(batch => this.finish(batch), { most })
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
    workers.onLost(() => this.drop())
    workers.onDead(ids => this.takeOver(ids))
  }

  async start(): Promise<void> {
    this.lookout.start()
    await this.watch.start()
  }

  async stop(): Promise<void> {
    if (!this.watch.open) return
    await this.watch.stop()
    await this.lookout.stop()
    const { clock, workers } = this.parts
    const deadline = clock.now() + graceMs
    while (this.held.size > 0 && clock.now() < deadline) {
      await new Promise<void>(resolve => clock.after(graceLookMs, resolve))
    }
    this.drop()
    await this.takeOver([workers.id])
  }

  /** @param tending for ends and aborts too. */
  look(tending: boolean): void {
    this.tending ||= tending
    void this.lookout.look()
  }

  private async lookAround(): Promise<void> {
    const { db, options, workers } = this.parts
    if (!workers.alive) return
    if (this.tending) {
      this.tending = false
      await this.tend()
    }
    for (;;) {
      const free = Math.min(options.get(slots) - this.held.size, most)
      if (free <= 0) return
      const { steps, operations, taken } = await db.transaction(tx => this.take(free, tx))
      for (const { id, token } of steps) this.held.set(id, { token, controller: new AbortController() })
      this.run(steps, operations)
      if (taken < free) return
    }
  }

  private async take(free: number, tx: Transaction) {
    const jobs = await this.parts.jobs.take(free, tx)
    const steps = jobs.length === 0 ? [] : await tx.query<HeldStep>(sql.hold, [this.parts.workers.id, jobs])
    return { steps, operations: await this.operationsOf(steps, tx), taken: jobs.length }
  }

  private async operationsOf(
    steps: readonly HeldStep[],
    on: Pick<Transaction, 'query'>,
  ): Promise<Map<string, PlanOperation>> {
    if (steps.length === 0) return new Map()
    const ids = [...new Set(steps.map(({ operation }) => operation))]
    const rows = await on.query<{ id: string; operation: PlanOperation }>(sql.operationsOf, [ids])
    return new Map(rows.map(({ id, operation }) => [id, operation]))
  }

  /** Brings on what has come to an end; then compares what the rows say is held here with what is. */
  private async tend(): Promise<void> {
    const { db, workers } = this.parts
    for (const { stack } of await db.query<{ stack: string }>(sql.toAdvance)) {
      await db.transaction(tx => advance(stack, this.parts, tx))
    }
    const rows = await db.query<{ id: string; token: number; abort: string | null }>(sql.heldBy, [workers.id])
    for (const { id, abort } of rows) if (abort !== null) this.held.get(id)?.controller.abort(abort)
    await this.handBack(rows.filter(({ id, token }) => this.held.get(id)?.token !== token))
  }

  private run(steps: readonly HeldStep[], operations: ReadonlyMap<string, PlanOperation>): void {
    if (steps.length === 0) return
    const tasks = steps.map(({ id, operation, resource, step }) => ({
      key: id,
      resource,
      step,
      operation: operations.get(operation) as PlanOperation,
    }))
    this.parts.lifecycle.prepare(tasks).then(
      prepared => steps.forEach((step, index) => void this.runOne(step, prepared[index] as Prepared)),
      error => this.giveBack(steps, error),
    )
  }

  private async runOne(step: HeldStep, prepared: Prepared): Promise<void> {
    const signal = this.held.get(step.id)?.controller.signal
    if (signal === undefined) return
    try {
      const result = await carryOut(prepared, signal, change => this.saved({ step, change }))
      await this.ended({ step, result })
    } catch (error) {
      if (error instanceof LeaseLost) this.forget(step)
      else await this.giveBack([step], error)
    }
  }

  private async save(batch: readonly { step: HeldStep; change: ResourceChange }[]): Promise<void> {
    const { db, lifecycle, workers } = this.parts
    const mine = await db.transaction(async tx => {
      const parameters = [workers.id, batch.map(({ step }) => step.id), batch.map(({ step }) => step.token)]
      const rows = await tx.query<{ id: string }>(sql.begin, parameters)
      const ids = new Set(rows.map(({ id }) => id))
      await lifecycle.write(
        batch.filter(({ step }) => ids.has(step.id)).map(({ change }) => change),
        tx,
      )
      return ids
    })
    for (const { step } of batch) if (!mine.has(step.id)) this.held.get(step.id)?.controller.abort('lost')
  }

  private async finish(batch: readonly Ended[]): Promise<void> {
    const { clock, db, jobs, lifecycle, workers } = this.parts
    const { moved, operations, dueIn, over } = await db.transaction(async tx => {
      const written = await complete(batch, workers.id, { lifecycle, jobs, now: clock.now() }, tx)
      return { ...written, operations: await this.operationsOf(written.moved, tx) }
    })
    const goOn = new Set(moved.map(({ id }) => id))
    for (const { step } of batch) if (!goOn.has(step.id)) this.forget(step)
    this.run(moved, operations)
    for (const ms of dueIn) clock.after(ms, () => this.look(false))
    this.look(over)
  }

  private forget({ id, token }: Pick<HeldStep, 'id' | 'token'>): void {
    if (this.held.get(id)?.token === token) this.held.delete(id)
  }

  /** All that is held is somebody else's from now on. */
  private drop(): void {
    for (const { controller } of this.held.values()) controller.abort('lost')
    this.held.clear()
  }

  private async takeOver(ids: readonly string[]): Promise<void> {
    const { db, jobs } = this.parts
    const freed = await db.transaction(async tx => {
      const steps = await tx.query<{ id: string }>(sql.letGoAll, [ids])
      await jobs.putAgain(steps, tx)
      if (steps.length > 0) await tx.query(sql.notify, [channel, tend])
      return steps.length
    })
    if (freed > 0) this.parts.log.warn({ steps: freed }, 'queue: put the jobs of workers that are gone back')
  }

  private async giveBack(steps: readonly HeldStep[], error: unknown): Promise<void> {
    this.complain(error, 'steps could not be written; their jobs are put back')
    for (const step of steps) this.forget(step)
    // If this fails too, the next poll finds that nobody here works on them.
    await this.handBack(steps).catch(() => undefined)
  }

  private async handBack(steps: readonly { readonly id: string; readonly token: number }[]): Promise<void> {
    if (steps.length === 0) return
    const { db, jobs, workers } = this.parts
    await db.transaction(async tx => {
      const parameters = [workers.id, steps.map(({ id }) => id), steps.map(({ token }) => token)]
      const mine = await tx.query<{ id: string }>(sql.letGo, parameters)
      await jobs.putAgain(
        mine.map(({ id }) => ({ id, afterMs: retryMs })),
        tx,
      )
    })
  }

  private complain(error: unknown, what: string): void {
    this.parts.log.error({ err: error }, `queue: ${what}`)
  }
}
