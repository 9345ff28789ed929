import {
  type Database,
  deadlyReason,
  type Lifecycle,
  type Logger,
  mostDeaths,
  type Steps,
  type Workers,
} from '@hearth/core/plugin'
import type { Done } from './figures.js'
import { giveUpNodes } from './give-up.js'
import { type Busy, countProjects } from './slot-room.js'
import type { LeasedNode } from './sql/claim.js'
import { failTraversals, ownTraversals } from './sql/complete.js'
import {
  deadly,
  forgive,
  heldBy,
  lockSuspects,
  overdueNodes,
  releaseDead,
  returnAll,
  returnNodes,
  takeDeadly,
} from './sql/tend.js'

export interface LeaseParts {
  readonly db: Database
  readonly lifecycle: Lifecycle
  readonly workers: Workers
  readonly log: Logger
}

/** A node that is not gone on with, and the resource it was at work on. */
interface Stopped {
  readonly id: string
  readonly resource: string
}
/** `abort`: it was to be aborted already. */
type Ended = Stopped & { readonly abort: boolean }

/** A lease is one claim of a node: the same node claimed again is another lease. */
type Lease = Pick<LeasedNode, 'id' | 'token'>
const keyOf = ({ id, token }: Lease): string => `${id}:${token}`

interface Deadly extends Stopped {
  readonly traversal: string | null
  readonly name: string | null
}

/**
 * The leases of this process, and their way back when it cannot go on with them.
 * Rows are the truth; `reconcile` finds what an answer of the database that was lost has left between the two.
 */
export class Leases implements Busy {
  /** Leases that could not be handed back while the database was away. */
  private unreturned: readonly LeasedNode[] = []
  /** Ids under which this process has worked and lost its leases, though it lives; and of which nodes. */
  private readonly former = new Map<string, readonly string[]>()
  private claims = 0
  private takeovers = 0
  /** Claims are numbered as they are sent; some of them have no answer yet: how many nodes those may lease. */
  private sent = 0
  private readonly unanswered = new Map<number, number>()
  /** Rows say that they are leased here, and nobody here knows it: with the claims that had been sent by then. */
  private strays = new Map<string, number>()

  constructor(
    private readonly parts: LeaseParts,
    private readonly steps: Steps<LeasedNode>,
  ) {}

  /** The node among them that kills its workers, if this one dies of it, too: at most one is taken at a time. */
  get suspect(): LeasedNode | undefined {
    return this.steps.held().find(({ attempts }) => attempts >= mostDeaths)
  }

  get done(): Done {
    return { claims: this.claims, takeovers: this.takeovers }
  }

  get size(): number {
    return this.steps.size
  }

  byProject(): Map<string, number> {
    return countProjects(this.steps.held())
  }

  get promised(): number {
    return [...this.unanswered.values()].reduce((sum, most) => sum + most, 0)
  }

  /**
   * Sends a statement that leases nodes, and notes what it leased. `send` first says how many it may lease at most, beside
   * those that take the place of others.
   */
  async claim<T>(
    send: (promise: (most: number) => void) => Promise<T>,
    leased: (answer: T) => readonly LeasedNode[],
  ): Promise<T> {
    const number = ++this.sent
    const promise = (most: number): void => void this.unanswered.set(number, most)
    promise(0)
    const hold = this.steps.leasing()
    try {
      const answer = await send(promise)
      const nodes = leased(answer)
      this.claims += nodes.length
      hold(nodes)
      return answer
    } finally {
      this.unanswered.delete(number)
    }
  }

  /** Others may hold what was leased under the id of this worker: steps are told, nothing is written. */
  loseAll(): void {
    const held = this.steps.held().map(({ id }) => id)
    this.former.set(this.parts.workers.id, held)
    this.steps.drop()
  }

  /** Nodes that are held no more: for another attempt, in a second, by whoever is free. */
  async giveBack(nodes: readonly LeasedNode[]): Promise<void> {
    if (nodes.length === 0) return
    try {
      await this.returnToQueue(nodes)
    } catch (error) {
      this.unreturned = [...this.unreturned, ...nodes]
      this.parts.log.error({ err: error }, 'convergence: nodes could not be handed back; it is tried again')
    }
  }

