import type { PlanOperation, Queryable } from '@hearth/core/plugin'
import { type LeasedNode, operationsOf, operationsOfNodes } from './sql/claim.js'

/** Operations kept at hand; a traversal's never changes. */
const mostKept = 1000

/** Which operation a leased node belongs to: asked once a traversal, not once a node. */
export class Operations {
  private readonly known = new Map<string, PlanOperation>()

  constructor(private readonly db: Queryable) {}

  /** By node id. A node that is missing in the answer belongs to nothing any more: it was dropped meanwhile. */
  async of(nodes: readonly LeasedNode[], on: Queryable = this.db): Promise<Map<string, PlanOperation>> {
    const missing = new Set(
      nodes.flatMap(({ traversal }) => (traversal === null || this.known.has(traversal) ? [] : traversal)),
    )
    if (missing.size > 0) await this.learn([...missing], on)
    const found = new Map<string, PlanOperation>()
    const detached: string[] = []
    for (const { id, traversal } of nodes) {
      const operation = traversal === null ? undefined : this.known.get(traversal)
      if (operation === undefined) detached.push(id)
      else found.set(id, operation)
    }
    if (detached.length > 0)
      for (const { id, operation } of await rows(operationsOfNodes, detached, on)) found.set(id, operation)
    return found
  }

  keep(traversal: string, operation: PlanOperation): void {
    this.known.set(traversal, operation)
    if (this.known.size <= mostKept) return
    for (const oldest of this.known.keys()) {
      this.known.delete(oldest)
      break
    }
  }

  private async learn(traversals: readonly string[], on: Queryable): Promise<void> {
    for (const { id, operation } of await rows(operationsOf, traversals, on)) this.keep(id, operation)
  }
}

const rows = (
  statement: typeof operationsOf,
  ids: readonly string[],
  on: Queryable,
): Promise<{ id: string; operation: PlanOperation }[]> => on.query(statement, [ids])
