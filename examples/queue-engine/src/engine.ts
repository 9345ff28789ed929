import {
  countSignals,
  type Engine,
  EngineHost,
  type NodeState,
  type Operation,
  OperationRefused,
  type PlanOperation,
  type Queryable,
  type ResourceRef,
  type StackRef,
  type Transaction,
} from '@hearth/core/plugin'
import { inject, injectable } from 'inversify'
import { add, advance, channel, type Parts, tend } from './advance.js'
import { Jobs } from './jobs.js'
import * as sql from './sql.js'
import { Worker } from './worker.js'

/** Each step of a plan is a job of pg-boss; any daemon takes it. The newest operation of a stack waits for steps under way. */
@injectable()
export class QueueEngine implements Engine {
  readonly name = 'queue'
  readonly overlapping = true
  readonly afterCrash = 'resumes'
  private readonly worker: Worker
  private readonly parts: Parts

  constructor(@inject(EngineHost) host: EngineHost) {
    this.parts = { ...host, jobs: new Jobs(host.db) }
    this.worker = new Worker(this.parts)
  }

  start(): Promise<void> {
    return this.worker.start()
  }

  stop(): Promise<void> {
    return this.worker.stop()
  }

  async accept(operation: Operation, tx: Transaction): Promise<void> {
    const { stack } = operation
    if (operation.kind === 'cancel') {
      await tx.query(sql.endCurrent, [stack.id, JSON.stringify({ kind: 'cancelled', rollback: operation.rollback })])
      await advance(stack.id, this.parts, tx)
    } else {
      await tx.query(sql.supersede, [stack.id])
      if (operation.underway === 'abort') await tx.query(sql.abortSteps, [stack.id])
      await add(operation, tx)
      await advance(stack.id, this.parts, tx, operation)
    }
    // Running steps may have to hear that they are to stop.
    await tx.query(sql.notify, [channel, tend])
    tx.afterCommit(() => this.worker.look(true))
  }

  async wake(resources: readonly ResourceRef[], tx: Transaction): Promise<void> {
    // Locked first: a step that is about to park either sees the signal, or is seen here.
    const ids = resources.map(({ id }) => id)
    const steps = await tx.query<{ id: string; parked: boolean }>(sql.lockParked, [
      ids,
      [...new Set(resources.map(({ stack }) => stack))],
    ])
    await tx.query(countSignals, [ids])
    await this.parts.jobs.putAgain(
      steps.filter(({ parked }) => parked),
      tx,
    )
    await tx.query(sql.notify, [channel, ''])
  }

  nodes(stack: StackRef, on: Queryable): Promise<NodeState[]> {
    return on.query<NodeState>(sql.graph, [stack.id])
  }

  /** A stack on which nothing runs has no row of this engine. */
  async enter(): Promise<void> {}

  async leave(stacks: readonly StackRef[], tx: Transaction): Promise<void> {
    const ids = stacks.map(({ id }) => id)
    const [left] = await tx.query<{ operation: PlanOperation }>(sql.operationsOn, [ids])
    if (left !== undefined) throw new OperationRefused(left.operation.stack.name, left.operation.action)
  }
}
