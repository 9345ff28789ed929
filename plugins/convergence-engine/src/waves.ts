import {
  type Clock,
  type Database,
  type Lifecycle,
  Lookout,
  type Logger,
  type Options,
  type Prepared,
  type Transaction,
  type Workers,
} from '@hearth/core/plugin'
import { type Completed, complete, type Finished, hasFailed } from './completions.js'
import type { Leases } from './leases.js'
import type { Operations } from './operations.js'
import { batchSize } from './options.js'
import { inTime, patienceMs } from './patience.js'
import type { Following } from './slot-room.js'
import type { LeasedNode } from './sql/claim.js'
import { type Held, ownTraversals } from './sql/complete.js'
import { brokenWaves, claimWave, clearMark, forgetWaves, leaseNodes, leaseTraversals, markWave } from './sql/wave.js'
import { taskOf } from './task.js'

/**
 * Waves of one process beside each other: while one is at the database, the next is worked out, and a third is begun or
 * committed.
 */
const wavesAtOnce = 3
/** A wave begins no further round after so long, in milliseconds: its locks hold up whoever wants the same stacks. */
const roundsMs = 200

/** A node that a wave begins with. */
type WaveNode = LeasedNode & {
  readonly transaction: string
  /** Nobody else is at work on its traversal, or will be while the wave lasts. */
  readonly owned: boolean
}

export interface WaveParts {
  readonly db: Database
  readonly lifecycle: Lifecycle
  readonly workers: Workers
  readonly options: Options
  readonly clock: Clock
  readonly log: Logger
  readonly leases: Leases
  readonly operations: Operations
  /** Nothing is to begin here now. */
  readonly quiet: () => boolean
  /** How many steps that become ready and do need a lease may follow on so many of each project. */
  readonly room: (ending: ReadonlyMap<string, number>) => Following
  /** What a wave has left to do once it is committed. */
  readonly done: (completed: Completed) => void
}

/**
 * Runs nodes whose steps touch nothing but rows, without leases: claimed, run and completed in one transaction, and so are
 * those that become ready by it, round after round. What a wave did is there as a whole or not at all.
 */
export class Waves {
  private readonly lookout: Lookout
  private open = false

  constructor(private readonly parts: WaveParts) {
    this.lookout = new Lookout('convergence: a wave', parts.log, () => this.series(0))
  }

  start(): void {
    this.open = true
    this.lookout.start()
  }

  async stop(): Promise<void> {
    this.open = false
    await this.lookout.stop()
    await this.parts.db.query(forgetWaves, [[this.parts.workers.id]])
  }

  look(): void {
    void this.lookout.look()
  }

  /** What waves were at work on when their workers died is done with leases. @returns whether there was any. */
  async mend(dead: readonly string[]): Promise<boolean> {
    return this.parts.db.transaction(async tx => {
      const broken = await tx.query<{ id: string }>(brokenWaves, [dead])
      if (broken.length > 0) await tx.query(leaseTraversals, [broken.map(({ id }) => id)])
      await tx.query(forgetWaves, [dead])
      return broken.length > 0
    })
  }

  /** Wave after wave, while there is work; beside it another series, while there is work for one more. */
  private async series(place: number): Promise<void> {
    const most = this.parts.options.get(batchSize)
    let beside: Promise<void> | undefined
    const full = (): void => {
      if (place + 1 === wavesAtOnce) return
      beside ??= this.series(place + 1)
        .catch(error => this.parts.log.error({ err: error }, 'convergence: a wave beside another failed'))
        .finally(() => {
          beside = undefined
        })
    }
    const { workers, quiet } = this.parts
    while (this.open && workers.alive && !quiet() && (await this.once(place, most, full)));
    await beside
  }

  /** @param full is told at once that there was work for all of the wave. @returns whether there was work. */
  private async once(place: number, most: number, full: () => void): Promise<boolean> {
    const { db, leases, log } = this.parts
    let begun: readonly WaveNode[] = []
    try {
      const wave = await leases.claim(
        promise =>
          db.transaction(async tx => {
            begun = await this.begin(place, most, tx, begun.length > 0)
            if (begun.length === most) full()
            if (begun.length === 0) return undefined
            const { leased, promised } = this.parts.room(new Map(begun.map(({ project }) => [project, 0])))
            promise(promised)
            return this.rounds(begun, { most, leased }, tx)
          }),
        completed => completed?.next ?? [],
      )
      if (wave !== undefined) this.parts.done(wave)
      return wave !== undefined
    } catch (error) {
      if (begun.length === 0) throw error
      log.error({ err: error }, 'convergence: a wave failed; its nodes are done with leases')
      await this.giveUp(begun, place)
      return true
    }
  }

