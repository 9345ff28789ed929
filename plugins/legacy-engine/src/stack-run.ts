import {
  type Clock,
  type Database,
  type Lifecycle,
  lockStack,
  type Logger,
  type OperationEnd,
  type Outcome,
  type PlanOperation,
  type Plans,
  type Prepared,
  type ResourceChange,
  settle,
  type StepResult,
  type Task,
  type Transaction,
} from '@hearth/core/plugin'
import { Graph, type GraphNode } from './graph.js'
import { type Running, RunningSteps } from './running-steps.js'
import { clearCancel, freeLock, goOn, type Lock, peekLock, readLock, type Request } from './sql/lock.js'

export interface RunParts {
  readonly db: Database
  readonly lifecycle: Lifecycle
  readonly plans: Plans
  readonly outcome: Outcome
  readonly clock: Clock
  readonly log: Logger
  readonly worker: () => string
  /** Asks to be told of requests and signals. */
  readonly look: () => void
  /** Writes a change if this process still owns the stack; rejects with `LockLost` if it does not. */
  readonly write: (stack: string, change: ResourceChange) => Promise<void>
}

export class LockLost extends Error {}

/**
 * Drives one stack, in memory, while this process owns its lock: the plan of its operation, then that of a rollback or
 * of a delete that came on top, until nothing is left and nothing runs.
 * All decisions are taken on one chain of promises (`inTurn`), so that a result and a request never interleave.
 */
export class StackRun {
  /** `freed`: the stack is settled and its lock gone. `broken`: the row is still there, and nobody works on it. */
  readonly ended: Promise<'freed' | 'broken'>
  private readonly running: RunningSteps
  private operation: PlanOperation
  private graph: Graph | undefined
  /** The current operation has been settled; only steps under way are awaited. */
  private settled = false
  private lost = false
  private cancelDeadline: (() => void) | undefined
  private chain: Promise<void> = Promise.resolve()
  private end!: (how: 'freed' | 'broken') => void
  private generation = 0
  private turns = 0
  private readonly answered = new Set<string>()
  /** Changes of steps that are on their way to their rows. */
  private readonly writes = new Set<Promise<void>>()

  constructor(
    lock: Lock,
    private readonly parts: RunParts,
  ) {
    this.operation = lock.operation
    this.running = new RunningSteps(parts.clock)
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
    this.inTurn(async () => {
      await this.begin(await this.parts.plans.build(this.operation))
      if (request !== null) await this.answer(request)
    })
  }

  /** Somebody asked for a cancel, or a delete came on top. */
  request(request: Request): void {
    this.inTurn(() => this.answer(request))
  }

  /** The lock is no longer ours, or the daemon stops: nothing is written any more. */
  drop(): void {
    this.lost = true
    this.cancelDeadline?.()
    this.running.drop()
    this.end('broken')
  }

  private inTurn(work: () => Promise<void>): void {
    this.turns += 1
    this.chain = this.chain
      .then(async () => {
        if (!this.lost) await work()
        this.turns -= 1
        // Results that were written together are all counted before their dependents start, as one batch.
        if (this.turns === 0) await new Promise(resolve => setImmediate(resolve))
        if (this.turns === 0 && !this.lost) await this.advance()
      })
      .catch(error => {
        if (!(error instanceof LockLost)) {
          this.parts.log.error(
            { err: error, stack: this.stack },
            'legacy: the run of a stack broke off; it is ended as after a crash',
          )
        }
        this.drop()
      })
  }

  private async begin(plan: Parameters<typeof graphOf>[0]): Promise<void> {
    this.generation += 1
    this.settled = false
    this.graph = graphOf(plan, this.generation)
    this.cancelDeadline?.()
    this.cancelDeadline = this.parts.clock.after(this.operation.timeoutSeconds * 1000, () =>
      this.inTurn(() => this.overdue()),
    )
  }

  /** The time is over: for the operation, or for steps that outlived it. */
  private async overdue(): Promise<void> {
    this.running.abort('timeout')
    if (!this.settled) return this.settle({ kind: 'timeout' })
    await this.parts.db.transaction(async tx => {
      await tx.query(lockStack, [this.stack])
      await this.stop(this.running.parked(), 'timeout', tx)
    })
  }

