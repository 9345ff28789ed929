import type { OperationEnd, Plan, PlanOperation, ResourceChange, StepEnd, WaitingEnd } from '@hearth/core/plugin'
import { Graph } from './graph.js'
import { HeldStack, LockLost } from './held-stack.js'
import type { RunParts } from './run-parts.js'
import { type Running, RunningSteps } from './running-steps.js'
import type { Lock, Request } from './sql/lock.js'
import { StepCalls } from './step-calls.js'
import { Turns } from './turns.js'

/**
 * Drives one stack, in memory, while this process owns its lock: the plan of its operation, then that of a rollback or
 * of a delete that came on top, until nothing is left and nothing runs. All decisions are taken in turn.
 */
export class StackRun {
  /** `freed`: the stack is settled and its lock gone. `broken`: the row is still there, and nobody works on it. */
  readonly ended: Promise<'freed' | 'broken'>
  private readonly held: HeldStack
  private readonly turns: Turns
  private readonly running: RunningSteps
  private readonly calls: StepCalls
  private operation: PlanOperation
  /** How much of its time had gone when the stack was taken. */
  private readonly takenAtAgeMs: number
  private graph: Graph | undefined
  /** The current operation has been settled; only steps under way are awaited. */
  private settled = false
  private lost = false
  /** One for each operation: steps that outlive theirs keep its time. */
  private readonly cancelDeadlines: (() => void)[] = []
  private end!: (how: 'freed' | 'broken') => void
  private generation = 0
  private readonly answered = new Set<string>()
  /** Changes of steps that are on their way to their rows. */
  private readonly writes = new Set<Promise<void>>()

  constructor(
    lock: Lock,
    private readonly parts: RunParts,
  ) {
    this.takenAtAgeMs = lock.ageMs
    this.operation = lock.operation
    this.held = new HeldStack(this.stack, parts)
    this.turns = new Turns(
      () => this.advance(),
      error => this.breakOff(error),
    )
    this.running = new RunningSteps(parts.clock)
    this.calls = new StepCalls(this.running, {
      ...parts,
      inTurn: work => this.turns.take(work),
      isOver: running => this.isOver(running),
      write: change => this.write(change),
      giveUp: (running, why) => this.held.giveUp([running.node.resource], why, () => this.running.remove(running)),
      ended: (running, end) => this.stepEnded(running, end),
    })
    this.ended = new Promise(resolve => {
      this.end = resolve
    })
  }

  get stack(): string {
    return this.operation.stack.id
  }

  get nested(): boolean {
    return this.operation.stack.rootId !== this.operation.stack.id
  }

  start(request: Request | null): void {
    this.turns.take(async () => {
      this.begin(await this.parts.plans.build(this.operation), this.takenAtAgeMs)
      if (request !== null) await this.answer(request, this.takenAtAgeMs)
    })
  }

  /** Somebody asked for a cancel, or a delete came on top. */
  request(request: Request): void {
    this.turns.take(() => this.answer(request))
  }

  /** Resources that wait for a signal. */
  awaiting(): string[] {
    return this.calls.awaiting()
  }

  /** So many signals a resource has had by now. */
  signalled(resource: string, signals: number): void {
    this.turns.take(() => this.calls.signalled(resource, signals))
  }

  /** The lock is no longer ours, or the daemon stops: nothing is written any more. */
  drop(): void {
    this.close('broken')
    this.running.drop()
  }

  private close(how: 'freed' | 'broken'): void {
    this.lost = true
    this.turns.close()
    for (const cancel of this.cancelDeadlines) cancel()
    this.end(how)
  }

  private breakOff(error: unknown): void {
    if (!(error instanceof LockLost)) {
      const what = 'legacy: the run of a stack broke off; it is ended as after a crash'
      this.parts.log.error({ err: error, stack: this.stack }, what)
    }
    this.drop()
  }

