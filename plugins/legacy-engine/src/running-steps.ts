import type { Clock, PlanOperation } from '@hearth/core/plugin'
import type { GraphNode } from './graph.js'

/** A step under way. It may belong to an operation that has ended: then it is awaited, and propagates nothing. */
export interface Running {
  readonly node: GraphNode
  readonly operation: PlanOperation
  readonly abort: AbortController
  /** True once its resource is IN_PROGRESS, or its result is being written. */
  begun: boolean
  /** Set while it is parked: until its time comes, or it is woken. */
  cancelTimer?: () => void
  /** Of one that is parked until a signal: how many its resource had had when the step was called. */
  signals?: number
  /** Of one that is parked: it waits at a hook, and ends with its operation. */
  idle?: true
  /** It has been called since its operation ended. */
  told?: boolean
}

/** The steps of one stack that are under way, running or parked, at most one a resource. */
export class RunningSteps {
  private readonly steps = new Map<string, Running>()

  constructor(private readonly clock: Clock) {}

  get size(): number {
    return this.steps.size
  }

  /** Resources that somebody is at work on. */
  busy(): Set<string> {
    return new Set([...this.steps.values()].map(({ node }) => node.resource))
  }

  add(node: GraphNode, operation: PlanOperation): Running {
    const running = { node, operation, abort: new AbortController(), begun: false }
    this.steps.set(node.key, running)
    return running
  }

  has({ node }: Running): boolean {
    return this.steps.has(node.key)
  }

  remove({ node, cancelTimer }: Running): void {
    cancelTimer?.()
    this.steps.delete(node.key)
  }

  park(running: Running, ms: number, resume: () => void): void {
    running.cancelTimer = this.clock.after(ms, resume)
  }

  /** It is parked no more. */
  unpark(running: Running): void {
    running.cancelTimer?.()
    delete running.cancelTimer
    delete running.signals
    delete running.idle
  }

  /** @param operation of which alone; absent: of all. */
  parked(operation?: PlanOperation): Running[] {
    return this.of(operation).filter(({ cancelTimer }) => cancelTimer !== undefined)
  }

  dropIdle(): void {
    for (const running of this.parked()) if (running.idle === true) this.remove(running)
  }

  /** @param operation of which alone; absent: of all. */
  abort(why: 'timeout' | 'cancelled', operation?: PlanOperation): void {
    for (const { abort } of this.of(operation)) abort.abort(why)
  }

  /** The stack is no longer ours. */
  drop(): void {
    for (const running of [...this.steps.values()]) {
      this.remove(running)
      running.abort.abort('lost')
    }
  }

  private of(operation: PlanOperation | undefined): Running[] {
    const all = [...this.steps.values()]
    return operation === undefined ? all : all.filter(one => one.operation === operation)
  }
}
