import type {
  Clock,
  Lifecycle,
  OpenPlan,
  PlanNode,
  PlanOperation,
  Prepared,
  ResourceChange,
  StepResult,
} from '@hearth/core/plugin'
import { Batch, type Sequel, type Write } from './batch.js'
import { Front, type FrontNode } from './front.js'
import { inTime } from './patience.js'
import { turnMs } from './sql/turn.js'
import type { Queued } from './turns.js'

/** Nodes that are worked out, and written, before others in this process get a turn. */
const roundNodes = 100
/** A batch ends after so long, in milliseconds: what is worked out and not written is lost if the process dies. */
const batchMs = 200

export interface OpeningParts {
  readonly lifecycle: Lifecycle
  readonly clock: Clock
}

/** Is there anything in it that can be carried out at once? */
export const hasOpening = (plan: OpenPlan): boolean =>
  plan.nodes.some(node => node.requires.length === 0 && isOpen(node, plan))

/** Its step touches nothing but rows, and no other step is at work on its resource. */
const isOpen = ({ effectless, resource }: PlanNode, { rows }: OpenPlan): boolean => effectless && rows.isFree(resource)

/**
 * The opening of one traversal: the part of its plan that touches nothing but rows, and requires nothing else. It is carried
 * out from memory, without reading a row; whoever writes its batches, in their order, makes it last.
 */
export class Opening implements Queued {
  /** Others have it, or have ended its traversal: nothing of it is worked out or written any more. */
  isOver = false
  /** The write of the batch before. */
  written: Promise<void> = Promise.resolve()
  turn: number
  private readonly front: Front

  /** @param id the traversal's. @param holder the worker that holds it, by the rows. */
  constructor(
    readonly id: string,
    readonly holder: string,
    readonly operation: PlanOperation,
    readonly plan: OpenPlan,
    private readonly parts: OpeningParts,
  ) {
    this.turn = parts.clock.now()
    this.front = new Front(plan.nodes, node => isOpen(node, plan))
  }

  get project(): string {
    return this.operation.stack.project
  }

  get size(): number {
    return this.plan.nodes.length
  }

  /**
   * Steps that are run together, and written in one transaction: up to `most`, round after round, those that became
   * ready by others, too.
   */
  next(most: number): Batch {
    return new Batch(this.front.left <= most, add => inTime(this.work(most, add), this.parts.clock))
  }

  private async work(most: number, add: (write: Write) => void): Promise<Sequel> {
    const until = this.parts.clock.now() + batchMs
    let failed: string | undefined
    let count = 0
    let since = 0
    let changes: ResourceChange[] = []
    const addThem = (): void => {
      add(this.parts.lifecycle.packTaken(changes, this.plan.rows))
      changes = []
    }
    while (!this.front.isEmpty && count < most && failed === undefined && !this.isOver) {
      if (since >= roundNodes) {
        addThem()
        if (this.parts.clock.now() >= until) break
        await new Promise(resolve => setImmediate(resolve))
        since = 0
      }
      const nodes = this.front.take(Math.min(roundNodes, most - count))
      count += nodes.length
      since += nodes.length
      failed = this.note(await this.run(nodes), changes)
    }
    addThem()
    this.turn += count * turnMs
    if (failed !== undefined) return { kind: 'failure', reason: failed }
    return this.front.isEmpty ? { kind: 'rest', nodes: this.front.rest() } : { kind: 'batch' }
  }

  /** @returns those that have ended. The others need a lease. */
  private async run(nodes: readonly FrontNode[]): Promise<Ended[]> {
    const { operation, plan, parts } = this
    const tasks = nodes.map(({ index, resource }) => ({
      key: `${operation.id}:${index}`,
      resource,
      step: (plan.nodes[index] as PlanNode).step,
      operation,
    }))
    const prepared = await parts.lifecycle.prepare(tasks, undefined, plan.rows)
    const { signal } = new AbortController()
    const called = nodes.flatMap((node, place) => (prepared[place]?.effectless === true ? { node, place } : []))
    const results = await Promise.allSettled(
      called.map(({ place }) => (prepared[place] as Prepared).run(signal, keepNothing)),
    )
    return called.flatMap(({ node }, place) => {
      const settled = results[place]
      return settled?.status === 'fulfilled' ? { index: node.index, result: settled.value } : []
    })
  }

  /** @returns why the traversal has failed, if it has. */
  private note(ended: readonly Ended[], changes: ResourceChange[]): string | undefined {
    let failed: string | undefined
    for (const { index, result } of ended) {
      const { end, change } = result
      // What waits, at a hook for instance, is called again with a lease: it has left no trace.
      if (end.kind === 'again' || end.kind === 'parked') continue
      if (change !== undefined) {
        this.plan.rows.take(change, { isAskedFor: this.front.isAskedFor(index) })
        changes.push(change)
      }
      if (end.kind === 'failed') failed ??= end.reason
      else if (end.kind === 'replaced') this.front.move(index, end.resource)
      else this.front.finish(index)
    }
    return failed
  }
}

interface Ended {
  readonly index: number
  readonly result: StepResult
}

/** A step that wants something kept before it ends has to have a lease. */
const keepNothing = (): Promise<void> => Promise.reject(new Error('nothing is kept before the step has ended'))
