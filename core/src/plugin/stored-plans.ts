import { randomUUID } from 'node:crypto'
import { planStatements, planTables } from '@hearth/db/plan-statements'
import { countSignals, lockStack } from '@hearth/db/shared-statements'
import type { Queryable, Transaction } from '@hearth/db/transaction'
import { deadlyReason } from './deadly.js'
import { type NodeState, OperationRefused } from './engine.js'
import { neededBy } from './follow.js'
import type { Plan, PlanOperation, ResourceRef, StackRef } from './operation.js'
import type { GivenUp, Lifecycle, OperationEnd } from './services.js'

/** A step, in the tables and whatever is beside them. */
export interface StepId {
  readonly id: string
}

/** A step of a stack, as it stands. */
export interface StoredStep extends StepId {
  readonly resource: string
  /** Something is under way, or was when it was called last. */
  readonly begun: boolean
  /** It waits at a hook. */
  readonly idle: boolean
  /** It has been called since its operation was over. */
  readonly told: boolean
  /** A worker has it. */
  readonly held: boolean
  /** Why it is to stop, if it is. */
  readonly abort: 'timeout' | 'cancelled' | 'deadly' | null
}

/** What is stored of a stack. */
export interface StoredPlan {
  /** The newest operation, unless it is over; whether its plan is placed, and how it has to end if it has come to that. */
  readonly current?: { readonly operation: PlanOperation; readonly placed: boolean; readonly end: OperationEnd | null }
  /** The steps of `current`, and of what is over and has not ended yet. */
  readonly steps: readonly StoredStep[]
}

/**
 * Operations and the steps of their plans, in two tables of an engine's own: what an engine keeps beside whatever runs the
 * steps, if operations are to outlive its processes. It says how things stand; what follows from it is the engine's.
 * Its counterpart for workers is `StoredSteps`.
 */
export class StoredPlans {
  private readonly sql: ReturnType<typeof planStatements>

  /** @param name the engine's: the tables are `name_operation` and `name_step`, with `_` for each `-`. */
  constructor(private readonly name: string) {
    this.sql = planStatements(name)
  }

  /** Makes the tables: for the first migration of the engine. */
  async create(tx: Transaction): Promise<void> {
    for (const text of planTables(this.name)) await tx.query(text)
  }

  /** Stores an operation whose plan is placed later. The one before it is over, and its steps stop if they are to. */
  async add(operation: PlanOperation, tx: Transaction): Promise<void> {
    const { id, stack, timeoutSeconds, underway } = operation
    await this.lock(stack.id, tx)
    await tx.query(this.sql.supersede, [stack.id])
    if (underway === 'abort') await tx.query(this.sql.abort, [stack.id])
    await tx.query(this.sql.add, [id, stack.id, JSON.stringify(operation), timeoutSeconds])
  }

  /** Says how the newest operation is to end, unless that is said already. */
  async end(stack: string, end: OperationEnd, tx: Transaction): Promise<void> {
    await tx.query(this.sql.end, [stack, JSON.stringify(end)])
  }

  /** Locks a stack, its operations and its steps, and reads them. */
  async read(stack: string, tx: Transaction): Promise<StoredPlan> {
    await tx.query(lockStack, [stack])
    await this.lock(stack, tx)
    const [current] = await tx.query<NonNullable<StoredPlan['current']>>(this.sql.current, [stack, deadlyReason])
    const steps = await tx.query<StoredStep>(this.sql.steps, [stack])
    return current === undefined ? { steps } : { current, steps }
  }

  /** The newest operation is over. Its steps stay until they are dropped or have ended. */
  async finish(stack: string, tx: Transaction): Promise<void> {
    await tx.query(this.sql.supersede, [stack])
  }

  /** Removes steps that nobody goes on with. */
  async drop(steps: readonly StepId[], tx: Transaction): Promise<void> {
    if (steps.length > 0) await tx.query(this.sql.drop, [steps.map(({ id }) => id)])
  }

  /** What these had under way is given up, each for its own reason. */
  async giveUp(steps: readonly StoredStep[], lifecycle: Lifecycle, tx: Transaction): Promise<void> {
    for (const [abort, why] of reasons) {
      const resources = steps.filter(step => (step.abort ?? 'cancelled') === abort).map(({ resource }) => resource)
      if (resources.length > 0) await lifecycle.giveUp(resources, why, tx)
    }
  }

  /** Notes that these are called once more, to learn that their operation is over. */
  async tell(steps: readonly StepId[], tx: Transaction): Promise<void> {
    if (steps.length > 0) await tx.query(this.sql.tell, [steps.map(({ id }) => id)])
  }

  /** Removes the operations of a stack that are over. @returns whether there were any. */
  async forget(stack: string, tx: Transaction): Promise<boolean> {
    return (await tx.query(this.sql.forget, [stack])).length > 0
  }

  /** Stores the steps of a plan. @returns those that wait for nothing. */
  async place({ id: operation, stack }: PlanOperation, plan: Plan, tx: Transaction): Promise<StepId[]> {
    const ids = plan.nodes.map(() => randomUUID())
    const needed = neededBy(plan)
    const rows = plan.nodes.map(({ resource, step, requires }, index) => ({
      id: ids[index] as string,
      operation,
      stack_id: stack.id,
      resource,
      step,
      pending: requires.length,
      needed_by: needed[index]?.map(dependent => ids[dependent]),
    }))
    await tx.query(this.sql.run, [operation])
    await tx.query(this.sql.insert, [JSON.stringify(rows)])
    return rows.filter(({ pending }) => pending === 0)
  }

  /** Stacks on which something has come to its end, or a step is to be told something. */
  async ended(on: Queryable): Promise<string[]> {
    return (await on.query<{ stack: string }>(this.sql.ended)).map(({ stack }) => stack)
  }

  /** For `Engine.wake`: counts the signals. @returns the steps that wait for one. */
  async wake(resources: readonly ResourceRef[], tx: Transaction): Promise<StepId[]> {
    const ids = resources.map(({ id }) => id)
    const stacks = [...new Set(resources.map(({ stack }) => stack))]
    // Locked first: a step that is about to park either sees the signal, or is seen here.
    const steps = await tx.query<{ id: string; parked: boolean }>(this.sql.lockOf, [ids, stacks])
    await tx.query(countSignals, [ids])
    return steps.filter(({ parked }) => parked)
  }

  /** For `Engine.nodes`. */
  graph(stack: StackRef, on: Queryable): Promise<NodeState[]> {
    return on.query<NodeState>(this.sql.graph, [stack.id])
  }

  /** For `Engine.leave`. @throws OperationRefused if anything is stored of one of these stacks. */
  async leave(stacks: readonly StackRef[], tx: Transaction): Promise<void> {
    const [left] = await tx.query<{ operation: PlanOperation }>(this.sql.running, [stacks.map(({ id }) => id)])
    if (left !== undefined) throw new OperationRefused(left.operation.stack.name, left.operation.action)
  }

  private async lock(stack: string, tx: Transaction): Promise<void> {
    await tx.query(this.sql.lockOperations, [stack])
    await tx.query(this.sql.lockSteps, [stack])
  }
}

const reasons: readonly (readonly [NonNullable<StoredStep['abort']>, GivenUp])[] = [
  ['timeout', 'timeout'],
  ['deadly', { reason: deadlyReason }],
  ['cancelled', 'cancelled'],
]
