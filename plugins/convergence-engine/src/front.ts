import type { PlanNode } from '@hearth/core/plugin'

/** A node of the plan, with the resource that it stands for by now. */
export interface FrontNode {
  readonly index: number
  readonly resource: string
}

/**
 * How far the opening of a plan has come: which nodes may be carried out at once, and what is left for others. Pure.
 * A node may, if its step touches nothing but rows and all that it requires is done.
 */
export class Front {
  /** By node, those that require it; most of a wide plan have none. */
  private readonly needed = new Map<number, number[]>()
  /** How many nodes each one still requires. */
  private readonly pending: number[]
  private readonly resources = new Map<number, string>()
  private readonly done: boolean[]
  private finished = 0
  private ready: number[] = []

  /** @param may whether a node's step touches nothing but rows. */
  constructor(
    private readonly nodes: readonly PlanNode[],
    private readonly may: (node: PlanNode) => boolean,
  ) {
    this.pending = nodes.map(({ requires }) => requires.length)
    this.done = nodes.map(() => false)
    nodes.forEach(({ requires }, index) => {
      for (const required of requires) this.noteNeeded(required, index)
      this.consider(index)
    })
  }

  /** Nothing can be carried out before something else is told. */
  get isEmpty(): boolean {
    return this.ready.length === 0
  }

  /** Nodes that are not done. */
  get left(): number {
    return this.nodes.length - this.finished
  }

  /** Nodes that may be carried out together, so many at most. Each of them is to be told of, or it is left. */
  take(most: number): FrontNode[] {
    const taken = this.ready.slice(0, most)
    this.ready = this.ready.slice(most)
    return taken.map(index => ({ index, resource: this.resourceOf(index) }))
  }

  /** Does anything require it? */
  isAskedFor(index: number): boolean {
    return this.needed.has(index)
  }

  /** What requires it requires one less. */
  finish(index: number): void {
    this.done[index] = true
    this.finished += 1
    for (const dependent of this.needed.get(index) ?? []) {
      this.pending[dependent] = (this.pending[dependent] as number) - 1
      this.consider(dependent)
    }
  }

  /** It stands for another resource from now on, and is carried out again. */
  move(index: number, resource: string): void {
    this.resources.set(index, resource)
    this.ready.push(index)
  }

  /** What is not done, as a plan. */
  rest(): PlanNode[] {
    const places = new Map<number, number>()
    this.nodes.forEach((_, index) => {
      if (this.done[index] !== true) places.set(index, places.size)
    })
    return [...places.keys()].map(index => {
      const node = this.nodes[index] as PlanNode
      const requires = node.requires.flatMap(required => places.get(required) ?? [])
      return { ...node, resource: this.resourceOf(index), requires }
    })
  }

  private noteNeeded(required: number, by: number): void {
    const needed = this.needed.get(required)
    if (needed === undefined) this.needed.set(required, [by])
    else needed.push(by)
  }

  private resourceOf(index: number): string {
    return this.resources.get(index) ?? (this.nodes[index] as PlanNode).resource
  }

  private consider(index: number): void {
    if (this.pending[index] === 0 && this.may(this.nodes[index] as PlanNode)) this.ready.push(index)
  }
}
