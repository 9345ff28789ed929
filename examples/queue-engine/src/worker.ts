import {
  type EndedStep,
  type GoOn,
  type HeldStep,
  Lookout,
  notify,
  type PlanOperation,
  type StepId,
  type StepRows,
  Steps,
  Suspects,
  suspectDeaths,
  type TakenStep,
  type Transaction,
  Watch,
} from '@hearth/core/plugin'
import { advance, channel, type Parts, tend } from './advance.js'
import { pollSeconds, slots } from './options.js'

/** Steps taken, or written, in one transaction at most. */
const most = 500
/** Steps that run when the daemon stops get this long to end, in milliseconds; then other daemons go on with them. */
const graceMs = 2_000
/** A step that cannot go on now is tried again after this. */
const retryMs = 1_000

/** Takes jobs up to its free slots, has their steps run, and puts back the jobs of those that nobody works on. */
export class Worker implements StepRows<TakenStep> {
  private readonly steps: Steps<TakenStep>
  private readonly watch: Watch
  private readonly lookout: Lookout
  private readonly suspects: Suspects
  private tending = true

  constructor(private readonly parts: Parts) {
    const { clock, db, held, log, workers } = parts
    this.steps = new Steps(parts, this, { most })
    this.lookout = new Lookout('queue: looking for jobs', log, () => this.lookAround())
    this.suspects = new Suspects(clock, {
      holding: () => {
        const suspect = this.steps.held().find(({ deaths }) => deaths >= suspectDeaths)
        return { size: this.steps.size, suspect: suspect && { id: suspect.id, attempts: suspect.deaths + 1 } }
      },
      anyWaiting: () => held.anySuspect(db),
      look: () => this.look(false),
    })
    this.watch = new Watch(parts, {
      channel,
      every: pollSeconds,
      heard: payload => this.look(payload === tend),
      poll: () => {
        this.suspects.expect()
        this.look(true)
      },
    })
    workers.onLost(() => this.steps.drop())
    workers.onDead(ids => this.release(ids, { died: true }))
  }

  async start(): Promise<void> {
    this.lookout.start()
    await this.watch.start()
  }

  async stop(): Promise<void> {
    if (!this.watch.open) return
    await this.watch.stop()
    this.suspects.stop()
    await this.lookout.stop()
    await this.steps.drained(graceMs)
    this.steps.drop()
    await this.release([this.parts.workers.id], { died: false })
  }

  /** @param tending for ends and aborts too. */
  look(tending: boolean): void {
    this.tending ||= tending
    void this.lookout.look()
  }

  operations(steps: readonly TakenStep[]): Promise<ReadonlyMap<string, PlanOperation>> {
    return this.parts.held.operations(steps)
  }

  begin(steps: readonly TakenStep[], tx: Transaction): Promise<StepId[]> {
    return this.parts.held.begin(steps, this.parts.workers.id, tx)
  }

  async end(batch: readonly EndedStep<TakenStep>[]): Promise<GoOn<TakenStep>> {
    const { clock, db, held, jobs, workers } = this.parts
    const { moved, waiting, over } = await db.transaction(async tx => {
      const ends = await held.end(batch, workers.id, this.parts, tx)
      await jobs.remove(ends.gone, tx)
      await jobs.putAgain(ends.waiting, tx)
      await jobs.put(ends.ready, tx)
      if (ends.ready.length > 0) await tx.query(notify, [channel, ''])
      return ends
    })
    for (const { afterMs } of waiting) clock.after(afterMs, () => this.look(false))
    return { run: moved, after: () => this.look(over) }
  }

  async giveBack(steps: readonly TakenStep[], error: unknown): Promise<void> {
    this.parts.log.error({ err: error }, 'queue: steps could not be written; their jobs are put back')
    // If this fails too, the next poll finds that nobody here works on them.
    await this.handBack(steps).catch(() => undefined)
  }

  private async lookAround(): Promise<void> {
    if (!this.parts.workers.alive) return
    if (this.tending) {
      this.tending = false
      await this.tend()
    }
    const next = await this.suspects.turn()
    if (next === 'others') await this.takeOthers()
    if (next === 'suspect') await this.takeSuspect()
  }

  /** Up to its free slots. The jobs of suspects are gone then: those are found by their rows. */
  private async takeOthers(): Promise<void> {
    const { held, jobs, options, workers } = this.parts
    for (;;) {
      const free = Math.min(options.get(slots) - this.steps.size, most)
      if (free <= 0) return
      let due: string[] = []
      await this.take(async tx => {
        due = await jobs.take(free, tx)
        return held.take(due, workers.id, tx)
      })
      if (due.length < free) return
    }
  }

  private async takeSuspect(): Promise<void> {
    const { held, workers } = this.parts
    if ((await this.take(tx => held.takeSuspect(workers.id, tx))) > 0) return
    this.suspects.none()
    this.look(false)
  }

  /** @returns how many steps are held now that were not before. */
  private async take(from: (tx: Transaction) => Promise<TakenStep[]>): Promise<number> {
    const hold = this.steps.leasing()
    const taken = await this.parts.db.transaction(from)
    hold(taken)
    void this.steps.run(taken)
    return taken.length
  }

  /** Brings on what has come to an end; then compares what the rows say is held here with what is. */
  private async tend(): Promise<void> {
    const { db, held, stored, workers } = this.parts
    for (const stack of await stored.ended(db)) await db.transaction(tx => advance(stack, this.parts, tx))
    const rows = await held.held(workers.id, db)
    for (const step of rows) if (step.abort !== null) this.steps.abort(step, step.abort)
    await this.handBack(rows.filter(step => !this.steps.has(step)))
  }

  private async release(workers: readonly string[], how: { died: boolean }): Promise<void> {
    const { db, held, jobs, log } = this.parts
    const freed = await db.transaction(async tx => {
      const steps = await held.release(workers, how, tx)
      await jobs.putAgain(steps, tx)
      if (steps.length > 0) await tx.query(notify, [channel, tend])
      return steps.length
    })
    if (freed > 0) this.suspects.expect()
    if (freed > 0) log.warn({ steps: freed }, 'queue: put the jobs of workers that are gone back')
  }

  private async handBack(steps: readonly Pick<HeldStep, 'id' | 'token'>[]): Promise<void> {
    const { db, held, workers } = this.parts
    if (steps.length > 0) {
      await db.transaction(async tx => this.putLater(await held.letGo(steps, workers.id, tx), tx))
    }
  }

  private putLater(steps: readonly StepId[], tx: Transaction): Promise<void> {
    const later = steps.map(({ id }) => ({ id, afterMs: retryMs }))
    return this.parts.jobs.putAgain(later, tx)
  }
}