  /** Starts what may run; settles when nothing is left; frees the stack when nothing runs either. */
  private async advance(): Promise<void> {
    if (this.settled || this.graph === undefined) return this.freeWhenIdle()
    const busy = this.running.busy()
    const nodes = this.graph.take(node => busy.has(node.resource))
    if (nodes.length > 0) await this.launch(nodes)
    else if (this.graph.done) {
      await this.settle({ kind: 'complete' })
      await this.freeWhenIdle()
    }
  }

  private async launch(nodes: readonly GraphNode[]): Promise<void> {
    const { operation } = this
    const steps = nodes.map(node => this.running.add(node, operation))
    const prepared = await this.parts.lifecycle.prepare(nodes.map(node => taskOf(node, operation)))
    steps.forEach((running, index) => void this.runStep(running, prepared[index] as Prepared))
  }

  private async runStep(running: Running, prepared: Prepared): Promise<void> {
    const write = async (change: ResourceChange): Promise<void> => {
      if (this.lost) throw new LockLost()
      const written = this.parts.write(this.stack, change)
      this.writes.add(written)
      await written.finally(() => this.writes.delete(written))
    }
    try {
      if (prepared.begin !== undefined) {
        if (!running.begun && this.isStale(running)) return this.forget(running)
        running.begun = true
        await write(prepared.begin)
      }
      const result = await prepared.run(running.abort.signal, write)
      if (this.lost) return
      // A step of an ended operation that had not begun leaves no trace.
      if (this.isStale(running) && !running.begun) return this.forget(running)
      if (result.end.kind === 'replaced') return this.replace(running, result)
      // One that waits at a hook is none of those that are awaited.
      running.begun = !isIdle(result)
      if (result.change !== undefined) await write(result.change)
      this.inTurn(() => this.stepEnded(running, result))
    } catch (error) {
      this.inTurn(async () => {
        throw error
      })
    }
  }

  private isStale(running: Running): boolean {
    return running.operation !== this.operation || this.settled
  }

  private forget(running: Running): void {
    this.inTurn(async () => this.running.remove(running))
  }

  /** In turn, since a plan that is being built must see the new row: an ended operation replaces nothing any more. */
  private replace(running: Running, result: StepResult): void {
    this.inTurn(async () => {
      if (this.isStale(running)) return this.running.remove(running)
      if (result.change !== undefined) await this.parts.write(this.stack, result.change)
      await this.stepEnded(running, result)
    })
  }

  private async stepEnded(running: Running, { end }: StepResult): Promise<void> {
    const { node } = running
    if (end.kind === 'again' || end.kind === 'parked') {
      // It was told to stop when its answer was already on the way.
      const { aborted, reason } = running.abort.signal
      if (aborted || (this.isStale(running) && isIdle({ end })))
        return this.giveUp(running, reason === 'timeout' ? 'timeout' : 'cancelled')
      const ms = end.kind === 'again' ? end.afterMs : Math.max(0, end.deadline.getTime() - this.parts.clock.now())
      if (end.kind === 'parked' && this.isStale(running) && running.told !== true) return this.tell(running)
      this.running.park(running, ms, () => this.inTurn(() => this.resume(running)))
      if (end.kind === 'parked') {
        // A signal may have come since the step was called.
        running.signals = end.signals
        if (end.idle === true) running.idle = true
        this.parts.look()
      }
      return
    }
    this.running.remove(running)
    if (!this.isStale(running) && this.graph !== undefined) {
      if (end.kind === 'failed') await this.settle({ kind: 'failed', reason: end.reason })
      else if (end.kind === 'replaced') {
        node.resource = end.resource
        this.graph.again(node)
      } else this.graph.finish(node)
    }
  }

  private async giveUp(running: Running, why: 'timeout' | 'cancelled'): Promise<void> {
    await this.parts.db.transaction(async tx => {
      await this.own(tx)
      await this.stop([running], why, tx)
    })
  }

  /** A step that waits learns that its operation is over: what it waits for may be for it to stop. */
  private async tell(running: Running): Promise<void> {
    running.told = true
    running.cancelTimer?.()
    await this.resume(running)
  }

  /** A parked step goes on, at the cursor in its row. */
  private async resume(running: Running): Promise<void> {
    if (!this.running.has(running)) return
    this.running.unpark(running)
    const [prepared] = await this.parts.lifecycle.prepare([taskOf(running.node, running.operation)])
    if (prepared !== undefined) void this.runStep(running, prepared)
  }

  /** Resources whose steps are parked until a signal comes. */
  awaiting(): string[] {
    return this.running.parked().flatMap(({ node, signals }) => (signals === undefined ? [] : node.resource))
  }