  /**
   * Claims, and leaves the mark. The connection for the mark is there before anything is locked: else those who wait for
   * the locks might have taken them all.
   * @param again another try, after the transaction met another one: nobody has died.
   */
  private async begin(place: number, most: number, tx: Transaction, again: boolean): Promise<readonly WaveNode[]> {
    const { db, workers } = this.parts
    return db.transaction(async mark => {
      const begun = await tx.query<WaveNode>(claimWave, [most, patienceMs, workers.id])
      const [first] = begun
      if (first !== undefined) await mark.query(markWave, [workers.id, place, first.transaction, traversalsOf(begun)])
      else if (again) await mark.query(clearMark, [workers.id, place])
      return begun
    })
  }

  /** Whatever is wrong with it, it is found out node by node. */
  private async giveUp(begun: readonly WaveNode[], place: number): Promise<void> {
    const { db, workers } = this.parts
    await db.transaction(async tx => {
      const traversals = traversalsOf(begun)
      await tx.query(ownTraversals, [traversals])
      await tx.query(leaseTraversals, [traversals])
      await tx.query(clearMark, [workers.id, place])
    })
  }

  /** @param room of how many nodes without leases the wave may be, and how many with leases may follow on it. */
  private async rounds(
    begun: readonly WaveNode[],
    { most, leased: mostLeased }: { readonly most: number; readonly leased: number },
    tx: Transaction,
  ): Promise<Completed> {
    const { clock, lifecycle, workers } = this.parts
    const until = clock.now() + roundsMs
    const owned = new Set(begun.flatMap(node => (node.owned ? (node.traversal ?? []) : [])))
    const wave = new Sum()
    let nodes: readonly LeasedNode[] = begun
    let room = most - begun.length
    while (nodes.length > 0) {
      const { ended, outside } = await this.run(nodes, owned, tx)
      if (outside.length > 0) await tx.query(leaseNodes, [outside])
      const held = new Map<string, Held>(
        ended.map(({ step: { id, traversal } }) => [id, { id, traversal, abort: false }]),
      )
      const leased = mostLeased - wave.next.length
      // What there is no time for stays ready: another wave takes it.
      const effectless = clock.now() < until ? room : 0
      const now = await complete(ended, held, { worker: workers.id, leased, effectless }, lifecycle, tx)
      const further = now.next.filter(one => one.effectless)
      wave.add(now, outside.length > 0)
      wave.leave(now.next.filter(one => !one.effectless))
      room -= further.length
      nodes = [...now.moved, ...further]
    }
    return wave
  }

  /**
   * @returns steps that have ended, and ids of nodes that need a lease: their step turns out to have effects, or has failed
   *   in a traversal that other waves share, which two of them must not mark at once.
   */
  private async run(
    nodes: readonly LeasedNode[],
    owned: ReadonlySet<string>,
    tx: Transaction,
  ): Promise<{ ended: Finished[]; outside: string[] }> {
    const { lifecycle } = this.parts
    const operations = await this.parts.operations.of(nodes, tx)
    const known = nodes.flatMap(node => {
      const operation = operations.get(node.id)
      return operation === undefined ? [] : { node, task: taskOf(node, operation) }
    })
    const work = async (): Promise<Finished[]> => {
      const prepared = await lifecycle.prepare(
        known.map(({ task }) => task),
        tx,
      )
      const { signal } = new AbortController()
      const calls = known.map(({ node }, index) => ({ step: node, call: prepared[index] as Prepared }))
      return Promise.all(
        calls
          .filter(({ call }) => call.effectless)
          .map(async ({ step, call }) => ({
            step,
            result: await call.run(signal, change => lifecycle.write([change], tx)),
          })),
      )
    }
    const results = await inTime(work(), this.parts.clock)
    const ended = results.filter(one => !hasFailed(one) || owned.has(one.step.traversal ?? ''))
    const within = new Set(ended.map(({ step }) => step.id))
    return { ended, outside: nodes.map(({ id }) => id).filter(id => !within.has(id)) }
  }
}

/** What all rounds of a wave leave, as one. */
class Sum implements Completed {
  next: readonly LeasedNode[] = []
  readonly moved = []
  touched: readonly string[] = []
  left = false
  dueIn?: number

  add({ touched, left, dueIn }: Completed, more: boolean): void {
    this.touched = [...new Set([...this.touched, ...touched])]
    this.left ||= left || more
    if (dueIn !== undefined) this.dueIn = Math.min(dueIn, this.dueIn ?? dueIn)
  }

  leave(nodes: readonly LeasedNode[]): void {
    this.next = [...this.next, ...nodes]
  }
}

const traversalsOf = (nodes: readonly LeasedNode[]): string[] => [
  ...new Set(nodes.flatMap(({ traversal }) => traversal ?? [])),
]