  private async write(change: ResourceChange): Promise<void> {
    if (this.lost) throw new LockLost()
    const written = this.parts.write(this.stack, change)
    this.writes.add(written)
    await written.finally(() => this.writes.delete(written))
  }

  /** @param ageMs how much of the operation's time has gone. */
  private begin(plan: Plan, ageMs = 0): void {
    this.generation += 1
    this.settled = false
    this.graph = new Graph(plan, `${this.generation}`)
    const { operation } = this
    this.cancelDeadlines.push(
      this.parts.clock.after(Math.max(0, operation.timeoutSeconds * 1000 - ageMs), () =>
        this.turns.take(() => this.overdue(operation)),
      ),
    )
  }

  /** The time is over: for the operation, or for steps that outlived it. */
  private async overdue(operation: PlanOperation): Promise<void> {
    this.running.abort('timeout', operation)
    if (operation === this.operation && !this.settled) return this.settle({ kind: 'timeout' })
    const parked = this.running.parked(operation)
    if (parked.length > 0) await this.held.giveUp(resourcesOf(parked), 'timeout', () => this.remove(parked))
  }

  /** Starts what may run; settles when nothing is left; frees the stack when nothing runs either. */
  private async advance(): Promise<void> {
    if (this.settled || this.graph === undefined) return this.freeWhenIdle()
    const busy = this.running.busy()
    const nodes = this.graph.take(node => busy.has(node.resource))
    if (nodes.length > 0) await this.calls.launch(nodes, this.operation)
    else if (this.graph.done) {
      await this.settle({ kind: 'complete' })
      await this.freeWhenIdle()
    }
  }

  private isOver(running: Running): boolean {
    return running.operation !== this.operation || this.settled
  }

  private async stepEnded(running: Running, end: Exclude<StepEnd, WaitingEnd>): Promise<void> {
    if (this.isOver(running) || this.graph === undefined) return
    const { node } = running
    if (end.kind === 'failed') await this.settle({ kind: 'failed', reason: end.reason })
    else if (end.kind === 'replaced') {
      node.resource = end.resource
      this.graph.again(node)
    } else this.graph.finish(node)
  }

  private async answer(request: Request, ageMs = 0): Promise<void> {
    if (request.kind === 'cancel') {
      // A request is read from its row until the row is cleared: more than once, perhaps.
      if (this.answered.has(request.id)) return
      this.answered.add(request.id)
      if (this.settled) await this.held.clearCancel()
      else await this.settle({ kind: 'cancelled', rollback: request.rollback })
      return
    }
    if (request.operation.id === this.operation.id) return
    this.running.abort('cancelled')
    const parked = this.running.parked()
    this.operation = await this.held.follow(request.operation, resourcesOf(parked), () => this.remove(parked))
    this.begin(await this.parts.plans.build(this.operation), ageMs)
  }

  /** Ends the operation in rows, and goes on with the one that follows. */
  private async settle(end: OperationEnd): Promise<void> {
    // From now on no step writes for this operation; what is on its way must stand in the rows that a rollback reads.
    this.settled = true
    await Promise.allSettled(this.writes)
    const parked = this.running.parked(this.operation)
    const next = await this.held.settle(this.operation, end, resourcesOf(parked), () => this.remove(parked))
    this.running.dropIdle()
    const waiting = this.running.parked().filter(({ signals }) => signals !== undefined)
    if (next !== undefined) {
      this.operation = next.operation
      this.begin(next.plan)
    }
    for (const running of waiting) await this.calls.tell(running)
  }

  private remove(steps: readonly Running[]): void {
    for (const running of steps) this.running.remove(running)
  }

  private async freeWhenIdle(): Promise<void> {
    if (!this.settled || this.running.size > 0) return
    const request = await this.held.free()
    if (request === undefined) this.close('freed')
    // It came at the last moment: it is answered now.
    else if (request !== null) this.request(request)
  }
}

const resourcesOf = (steps: readonly Running[]): string[] => steps.map(({ node }) => node.resource)
