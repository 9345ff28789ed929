import type { Transaction } from '@hearth/db/transaction'
import { carryOut, LeaseLost } from './carry-out.js'
import { coalesce } from './coalesce.js'
import type { PlanOperation, Step } from './operation.js'
import type { Clock, Database, Lifecycle, Prepared, ResourceChange, StepResult } from './services.js'

/** A step as a worker holds it. Whoever holds it next, holds it under another token. */
export interface HeldStep {
  readonly id: string
  readonly token: string | number
  readonly resource: string
  readonly step: Step
}

/** A call of a step that has ended, and is not written yet. */
export interface EndedStep<Held extends HeldStep> {
  readonly step: Held
  readonly result: StepResult
}

/** What this worker goes on with after a batch of ended steps. */
export interface GoOn<Held extends HeldStep> {
  /** To be run now: those that stand for another resource, and others that are held here from now on. */
  readonly run: readonly Held[]
  /** Called when the others are not held any more. */
  readonly after: () => void
}

/** The rows of an engine, as its `Steps` need them. */
export interface StepRows<Held extends HeldStep> {
  /** The operations that steps belong to, by the steps' ids. A step that is missing has gone away meanwhile. */
  operations(steps: readonly Held[]): Promise<ReadonlyMap<string, PlanOperation>>
  /** The fence of steps that begin or go on: notes that they have begun. @returns which of them are still held here. */
  begin(steps: readonly Held[], tx: Transaction): Promise<readonly { readonly id: string }[]>
  /** Who acts on the step's resource from then on, for engines that keep the actor in its row. */
  actor?(step: Held): string
  /** Writes what ended steps mean, under the fence, in one transaction. */
  end(ended: readonly EndedStep<Held>[]): Promise<GoOn<Held>>
  /** These could not be run or written, and are held no more. Somebody is to try them again, a little later. */
  giveBack(steps: readonly Held[], error: unknown): Promise<void>
}

/** How often it is looked whether the steps of a daemon that stops have ended, in milliseconds. */
const graceLookMs = 20

/** The steps that a worker holds: it runs them, and writes together what they report while a write is under way. */
export class Steps<Held extends HeldStep> {
  private readonly controllers = new Map<string, { readonly step: Held; readonly controller: AbortController }>()
  private drops = 0
  private readonly save: (one: { step: Held; change: ResourceChange }) => Promise<void>
  private readonly ended: (one: EndedStep<Held>) => Promise<void>

  /** @param most steps written in one transaction. */
  constructor(
    private readonly parts: { readonly db: Database; readonly lifecycle: Lifecycle; readonly clock: Clock },
    private readonly rows: StepRows<Held>,
    { most }: { readonly most: number },
  ) {
    this.save = coalesce(batch => this.saveBatch(batch), { most })
    this.ended = coalesce(batch => this.endBatch(batch), { most })
  }

  get size(): number {
    return this.controllers.size
  }

  /** Those that are held. */
  held(): Held[] {
    return [...this.controllers.values()].map(({ step }) => step)
  }

  has(step: Pick<HeldStep, 'id' | 'token'>): boolean {
    return this.controllers.has(keyOf(step))
  }

  /** From now on these are held. */
  hold(steps: readonly Held[]): void {
    for (const step of steps) {
      if (!this.has(step)) this.controllers.set(keyOf(step), { step, controller: new AbortController() })
    }
  }

  /**
   * Asked before a statement is sent that leases steps; given its answer, it holds them. Unless everything was dropped meanwhile:
   * then they are leased under an id that this worker has given up, and are somebody else's to take over.
   */
  leasing(): (leased: readonly Held[]) => void {
    const { drops } = this
    return leased => {
      if (drops === this.drops) this.hold(leased)
    }
  }

  /** Runs one call of each, of those that are still held. Does not reject: nobody needs to wait for it. */
  async run(given: readonly Held[]): Promise<void> {
    const steps = given.filter(step => this.has(step))
    if (steps.length === 0) return
    try {
      const operations = await this.rows.operations(steps)
      const known = steps.filter(({ id }) => operations.has(id))
      for (const step of steps) if (!operations.has(step.id)) this.forget(step)
      const prepared = await this.parts.lifecycle.prepare(
        known.map(({ id, resource, step }) => ({
          key: id,
          resource,
          step,
          operation: operations.get(id) as PlanOperation,
        })),
      )
      known.forEach((step, index) => void this.runOne(step, prepared[index] as Prepared))
    } catch (error) {
      await this.giveBack(steps, error)
    }
  }

  /** Tells a step to stop; `lost`: somebody else may hold it, nothing of it is written any more. */
  abort(step: Pick<HeldStep, 'id' | 'token'>, why: 'timeout' | 'cancelled' | 'lost'): void {
    this.controllers.get(keyOf(step))?.controller.abort(why)
  }

  /** All that is held is somebody else's from now on. */
  drop(): void {
    this.drops += 1
    for (const { controller } of this.controllers.values()) controller.abort('lost')
    this.controllers.clear()
  }

  /** Resolves when no step is held any more, or after so many milliseconds. */
  async drained(graceMs: number): Promise<void> {
    const { clock } = this.parts
    const deadline = clock.now() + graceMs
    while (this.size > 0 && clock.now() < deadline) {
      await new Promise<void>(resolve => clock.after(graceLookMs, resolve))
    }
  }

  private forget(step: Held): void {
    this.controllers.delete(keyOf(step))
  }

  private async runOne(step: Held, prepared: Prepared): Promise<void> {
    const controller = this.controllers.get(keyOf(step))?.controller
    if (controller === undefined) return
    try {
      const result = await carryOut(prepared, controller.signal, change => this.save({ step, change }))
      await this.ended({ step, result })
    } catch (error) {
      if (error instanceof LeaseLost) this.forget(step)
      else await this.giveBack([step], error)
    }
  }

  private giveBack(steps: readonly Held[], error: unknown): Promise<void> {
    for (const step of steps) this.forget(step)
    return this.rows.giveBack(steps, error)
  }

  private async saveBatch(batch: readonly { step: Held; change: ResourceChange }[]): Promise<void> {
    const mine = await this.parts.db.transaction(async tx => {
      const rows = await this.rows.begin(
        batch.map(({ step }) => step),
        tx,
      )
      const held = new Set(rows.map(({ id }) => id))
      const steps = new Map(batch.flatMap(({ step, change }) => (held.has(step.id) ? [[change, step] as const] : [])))
      await this.parts.lifecycle.write([...steps.keys()], tx, this.actors(steps))
      return held
    })
    for (const { step } of batch) if (!mine.has(step.id)) this.abort(step, 'lost')
  }

  private actors(steps: ReadonlyMap<ResourceChange, Held>): ((change: ResourceChange) => string | null) | undefined {
    if (this.rows.actor === undefined) return undefined
    return change => {
      const step = steps.get(change)
      return step === undefined ? null : (this.rows.actor?.(step) ?? null)
    }
  }

  private async endBatch(batch: readonly EndedStep<Held>[]): Promise<void> {
    const { run, after } = await this.rows.end(batch)
    const goOn = new Set(run.map(keyOf))
    for (const { step } of batch) if (!goOn.has(keyOf(step))) this.forget(step)
    void this.run(run)
    after()
  }
}

const keyOf = ({ id, token }: Pick<HeldStep, 'id' | 'token'>): string => `${id}:${token}`
