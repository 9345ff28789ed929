import { isPassing, limited, Pauses } from '@hearth/core/plugin'
import { type FinishParts, finishTraversal } from './finish.js'
import { emptyTraversals, endedAmong, endedTraversals } from './sql/tend.js'

/** Traversals that one process ends at the same time: each takes a connection of the pool. */
const endsAtOnce = 4

interface Ended {
  readonly id: string
  readonly stack: string
}

/** Ends traversals that have come to their end. Whoever notices may; the rows say whether there is anything to do. */
export class Ends {
  /** Traversals that this process ends now: nobody here begins with one of them a second time. */
  private readonly ending = new Set<string>()
  /** Searches for them, and what they found to end: a stop waits for these. */
  private readonly underWay = new Set<Promise<void>>()
  private readonly inTurn = limited(endsAtOnce)
  private readonly pauses: Pauses

  /** @param ended is told after each: what follows may be ready. */
  constructor(
    private readonly parts: FinishParts,
    private readonly ended: () => void,
  ) {
    this.pauses = new Pauses(parts.clock)
  }

  /** Those of a completion's traversals that are over. */
  among(traversals: readonly string[]): Promise<void> {
    return this.finish(() => this.parts.db.query<Ended>(endedAmong, [traversals]))
  }

  /** All that are failed or overdue. */
  due(): Promise<void> {
    return this.finish(() => this.parts.db.query<Ended>(endedTraversals))
  }

  /** All that have nothing left. */
  empty(): Promise<void> {
    return this.finish(() => this.parts.db.query<Ended>(emptyTraversals))
  }

  /** Resolves when what is under way has ended, well or not. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.underWay)
  }

  private async finish(find: () => Promise<readonly Ended[]>): Promise<void> {
    const work = find().then(found => this.finishAll(found))
    this.underWay.add(work)
    try {
      await work
    } finally {
      this.underWay.delete(work)
    }
  }

  private async finishAll(found: readonly Ended[]): Promise<void> {
    const due = found.filter(({ id }) => !this.ending.has(id) && this.pauses.isOver(id))
    await Promise.all(due.map(traversal => this.finishOne(traversal)))
  }

  private async finishOne(traversal: Ended): Promise<void> {
    this.ending.add(traversal.id)
    try {
      await this.inTurn(() => finishTraversal(traversal, this.parts))
      this.pauses.end(traversal.id)
    } catch (error) {
      // One that cannot be ended now must not keep the others from it; a later poll tries again.
      if (!isPassing(error)) this.pauses.begin(traversal.id)
      this.parts.log.error({ err: error, stack: traversal.stack }, 'convergence: ending a traversal failed')
      return
    } finally {
      this.ending.delete(traversal.id)
    }
    this.ended()
  }
}
