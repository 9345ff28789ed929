import { neededBy, type Plan, type PlanNode } from '@hearth/core/plugin'

/** A node of the plan in memory. */
export interface GraphNode extends Omit<PlanNode, 'requires' | 'resource' | 'effectless'> {
  readonly key: string
  /** Changes when the resource is replaced. */
  resource: string
  pending: number
  readonly neededBy: GraphNode[]
}

/** The part of a plan that is not done yet. Pure bookkeeping: it knows neither rows nor time. */
export class Graph {
  private readonly ready: GraphNode[] = []
  private left: number

  constructor(plan: Plan, prefix: string) {
    const nodes = plan.nodes.map((node, index): GraphNode => {
      const { resource, name, type, step, requires } = node
      return { key: `${prefix}.${index}`, resource, name, type, step, pending: requires.length, neededBy: [] }
    })
    neededBy(plan).forEach((dependents, index) => {
      nodes[index]?.neededBy.push(...dependents.map(dependent => nodes[dependent] as GraphNode))
    })
    this.left = nodes.length
    this.ready.push(...nodes.filter(node => node.pending === 0))
  }

  get done(): boolean {
    return this.left === 0
  }

  /** Takes what may run now; those that `blocked` says must wait stay. */
  take(blocked: (node: GraphNode) => boolean): GraphNode[] {
    const waiting: GraphNode[] = []
    const taken: GraphNode[] = []
    for (const node of this.ready.splice(0)) (blocked(node) ? waiting : taken).push(node)
    this.ready.push(...waiting)
    return taken
  }

  /** Puts a node back that is to run again. */
  again(node: GraphNode): void {
    this.ready.push(node)
  }

  finish(node: GraphNode): void {
    this.left -= 1
    for (const dependent of node.neededBy) {
      dependent.pending -= 1
      if (dependent.pending === 0) this.ready.push(dependent)
    }
  }
}
