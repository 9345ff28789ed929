import {
  countSignals,
  type Engine,
  EngineHost,
  type Figure,
  type NodeState,
  notify,
  type Operation,
  OperationRefused,
  type PlanOperation,
  type Queryable,
  type ResourceRef,
  type StackRef,
  type Transaction,
} from '@hearth/core/plugin'
import { inject, injectable } from 'inversify'
import { beginTraversal } from './begin.js'
import { endTraversal, type FinishParts } from './finish.js'
import { figures } from './figures.js'
import { channel } from './place.js'
import { lockTraversal } from './sql/supersede.js'
import { graph, lockNodesOf, underWayOf, wakeParked } from './sql/tend.js'
import { supersede } from './supersede.js'
import { Worker } from './worker.js'

/** Durable, per resource, any number of workers; the newest operation wins. All state is in rows. */
@injectable()
export class ConvergenceEngine implements Engine {
  readonly name = 'convergence'
  readonly overlapping = true
  readonly afterCrash = 'resumes'
  private readonly worker: Worker
  private readonly parts: FinishParts

  constructor(@inject(EngineHost) host: EngineHost) {
    this.worker = new Worker(host)
    this.parts = { ...host, openings: this.worker.openings }
  }

  start(): Promise<void> {
    return this.worker.start()
  }

  stop(): Promise<void> {
    return this.worker.stop()
  }

  async accept(operation: Operation, tx: Transaction): Promise<void> {
    if (operation.kind === 'cancel') {
      const [running] = await tx.query<{ operation: PlanOperation }>(lockTraversal, [operation.stack.id])
      if (running === undefined) return
      await endTraversal(running.operation, { kind: 'cancelled', rollback: operation.rollback }, this.parts, tx)
    } else {
      // A new stack has nothing to supersede.
      const moving =
        operation.action !== 'CREATE' &&
        (await supersede(operation.stack.id, operation.underway, 'cancelled', this.parts.lifecycle, tx)).moving
      const traversal = await beginTraversal(operation, this.parts, tx, { moving })
      // A copy: plans that are at hand for an operation object must not stay as long as what is known of it.
      tx.afterCommit(() => this.worker.knows(traversal, { ...operation }))
    }
    tx.afterCommit(() => this.worker.look())
  }

  async wake(resources: readonly ResourceRef[], tx: Transaction): Promise<void> {
    const ids = resources.map(({ id }) => id)
    const stacks = [...new Set(resources.map(({ stack }) => stack))]
    await tx.query(lockNodesOf, [ids, stacks])
    await tx.query(countSignals, [ids])
    await tx.query(wakeParked, [ids, stacks])
    await tx.query(notify, [channel, ''])
    tx.afterCommit(() => this.worker.look())
  }

  async nodes(stack: StackRef, on: Queryable): Promise<NodeState[]> {
    const rows = await on.query<NodeState & { state: string }>(graph, [stack.id])
    return rows.map(row => ({ ...row, state: (row.state as string) === 'leased' ? 'running' : row.state }))
  }

  figures(on: Queryable): Promise<readonly Figure[]> {
    return figures(on, this.worker.done)
  }

  /** Rows carry everything this engine needs; an operation brings its own nodes. */
  async enter(): Promise<void> {}

  /** A stack may look settled while detached steps of its last operation are still under way. */
  async leave(stacks: readonly StackRef[], tx: Transaction): Promise<void> {
    const [left] = await tx.query<{ name: string; action: string }>(underWayOf, [stacks.map(({ id }) => id)])
    if (left !== undefined) throw new OperationRefused(left.name, left.action)
  }
}
