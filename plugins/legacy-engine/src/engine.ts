import {
  coalesce,
  countSignals,
  type Engine,
  EngineHost,
  type Figure,
  isPassing,
  Lookout,
  type NodeState,
  notify,
  type Operation,
  OperationRefused,
  Pauses,
  type PlanOperation,
  type Queryable,
  type ResourceChange,
  type ResourceRef,
  type StackRef,
  type Transaction,
  visitOf,
  Watch,
} from '@hearth/core/plugin'
import { inject, injectable } from 'inversify'
import { figures } from './figures.js'
import { LockLost } from './held-stack.js'
import { pollSeconds, stacksAtOnce } from './options.js'
import { endAllUntaken, endOrphan, endUnlocked } from './recover.js'
import {
  insertLock,
  type Lock,
  locksOf,
  locksOfStacks,
  ownedLocks,
  readLock,
  type Request,
  requestOf,
  requests,
  signalsOf,
  takeLocks,
  unfinished,
} from './sql/lock.js'
import { StackRun } from './stack-run.js'

/** The channel on which workers hear of operations and requests. */
const channel = 'hearth_legacy'
/** Operations that run when the daemon stops get this long to end, in milliseconds; then they are ended as FAILED. */
const graceMs = 4_000
/** Changes written in one transaction at most. */
const mostWrites = 500
/** A lock that was there is gone, and there again: so often at most. */
const mostTries = 5
/** Every so many polls it is also looked for stacks that say IN_PROGRESS and that nobody holds. */
const pollsPerSearch = 10

/** One process drives a stack, in memory, under a lock. What the process does not survive, the stack does: as FAILED. */
@injectable()
export class LegacyEngine implements Engine {
  readonly name = 'legacy'
  readonly overlapping = false
  readonly afterCrash = 'fails'
  private readonly runs = new Map<string, StackRun>()
  private readonly write: (one: { stack: string; change: ResourceChange; lost: () => void }) => Promise<void>
  private polls = 0
  /** Since it was last looked for what nobody has taken in time. */
  private polled = false
  /** How often this process has let go of all it held. */
  private losses = 0
  private readonly done = { claims: 0, takeovers: 0 }
  /** Of runs that are broken and cannot be ended. */
  private readonly pauses: Pauses
  private readonly lookout: Lookout
  private readonly watch: Watch

  constructor(@inject(EngineHost) private readonly host: EngineHost) {
    const { log, workers } = host
    this.write = coalesce(batch => this.writeBatch(batch), { most: mostWrites })
    this.pauses = new Pauses(host.clock)
    this.lookout = new Lookout('legacy: looking for operations', log, () => this.lookAround())
    this.watch = new Watch(host, {
      channel,
      every: pollSeconds,
      heard: () => this.look(),
      poll: () => this.poll(),
    })
    workers.onDead(ids => this.recover(ids))
    workers.onLost(() => {
      this.losses += 1
      for (const run of this.runs.values()) run.drop()
    })
  }

  async start(): Promise<void> {
    this.lookout.start()
    await this.watch.start()
  }

  async stop(): Promise<void> {
    if (!this.watch.open) return
    await this.watch.stop()
    await this.lookout.stop()
    const ending = Promise.all([...this.runs.values()].map(run => run.ended))
    let cancelGrace = (): void => {}
    await Promise.race([ending, new Promise<void>(resolve => (cancelGrace = this.host.clock.after(graceMs, resolve)))])
    cancelGrace()
    for (const run of [...this.runs.values()]) {
      run.drop()
      await endOrphan(run.stack, this.host.workers.id, this.host)
    }
  }

  async accept(operation: Operation, tx: Transaction): Promise<void> {
    const { stack } = operation
    if (operation.kind === 'cancel') {
      await tx.query(requestOf, [
        stack.id,
        JSON.stringify({ kind: 'cancel', id: operation.id, rollback: operation.rollback } satisfies Request),
      ])
    } else {
      const holder = await this.take(operation, tx)
      if (holder === undefined) await this.host.plans.place(operation, tx, { moving: false })
      else if (operation.action !== 'DELETE') throw new OperationRefused(stack.name, holder.operation.action)
      else await tx.query(requestOf, [stack.id, JSON.stringify({ kind: 'follow', operation } satisfies Request)])
    }
    await tx.query(notify, [channel, ''])
    tx.afterCommit(() => this.look())
  }

  /** @returns who holds the stack instead. Its owner frees it without the stack's lock: between two statements here, too. */
  private async take(operation: PlanOperation, tx: Transaction): Promise<Lock | undefined> {
    const { id, rootId, name } = operation.stack
    for (let tries = 0; tries < mostTries; tries++) {
      if ((await tx.query(insertLock, [id, rootId, JSON.stringify(operation)])).length > 0) return undefined
      const [lock] = await tx.query<Lock>(readLock, [id])
      if (lock !== undefined) return lock
    }
    throw new OperationRefused(name, operation.action)
  }

  async wake(resources: readonly ResourceRef[], tx: Transaction): Promise<void> {
    await tx.query(countSignals, [resources.map(({ id }) => id)])
    await tx.query(notify, [channel, ''])
    tx.afterCommit(() => this.look())
  }

