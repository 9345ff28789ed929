import {
  type Clock,
  type Database,
  type Lifecycle,
  Lookout,
  type Logger,
  type Options,
  type Transaction,
  type Workers,
} from '@hearth/core/plugin'
import { type Completed, complete, type Finished } from './completions.js'
import type { Leases } from './leases.js'
import type { Operations } from './operations.js'
import { batchSize } from './options.js'
import type { LeasedNode } from './sql/claim.js'
import type { Held } from './sql/complete.js'
import { brokenWaves, claimWave, leaseNodes, leaseTraversals, markWave } from './sql/wave.js'
import { taskOf } from './task.js'

/** Waves of one process beside each other: while one is at the database, the next is worked out. */
const wavesAtOnce = 2
/** A wave begins no further round after so long, in milliseconds: its locks hold up whoever wants the same stacks. */
const roundsMs = 100
/** A wave whose process stands still, or whose step does not end, is over after so long, in milliseconds. */
const patienceMs = 4_000

export interface WaveParts {
  readonly db: Database
  readonly lifecycle: Lifecycle
  readonly workers: Workers
  readonly options: Options
  readonly clock: Clock
  readonly log: Logger
  readonly leases: Leases
  readonly operations: Operations
  /** Slots for steps that become ready and do need a lease. */
  readonly slots: () => number
  /** What a wave has left to do once it is committed. */
  readonly done: (completed: Completed) => void
}

/**
 * Runs nodes whose steps touch nothing but rows, without leases: claimed, run and completed in one transaction, and so are
 * those that become ready by it, round after round. What a wave did is there as a whole or not at all.
 */
export class Waves {
  private readonly lookout: Lookout

  constructor(private readonly parts: WaveParts) {
    this.lookout = new Lookout(() => this.series(0), this.failed)
  }

  private readonly failed = (error: unknown): void =>
    this.parts.log.error({ err: error }, 'convergence: a wave failed; it is tried again')

  start(): void {
    this.lookout.start()
  }

  async stop(): Promise<void> {
    await this.lookout.stop()
    await this.mend([this.parts.workers.id])
  }

  look(): void {
    void this.lookout.look()
  }

  /** What waves were at work on when their workers died is done with leases. @param gone workers that are no more. */
  async mend(gone: readonly string[] = []): Promise<void> {
    const broken = await this.parts.db.query<{ id: string }>(brokenWaves, [gone])
    if (broken.length > 0) await this.lease(broken.map(({ id }) => id))
  }

  private async lease(traversals: readonly string[]): Promise<void> {
    await this.parts.db.query(leaseTraversals, [traversals])
  }

  /** Wave after wave, while there is work; beside it another series, while there is work for two. */
  private async series(place: number): Promise<void> {
    const most = this.parts.options.get(batchSize)
    let beside: Promise<void> | undefined
    while (this.parts.workers.alive) {
      const taken = await this.once(place, most)
      if (taken === most && place + 1 < wavesAtOnce) beside ??= this.series(place + 1).catch(this.failed)
      if (taken === 0) break
    }
    await beside
  }

  /** @returns how many nodes the wave began with. */
  private async once(place: number, most: number): Promise<number> {
    const { db, leases, log } = this.parts
    let begun: readonly LeasedNode[] = []
    try {
      const wave = await leases.claim(
        () =>
          db.transaction(async tx => {
            begun = []
            begun = await tx.query<LeasedNode>(claimWave, [most, patienceMs])
            return begun.length === 0 ? undefined : this.rounds(begun, most, place, tx)
          }),
        completed => completed?.next ?? [],
      )
      if (wave !== undefined) this.parts.done(wave)
      return begun.length
    } catch (error) {
      if (begun.length === 0) throw error
      log.error({ err: error }, 'convergence: a wave failed; its nodes are done with leases')
      await this.lease(traversalsOf(begun))
      return begun.length
    }
  }

  private async rounds(begun: readonly LeasedNode[], most: number, place: number, tx: Transaction): Promise<Completed> {
    const { clock, db, lifecycle, slots, workers } = this.parts
    const until = clock.now() + roundsMs
    const transaction = (begun[0] as LeasedNode & { transaction: string }).transaction
    await db.query(markWave, [workers.id, place, transaction, traversalsOf(begun)])
    const wave = new Sum()
    let nodes = begun
    let room = most - begun.length
    while (nodes.length > 0) {
      const batch = await this.run(nodes, tx)
      const held = new Map<string, Held>(nodes.map(({ id, traversal }) => [id, { id, traversal, abort: false }]))
      const leased = Math.max(0, slots() - wave.next.length)
      const now = await complete(batch, held, { worker: workers.id, leased, effectless: room }, lifecycle, tx)
      wave.add(now)
      const goesOn = clock.now() < until
      nodes = [...now.moved, ...(goesOn ? now.next.filter(({ effectless }) => effectless) : [])]
      room = goesOn ? room - nodes.length + now.moved.length : 0
      wave.leave(now.next.filter(node => !nodes.includes(node)))
    }
    return wave
  }

  /** Nodes whose step turns out to need a lease get one another time. */
  private async run(nodes: readonly LeasedNode[], tx: Transaction): Promise<Finished[]> {
    const { lifecycle } = this.parts
    const operations = await this.parts.operations.of(nodes, tx)
    const known = nodes.flatMap(node => {
      const operation = operations.get(node.id)
      return operation === undefined ? [] : { node, task: taskOf(node, operation) }
    })
    const prepared = await lifecycle.prepare(
      known.map(({ task }) => task),
      tx,
    )
    const steps = known.map(({ node }, index) => ({ node, step: prepared[index] }))
    const outside = steps.flatMap(({ node, step }) => (step?.effectless === true ? [] : node.id))
    if (outside.length > 0) await tx.query(leaseNodes, [outside])
    const { signal } = new AbortController()
    const run = Promise.all(
      steps.flatMap(({ node, step }) =>
        step?.effectless === true
          ? step.run(signal, change => lifecycle.write([change], tx)).then(result => ({ node, result }))
          : [],
      ),
    )
    return this.inTime(run)
  }

  private inTime<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const cancel = this.parts.clock.after(patienceMs, () =>
        reject(new Error(`steps that were to end at once did not within ${patienceMs} ms`)),
      )
      work.then(resolve, reject).finally(cancel)
    })
  }
}

/** What all rounds of a wave leave, as one. */
class Sum implements Completed {
  next: readonly LeasedNode[] = []
  readonly moved = []
  touched: readonly string[] = []
  left = false
  dueIn?: number

  add({ touched, left, dueIn }: Completed): void {
    this.touched = [...new Set([...this.touched, ...touched])]
    this.left ||= left
    if (dueIn !== undefined) this.dueIn = Math.min(dueIn, this.dueIn ?? dueIn)
  }

  leave(nodes: readonly LeasedNode[]): void {
    this.next = [...this.next, ...nodes]
  }
}

const traversalsOf = (nodes: readonly LeasedNode[]): string[] => [
  ...new Set(nodes.flatMap(({ traversal }) => traversal ?? [])),
]