  /** So many signals a resource has had by now. One more than its parked step knows of wakes that step. */
  signalled(resource: string, signals: number): void {
    this.inTurn(async () => {
      for (const running of this.running.parked()) {
        const { node, signals: seen } = running
        if (node.resource === resource && seen !== undefined && signals > seen) await this.resume(running)
      }
    })
  }

  private async answer(request: Request): Promise<void> {
    if (request.kind === 'cancel') {
      // A request is read from its row until the row is cleared: more than once, perhaps.
      if (this.answered.has(request.id)) return
      this.answered.add(request.id)
      if (!this.settled) await this.settle({ kind: 'cancelled', rollback: request.rollback })
      else await this.clearRequest()
      return
    }
    if (request.operation.id === this.operation.id) return
    this.running.abort('cancelled')
    const following = await this.parts.db.transaction(async tx => {
      // Another delete may have come since this one was read: the newest is the one that is followed.
      const { request: latest } = await this.own(tx)
      const newest = latest?.kind === 'follow' ? latest.operation : request.operation
      await this.stop(this.running.parked(), 'cancelled', tx)
      await tx.query(goOn, [this.stack, JSON.stringify(newest), null])
      return newest
    })
    this.operation = following
    await this.begin(await this.parts.plans.build(this.operation))
  }

  /** Ends the operation in rows: its outcome, and the operation that follows in the same lock. */
  private async settle(end: OperationEnd): Promise<void> {
    const { operation } = this
    // From now on no step writes for this operation; what is on its way must stand in the rows that a rollback reads.
    this.settled = true
    await Promise.allSettled(this.writes)
    const next = await this.parts.db.transaction(async tx => {
      const lock = await this.own(tx)
      if (end.kind === 'timeout') await this.stop(this.running.parked(), 'timeout', tx)
      const following = await settle(operation, end, this.parts, tx)
      const keep = lock.request?.kind === 'follow' ? lock.request : null
      await tx.query(goOn, [
        this.stack,
        JSON.stringify(following?.operation ?? operation),
        keep === null ? null : JSON.stringify(keep),
      ])
      return following
    })
    this.running.dropIdle()
    const over = this.running.parked().filter(({ signals }) => signals !== undefined)
    if (next !== undefined) {
      this.operation = next.operation
      await this.begin(next.plan)
    }
    for (const running of over) await this.tell(running)
  }

  /** The fence of whatever this run ends in rows: locks the stack, and its lock row if that is still ours. */
  private async own(tx: Transaction): Promise<Lock> {
    await tx.query(lockStack, [this.stack])
    const [lock] = await tx.query<Lock>(readLock, [this.stack])
    if (lock === undefined || lock.owner !== this.parts.worker()) throw new LockLost()
    return lock
  }

  /** Steps that have nothing under way that could be aborted: they end here, in rows. */
  private async stop(steps: readonly Running[], why: 'timeout' | 'cancelled', tx: Transaction): Promise<void> {
    if (steps.length === 0) return
    await this.parts.lifecycle.giveUp(
      steps.map(({ node }) => node.resource),
      why,
      tx,
    )
    // Not before the commit: a transaction that met another one runs again.
    tx.afterCommit(() => {
      for (const running of steps) this.running.remove(running)
    })
  }

  private async clearRequest(): Promise<void> {
    await this.parts.db.query(clearCancel, [this.stack, this.parts.worker()])
  }

  private async freeWhenIdle(): Promise<void> {
    if (!this.settled || this.running.size > 0) return
    const freed = await this.parts.db.query(freeLock, [this.stack, this.parts.worker()])
    if (freed.length > 0) {
      this.lost = true
      this.cancelDeadline?.()
      return this.end('freed')
    }
    // A request came at the last moment: it is answered now.
    const [lock] = await this.parts.db.query<Lock>(peekLock, [this.stack])
    if (lock === undefined || lock.owner !== this.parts.worker()) throw new LockLost()
    if (lock.request !== null) this.request(lock.request)
  }
}

const isIdle = ({ end }: Pick<StepResult, 'end'>): boolean => end.kind === 'parked' && end.idle === true

const graphOf = (plan: ConstructorParameters<typeof Graph>[0], generation: number): Graph =>
  new Graph(plan, `${generation}`)

const taskOf = (node: GraphNode, operation: PlanOperation): Task => ({
  key: node.key,
  resource: node.resource,
  step: node.step,
  operation,
})
