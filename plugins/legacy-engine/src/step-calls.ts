import {
  type Clock,
  isIdle,
  isPassing,
  type Lifecycle,
  type Logger,
  type PlanOperation,
  type Prepared,
  type ResourceChange,
  type StepEnd,
  type StepResult,
  type Task,
  type WaitingEnd,
} from '@hearth/core/plugin'
import type { GraphNode } from './graph.js'
import type { Running, RunningSteps } from './running-steps.js'

/** What a stack's run has to say to the calls of its steps, and they to it. */
export interface CallParts {
  readonly lifecycle: Lifecycle
  readonly clock: Clock
  readonly log: Logger
  readonly inTurn: (work: () => Promise<void>) => void
  /** Its operation has ended: the step is awaited, and propagates nothing. */
  readonly isOver: (running: Running) => boolean
  /** Rejects once the stack is no longer ours. */
  readonly write: (change: ResourceChange) => Promise<void>
  /** Nothing is under way any more, and nothing will be. */
  readonly giveUp: (running: Running, why: 'timeout' | 'cancelled') => Promise<void>
  /** In turn: a step has ended, and is none of those that are under way. */
  readonly ended: (running: Running, end: Exclude<StepEnd, WaitingEnd>) => Promise<void>
  /** Asks to be told of signals. */
  readonly look: () => void
}

/** After trouble of the database that passes a step is called again in so long, in milliseconds. */
const troubleMs = 1_000

/** Calls steps until each has ended: those that wait again at their time, when they are signalled, or when it is over. */
export class StepCalls {
  constructor(
    private readonly running: RunningSteps,
    private readonly parts: CallParts,
  ) {}

  async launch(nodes: readonly GraphNode[], operation: PlanOperation): Promise<void> {
    const steps = nodes.map(node => this.running.add(node, operation))
    await this.begin(steps)
  }

  /** A step that waits learns that its operation is over: what it waits for may be for it to stop. */
  async tell(running: Running): Promise<void> {
    running.told = true
    running.cancelTimer?.()
    await this.resume(running)
  }

  /** Resources whose steps are parked until a signal comes. */
  awaiting(): string[] {
    return this.running.parked().flatMap(({ node, signals }) => (signals === undefined ? [] : node.resource))
  }

  /** So many signals a resource has had by now. One more than its parked step knows of wakes that step. */
  async signalled(resource: string, signals: number): Promise<void> {
    for (const running of this.running.parked()) {
      const { node, signals: seen } = running
      if (node.resource === resource && seen !== undefined && signals > seen) await this.resume(running)
    }
  }

  /** At the cursors in their rows. */
  private async begin(steps: readonly Running[]): Promise<void> {
    try {
      const prepared = await this.parts.lifecycle.prepare(steps.map(taskOf))
      steps.forEach((running, index) => void this.call(running, prepared[index] as Prepared))
    } catch (error) {
      for (const running of steps) await this.troubled(running, error)
    }
  }

  private async call(running: Running, prepared: Prepared): Promise<void> {
    const { inTurn, isOver, write } = this.parts
    const forget = (): void => inTurn(async () => this.running.remove(running))
    try {
      if (prepared.begin !== undefined) {
        if (!running.begun && isOver(running)) return forget()
        running.begun = true
        await write(prepared.begin)
      }
      const result = await prepared.run(running.abort.signal, write)
      // A step of an ended operation that had not begun leaves no trace.
      if (isOver(running) && !running.begun) return forget()
      if (result.end.kind === 'replaced') return inTurn(() => this.replace(running, result))
      // One that waits at a hook is none of those that are awaited.
      running.begun = !isIdle(result.end)
      if (result.change !== undefined) await write(result.change)
      inTurn(() => this.end(running, result.end))
    } catch (error) {
      inTurn(() => this.troubled(running, error))
    }
  }

  /**
   * In turn. What the database says while it is away or has no room is no failure of the step: it is called again, until its
   * time is over or the stack is no longer ours. @throws any other error
   */
  private async troubled(running: Running, error: unknown): Promise<void> {
    if (!isPassing(error)) throw error
    const { operation, node } = running
    this.parts.log.warn(
      { err: error, stack: operation.stack.id, resource: node.resource },
      'legacy: the database did not do what a step asked for; the step is called again',
    )
    await this.wait(running, { kind: 'again', afterMs: troubleMs })
  }

  /** In turn, since a plan that is being built must see the new row: an ended operation replaces nothing any more. */
  private async replace(running: Running, { end, change }: StepResult): Promise<void> {
    if (this.parts.isOver(running)) return this.running.remove(running)
    if (change !== undefined) await this.parts.write(change)
    await this.end(running, end)
  }

  private async end(running: Running, end: StepEnd): Promise<void> {
    if (end.kind === 'again' || end.kind === 'parked') return this.wait(running, end)
    this.running.remove(running)
    await this.parts.ended(running, end)
  }

  private async wait(running: Running, end: WaitingEnd): Promise<void> {
    const { giveUp, inTurn, isOver, look } = this.parts
    // It was told to stop when its answer was already on the way.
    const { aborted, reason } = running.abort.signal
    if (aborted || (isOver(running) && isIdle(end)))
      return giveUp(running, reason === 'timeout' ? 'timeout' : 'cancelled')
    if (end.kind === 'parked' && isOver(running) && running.told !== true) return this.tell(running)
    this.running.park(running, end.afterMs, () => inTurn(() => this.resume(running)))
    if (end.kind === 'again') return
    // A signal may have come since the step was called.
    running.signals = end.signals
    if (end.idle === true) running.idle = true
    look()
  }

  /** A parked step goes on, at the cursor in its row. */
  private async resume(running: Running): Promise<void> {
    if (!this.running.has(running)) return
    this.running.unpark(running)
    await this.begin([running])
  }
}

const taskOf = ({ node: { key, resource, step }, operation }: Running): Task => ({
  key,
  resource,
  step,
  operation,
})
