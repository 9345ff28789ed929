import { stepStatements } from '@hearth/db/plan-statements'
import type { Queryable, Transaction } from '@hearth/db/transaction'
import { mostDeaths, suspectDeaths } from './deadly.js'
import { isIdle, sortEnds, type WaitingEnd } from './ends.js'
import type { PlanOperation } from './operation.js'
import type { Lifecycle } from './services.js'
import type { EndedStep, HeldStep } from './steps.js'
import type { StepId } from './stored-plans.js'

/** A step that a worker has taken, with its operation. */
export interface TakenStep extends HeldStep {
  readonly operation: PlanOperation
  /** How many workers have died while they held it. */
  readonly deaths: number
}

/** A claim of a step: the same step taken again is another one. */
export type Claim = Pick<HeldStep, 'id' | 'token'>

/** What the end of a batch leads to. */
export interface StoredEnds {
  /** Held still: they go on at once, for another resource. */
  readonly moved: readonly TakenStep[]
  /** Held no more: whoever takes them after so many milliseconds calls them again. */
  readonly waiting: readonly (StepId & { readonly afterMs: number })[]
  /** They wait for nothing any more. */
  readonly ready: readonly StepId[]
  /** They are no more. */
  readonly gone: readonly StepId[]
  /** An operation may have come to its end, or a step may have to be told that its own is over. */
  readonly over: boolean
}

/** The steps of `StoredPlans`, for workers: taken, begun, ended and let go of, each time under the fence. */
export class StoredSteps {
  private readonly sql: ReturnType<typeof stepStatements>

  /** @param name as for `StoredPlans`. */
  constructor(name: string) {
    this.sql = stepStatements(name)
  }

  /** Gives steps that may run to a worker. One that is over, held, or a suspect, is not given. @returns what it has now. */
  async take(ids: readonly string[], worker: string, tx: Transaction): Promise<TakenStep[]> {
    return ids.length === 0 ? [] : tx.query(this.sql.hold, [worker, ids, suspectDeaths])
  }

  /** Whether suspects are waiting; see `Suspects`. */
  async anySuspect(on: Queryable): Promise<boolean> {
    return (await on.query<{ any: boolean }>(this.sql.anySuspect, [suspectDeaths]))[0]?.any === true
  }

  /** Gives one suspect to a worker, whatever handed it out before. @returns none, or one. */
  takeSuspect(worker: string, tx: Transaction): Promise<TakenStep[]> {
    return tx.query(this.sql.holdSuspect, [worker, suspectDeaths])
  }

  /** For `StepRows.operations`: each step knows its own. */
  operations(steps: readonly TakenStep[]): Promise<ReadonlyMap<string, PlanOperation>> {
    return Promise.resolve(new Map(steps.map(({ id, operation }) => [id, operation])))
  }

  /** For `StepRows.begin`. */
  begin(steps: readonly Claim[], worker: string, tx: Transaction): Promise<StepId[]> {
    return tx.query(this.sql.begin, claims(steps, worker))
  }

  /** Writes all that a batch of ended steps means: states and events, and what the steps that wait for them wait for now. */
  async end(
    batch: readonly EndedStep<TakenStep>[],
    worker: string,
    { lifecycle }: { readonly lifecycle: Lifecycle },
    tx: Transaction,
  ): Promise<StoredEnds> {
    const operations = await tx.query<{ id: string; running: boolean }>(this.sql.lockRunning, [
      [...new Set(batch.map(({ step }) => step.operation.id))],
    ])
    const running = new Set(operations.filter(one => one.running).map(({ id }) => id))
    const isOver = ({ operation }: TakenStep): boolean => !running.has(operation.id)
    const steps = batch.map(({ step }) => step)
    const held = new Set((await tx.query<StepId>(this.sql.fence, claims(steps, worker))).map(({ id }) => id))
    const { changes, moved, waiting, failed, done } = sortEnds(
      batch.filter(({ step }) => held.has(step.id)),
      isOver,
    )
    await lifecycle.write(changes, tx)
    if (moved.length > 0) await tx.query(this.sql.move, [moved.map(({ id }) => id), moved.map(one => one.resource)])
    const parked = await this.park(waiting, tx)
    if (failed.length > 0) {
      await tx.query(this.sql.fail, [failed.map(({ step }) => step.operation.id), failed.map(({ reason }) => reason)])
    }
    const gone = [...done, ...failed.map(({ step }) => step)]
    const counted = await this.finish(gone, done, tx)
    return {
      moved,
      gone,
      waiting: parked,
      ready: counted.filter(({ pending }) => pending === 0),
      over: failed.length > 0 || (gone.length > 0 && counted.length === 0) || waiting.some(({ step }) => isOver(step)),
    }
  }

  /** Lets go of steps, for somebody to take them again. @returns those that this worker still held. */
  letGo(steps: readonly Claim[], worker: string, tx: Transaction): Promise<StepId[]> {
    return tx.query(this.sql.letGo, claims(steps, worker))
  }

  /**
   * Lets go of all that some workers hold, whether they have `died` with it or not. What has died with them too often is given
   * up, unless something was beside it this time. @returns the steps.
   */
  release(workers: readonly string[], { died }: { readonly died: boolean }, tx: Transaction): Promise<StepId[]> {
    return tx.query(this.sql.release, [workers, died, mostDeaths])
  }

  /** What a worker holds, by the rows, and which of it is to stop. */
  held(worker: string, on: Queryable): Promise<(Claim & { readonly abort: 'timeout' | 'cancelled' | null })[]> {
    return on.query(this.sql.held, [worker])
  }

  private park(
    waiting: readonly { readonly step: TakenStep; readonly end: WaitingEnd }[],
    tx: Transaction,
  ): Promise<(StepId & { afterMs: number })[]> {
    if (waiting.length === 0) return Promise.resolve([])
    return tx.query(this.sql.park, [
      waiting.map(({ step }) => step.id),
      waiting.map(({ end }) => end.afterMs),
      waiting.map(({ end }) => (end.kind === 'parked' ? end.signals : null)),
      waiting.map(({ end }) => isIdle(end)),
    ])
  }

  private finish(
    gone: readonly StepId[],
    done: readonly StepId[],
    tx: Transaction,
  ): Promise<(StepId & { pending: number })[]> {
    if (gone.length === 0) return Promise.resolve([])
    return tx.query(this.sql.finish, [gone.map(({ id }) => id), done.map(({ id }) => id)])
  }
}

const claims = (steps: readonly Claim[], worker: string): unknown[] => [
  worker,
  steps.map(({ id }) => id),
  steps.map(({ token }) => token),
]