  /** Everything, at once: the process ends. */
  async giveBackAll(): Promise<void> {
    const { db, workers } = this.parts
    this.loseAll()
    await db.transaction(tx => tx.query(returnAll, [workers.id]))
  }

  /** Compares with the rows: stops steps that are to be aborted, hands back what nobody here works on. */
  async reconcile(): Promise<void> {
    const unreturned = this.unreturned
    this.unreturned = []
    await this.giveBack(unreturned)
    const held = await this.parts.db.query<Lease & { abort: boolean }>(heldBy, [this.parts.workers.id])
    for (const lease of held) if (lease.abort) this.steps.abort(lease, 'cancelled')
    // A claim under way may have leased what is not noted yet. A stray is what no claim can explain any more.
    const before = this.strays
    this.strays = new Map(
      held.filter(lease => !this.steps.has(lease)).map(lease => [keyOf(lease), before.get(keyOf(lease)) ?? this.sent]),
    )
    const oldest = Math.min(...this.unanswered.keys())
    const sure = held.filter(lease => before.has(keyOf(lease)) && (this.strays.get(keyOf(lease)) ?? Infinity) < oldest)
    if (sure.length > 0) await this.returnToQueue(sure)
  }

  /**
   * What dead workers held is ready again; what was to be aborted ends here, and so does what has died with its worker
   * too often. @returns how many nodes.
   */
  async takeOver(dead: readonly string[]): Promise<number> {
    const { db, lifecycle } = this.parts
    // We are not dead, only late: none of our steps is to blame.
    for (const id of dead) {
      const held = this.former.get(id)
      if (held === undefined) continue
      await db.transaction(async tx => {
        await tx.query(forgive, [id, held])
        await tx.query(returnAll, [id])
      })
      this.former.delete(id)
    }
    const released = await db.transaction(async tx => {
      await tx.query(lockSuspects, [dead, mostDeaths])
      const nodes = await tx.query<Ended>(releaseDead, [dead, mostDeaths])
      const aborted = nodes.filter(({ abort }) => abort)
      await giveUpNodes(aborted, 'cancelled', lifecycle, tx)
      return nodes.length
    })
    const killers = await db.query<{ id: string; traversal: string | null }>(deadly, [dead, mostDeaths])
    if (killers.length > 0) await this.failDeadly(dead, killers)
    this.takeovers += released + killers.length
    return released + killers.length
  }

  private async failDeadly(
    dead: readonly string[],
    killers: readonly { id: string; traversal: string | null }[],
  ): Promise<void> {
    const { db, lifecycle, log } = this.parts
    await db.transaction(async tx => {
      await tx.query(ownTraversals, [killers.flatMap(({ traversal }) => traversal ?? [])])
      const nodes = await tx.query<Deadly>(takeDeadly, [dead, mostDeaths, killers.map(({ id }) => id)])
      await giveUpNodes(nodes, { reason: deadlyReason }, lifecycle, tx)
      await tx.query(failTraversals, [
        nodes.map(({ traversal }) => traversal),
        nodes.map(({ name }) => `resources.${name}: ${deadlyReason}`),
      ])
    })
    log.error({ nodes: killers.map(({ id }) => id) }, `convergence: ${deadlyReason}`)
  }

  /** Steps that outlived their operation do not outlive its deadline. */
  async endOverdue(): Promise<void> {
    await this.parts.db.transaction(async tx => {
      const over = await tx.query<Ended>(overdueNodes)
      for (const abort of [true, false]) {
        const nodes = over.filter(node => node.abort === abort)
        await giveUpNodes(nodes, abort ? 'cancelled' : 'timeout', this.parts.lifecycle, tx)
      }
    })
  }

  private async returnToQueue(leases: readonly Lease[]): Promise<void> {
    const { db, workers } = this.parts
    const columns = [leases.map(({ id }) => id), leases.map(({ token }) => token)]
    await db.transaction(tx => tx.query(returnNodes, [workers.id, ...columns]))
  }
}
