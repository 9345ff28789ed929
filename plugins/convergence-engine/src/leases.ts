import type { Database, Lifecycle, Logger, Workers } from '@hearth/core/plugin'
import { giveUpNodes } from './give-up.js'
import type { LeasedNode } from './sql/claim.js'
import { heldBy, overdueNodes, releaseDead, returnAll, returnNodes } from './sql/tend.js'

export interface LeaseParts {
  readonly db: Database
  readonly lifecycle: Lifecycle
  readonly workers: Workers
  readonly log: Logger
}

/**
 * The nodes that this process has leased and not completed, and their way back when it cannot go on with them.
 * Rows are the truth; `reconcile` finds what an answer of the database that was lost has left between the two.
 */
export class Leases {
  private readonly running = new Map<string, AbortController>()
  /** Leases that could not be handed back while the database was away. */
  private unreturned: readonly LeasedNode[] = []
  /** Claims that have been sent, and those of them whose answer is here. */
  private sent = 0
  private answered = 0

  constructor(private readonly parts: LeaseParts) {}

  get size(): number {
    return this.running.size
  }

  /** Sends a statement that leases nodes, and notes what it leased. */
  async claim<T>(send: () => Promise<T>, leased: (answer: T) => readonly LeasedNode[]): Promise<T> {
    this.sent += 1
    try {
      const answer = await send()
      for (const { id } of leased(answer)) this.running.set(id, new AbortController())
      return answer
    } finally {
      this.answered += 1
    }
  }

  controller(node: LeasedNode): AbortController | undefined {
    return this.running.get(node.id)
  }

  forget(node: LeasedNode): void {
    this.running.delete(node.id)
  }

  /** Others may hold these nodes now: steps are told, nothing is written. */
  lose(node?: LeasedNode): void {
    if (node !== undefined) this.running.get(node.id)?.abort('lost')
    else {
      for (const controller of this.running.values()) controller.abort('lost')
      this.running.clear()
    }
  }

  /** For another attempt, in a second, by whoever is free. */
  async giveBack(nodes: readonly LeasedNode[]): Promise<void> {
    for (const node of nodes) this.forget(node)
    if (nodes.length === 0) return
    try {
      await this.parts.db.query(returnNodes, [
        this.parts.workers.id,
        nodes.map(({ id }) => id),
        nodes.map(({ token }) => token),
      ])
    } catch (error) {
      this.unreturned = [...this.unreturned, ...nodes]
      this.parts.log.error({ err: error }, 'convergence: nodes could not be handed back; it is tried again')
    }
  }

  /** Everything, at once: the process ends. */
  async giveBackAll(): Promise<void> {
    this.lose()
    await this.parts.db.query(returnAll, [this.parts.workers.id])
  }

  /** Compares with the rows: stops steps that are to be aborted, hands back what nobody here works on. */
  async reconcile(): Promise<void> {
    const unreturned = this.unreturned
    this.unreturned = []
    await this.giveBack(unreturned)
    const { sent } = this
    const quiet = sent === this.answered
    const held = await this.parts.db.query<LeasedNode & { abort: boolean }>(heldBy, [this.parts.workers.id])
    for (const { id, abort } of held) if (abort) this.running.get(id)?.abort('cancelled')
    // A claim under way may have leased what is not noted yet: only a quiet moment tells.
    if (quiet && sent === this.sent) await this.giveBack(held.filter(({ id }) => !this.running.has(id)))
  }

  /** What dead workers held is ready again; what was to be aborted ends here. @returns how many nodes. */
  async takeOver(dead: readonly string[]): Promise<number> {
    return this.parts.db.transaction(async tx => {
      const released = await tx.query<{ id: string; resource: string; abort: boolean }>(releaseDead, [dead])
      await giveUpNodes(
        released.filter(({ abort }) => abort),
        'cancelled',
        this.parts.lifecycle,
        tx,
      )
      return released.length
    })
  }

  /** Steps that outlived their operation do not outlive its deadline. */
  async endOverdue(): Promise<void> {
    await this.parts.db.transaction(async tx => {
      const over = await tx.query<{ id: string; resource: string; abort: boolean }>(overdueNodes)
      for (const abort of [true, false]) {
        const nodes = over.filter(node => node.abort === abort)
        await giveUpNodes(nodes, abort ? 'cancelled' : 'timeout', this.parts.lifecycle, tx)
      }
    })
  }
}