  /** The graph is in the memory of the owner; from rows one sees what is under way. */
  async nodes(stack: StackRef, on: Queryable): Promise<NodeState[]> {
    const rows = await on.query<{ id: string; action: string }>(unfinished, [stack.id])
    return rows.map(({ id, action }) => ({
      resource: id,
      step: visitOf(action) ?? (action === 'DELETE' ? 'cleanup' : 'converge'),
      state: 'running',
      waitsFor: [],
    }))
  }

  figures(on: Queryable): Promise<readonly Figure[]> {
    return figures(on, this.done)
  }

  /** A stack on which nothing runs has no row of this engine. */
  async enter(): Promise<void> {}

  /** A stack may look settled and still be locked: steps of a cancelled operation are awaited. */
  async leave(stacks: readonly StackRef[], tx: Transaction): Promise<void> {
    const [lock] = await tx.query<Lock>(locksOfStacks, [stacks.map(({ id }) => id)])
    if (lock !== undefined) throw new OperationRefused(lock.operation.stack.name, lock.operation.action)
  }

  private look(): void {
    void this.lookout.look()
  }

  private poll(): void {
    this.polled = true
    this.look()
    if (this.polls++ % pollsPerSearch === 0) {
      endUnlocked(this.host).catch(error =>
        this.host.log.error({ err: error }, 'legacy: looking for stacks that nobody holds failed'),
      )
    }
  }

  private async lookAround(): Promise<void> {
    if (!this.host.workers.alive) return
    const { id } = this.host.workers
    if (this.polled) {
      this.polled = false
      // Before others are taken: what follows on them, a rollback, is taken like any.
      await endAllUntaken(this.host, this.pauses)
    }
    const roots = [...this.runs.values()].filter(run => !run.nested).length
    const free = Math.max(0, this.host.options.get(stacksAtOnce) - roots)
    const { losses } = this
    const taken = await this.host.db.query<Lock>(takeLocks, [id, free])
    // Taken under an id that was given up meanwhile: whoever notices ends them.
    if (losses !== this.losses) return
    for (const lock of taken) this.drive(lock)
    if (this.runs.size === 0) return
    for (const { stack, request } of await this.host.db.query<Lock>(requests, [id])) {
      if (request !== null) this.runs.get(stack)?.request(request)
    }
    await this.lookForSignals()
  }

  /** Tells runs what their parked steps wait for; asked anew at each look, so that nothing has to be remembered. */
  private async lookForSignals(): Promise<void> {
    const awaiting = new Map([...this.runs.values()].flatMap(run => run.awaiting().map(resource => [resource, run])))
    if (awaiting.size === 0) return
    const rows = await this.host.db.query<{ id: string; signals: number }>(signalsOf, [[...awaiting.keys()]])
    for (const { id, signals } of rows) awaiting.get(id)?.signalled(id, signals)
  }

  private drive(lock: Lock): void {
    this.done.claims += 1
    const run = new StackRun(lock, {
      ...this.host,
      worker: () => this.host.workers.id,
      look: () => this.look(),
      write: async (stack, change) => {
        let lost = false
        await this.write({ stack, change, lost: () => (lost = true) })
        if (lost) throw new LockLost()
      },
    })
    this.runs.set(lock.stack, run)
    const owner = this.host.workers.id
    void run.ended.then(async how => {
      if (this.runs.get(lock.stack) === run) this.runs.delete(lock.stack)
      if (how === 'broken' && this.watch.open) await this.endBroken(lock.stack, owner)
      this.look()
    })
    run.start(lock.request)
  }

  private async endBroken(stack: string, owner: string): Promise<void> {
    try {
      await endOrphan(stack, owner, this.host)
      this.pauses.end(stack)
    } catch (error) {
      this.host.log.error({ err: error, stack }, 'legacy: a broken run could not be ended; it is tried again')
      const ms = isPassing(error) ? this.host.options.get(pollSeconds) * 1000 : this.pauses.begin(stack)
      this.host.clock.after(ms, () => void this.endBroken(stack, owner))
    }
  }

  private async writeBatch(
    batch: readonly { stack: string; change: ResourceChange; lost: () => void }[],
  ): Promise<void> {
    const owned = await this.host.db.transaction(async tx => {
      const rows = await tx.query<{ stack: string }>(ownedLocks, [
        this.host.workers.id,
        [...new Set(batch.map(({ stack }) => stack))],
      ])
      const stacks = new Set(rows.map(({ stack }) => stack))
      await this.host.lifecycle.write(
        batch.filter(({ stack }) => stacks.has(stack)).map(({ change }) => change),
        tx,
      )
      return stacks
    })
    for (const { stack, lost } of batch) if (!owned.has(stack)) lost()
  }

  private async recover(dead: readonly string[]): Promise<void> {
    const failed: unknown[] = []
    for (const lock of await this.host.db.query<Lock>(locksOf, [dead]))
      await this.takeOver(lock).catch(error => failed.push(error))
    // All the same, those of the others are free.
    if (failed.length > 0) throw failed[0]
  }

  private async takeOver({ stack, owner, operation }: Lock): Promise<void> {
    if (owner === null || !(await endOrphan(stack, owner, this.host))) return
    this.done.takeovers += 1
    this.host.log.warn({ stack }, `Engine ${owner} went down when stack ${stack} was in action ${operation.action}`)
  }
}
