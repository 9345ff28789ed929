import {
  type Engine,
  EngineHost,
  type NodeState,
  notify,
  type Operation,
  type Queryable,
  type ResourceRef,
  type StackRef,
  StoredPlans,
  StoredSteps,
  type Transaction,
} from '@hearth/core/plugin'
import { inject, injectable } from 'inversify'
import { advance, channel, type Parts, tend } from './advance.js'
import { Jobs } from './jobs.js'
import { Worker } from './worker.js'

/** Each step of a plan is a job of pg-boss; any daemon takes it. The newest operation of a stack waits for steps under way. */
@injectable()
export class QueueEngine implements Engine {
  readonly name = 'queue'
  readonly overlapping = true
  readonly afterCrash = 'resumes'
  private readonly parts: Parts
  private readonly worker: Worker

  constructor(@inject(EngineHost) host: EngineHost) {
    const { name } = this
    this.parts = { ...host, stored: new StoredPlans(name), held: new StoredSteps(name), jobs: new Jobs(host.db) }
    this.worker = new Worker(this.parts)
  }

  start(): Promise<void> {
    return this.worker.start()
  }

  stop(): Promise<void> {
    return this.worker.stop()
  }

  async accept(operation: Operation, tx: Transaction): Promise<void> {
    const { stored } = this.parts
    const { kind, stack } = operation
    if (kind === 'cancel') await stored.end(stack.id, { kind: 'cancelled', rollback: operation.rollback }, tx)
    else await stored.add(operation, tx)
    await advance(stack.id, this.parts, tx, kind === 'cancel' ? undefined : operation)
    // Running steps may have to hear that they are to stop.
    await tx.query(notify, [channel, tend])
    tx.afterCommit(() => this.worker.look(true))
  }

  async wake(resources: readonly ResourceRef[], tx: Transaction): Promise<void> {
    const steps = await this.parts.stored.wake(resources, tx)
    await this.parts.jobs.putAgain(steps, tx)
    await tx.query(notify, [channel, ''])
  }

  nodes(stack: StackRef, on: Queryable): Promise<NodeState[]> {
    return this.parts.stored.graph(stack, on)
  }

  /** A stack on which nothing runs has no row of this engine. */
  async enter(): Promise<void> {}

  leave(stacks: readonly StackRef[], tx: Transaction): Promise<void> {
    return this.parts.stored.leave(stacks, tx)
  }
}
