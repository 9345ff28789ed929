import type { AddedResource, Plan, PlanNode, Step } from '../plugin/index.js'
import type { Incarnation } from '../resource/incarnation.js'

/** What a plan is built from. */
export interface Wanted {
  readonly name: string
  readonly type: string
  readonly requires: readonly string[]
}

export interface PlanInput {
  readonly wanted: ReadonlyMap<string, Wanted>
  readonly existing: readonly Incarnation[]
  /** Row ids that an incarnation leans on, also for rows from before the flag. */
  readonly leansOn: (incarnation: Incarnation) => readonly string[]
  readonly target: string
  readonly previous: string | null
  /** Names that are known to need nothing. */
  readonly settled: ReadonlySet<string>
  readonly newId: () => string
}

export interface DraftNode {
  readonly resource: string
  readonly name: string
  readonly type: string
  readonly step: Step
  readonly requires: Set<DraftNode>
}

/** A plan while its passes work on it. */
export class Draft {
  readonly chosen = new Map<string, Incarnation>()
  readonly added: AddedResource[] = []
  readonly converge = new Map<string, DraftNode>()
  /** By row id. */
  readonly cleanup = new Map<string, DraftNode>()

  node(step: Step, resource: { id: string; name: string; type: string }): DraftNode {
    return { resource: resource.id, name: resource.name, type: resource.type, step, requires: new Set() }
  }

  /** Prerequisites first. @throws if the passes have made a cycle, which is a bug. */
  finish(): Plan {
    const nodes: PlanNode[] = []
    const index = new Map<DraftNode, number>()
    const open = new Set<DraftNode>()
    const visit = (start: DraftNode): void => {
      // An explicit stack: a chain of 10,000 resources is deeper than the call stack.
      const path: { node: DraftNode; rest: Iterator<DraftNode> }[] = []
      const enter = (node: DraftNode): void => {
        if (index.has(node)) return
        if (open.has(node)) throw new Error(`the plan has a cycle through ${node.step} of ${node.name}`)
        open.add(node)
        path.push({ node, rest: node.requires.values() })
      }
      enter(start)
      for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
        const next = top.rest.next()
        if (!next.done) {
          enter(next.value)
          continue
        }
        path.pop()
        open.delete(top.node)
        index.set(top.node, nodes.length)
        const { resource, name, type, step, requires } = top.node
        nodes.push({ resource, name, type, step, requires: [...requires].map(node => index.get(node) as number) })
      }
    }
    for (const node of this.converge.values()) visit(node)
    for (const node of this.cleanup.values()) visit(node)
    return { nodes, added: this.added }
  }
}
