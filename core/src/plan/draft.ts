import type { AddedResource, Plan, PlanNode, Step, VisitStep } from '../plugin/index.js'
import type { Incarnation } from '../resource/rows/incarnation.js'
import { inOrder } from './order.js'

/** What a plan is built from. */
export interface Wanted {
  readonly name: string
  /** What carries it out. */
  readonly type: string
  /** As the template names it, where that differs. */
  readonly declaredType?: string
  readonly requires: readonly string[]
}

export interface PlanInput {
  /** Undefined: the plan leads to what is wanted. Else it does this with the resources that are there. */
  readonly visit?: VisitStep | undefined
  readonly wanted: ReadonlyMap<string, Wanted>
  readonly existing: readonly Incarnation[]
  /** Row ids that an incarnation leans on, also for rows from before the flag. */
  readonly leansOn: (incarnation: Incarnation) => readonly string[]
  /** The incarnation that each wanted name stands for; see `chooseWanted`. */
  readonly chosen: ReadonlyMap<string, Incarnation>
  /** Names that are known to need nothing. */
  readonly settled: ReadonlySet<string>
  /** Whether the steps of a resource of this name and type touch nothing but rows. */
  readonly effectless: (name: string, type: string) => boolean
  readonly newId: () => string
}

export interface DraftNode {
  readonly resource: string
  readonly name: string
  readonly type: string
  readonly step: Step
  readonly requires: Set<DraftNode>
  /** Those of them that may be let go if they cannot be had; absent: none. */
  preferred?: Set<DraftNode>
}

/** A plan while its passes work on it. */
export class Draft {
  readonly added: AddedResource[] = []
  /** By name: what converges or visits the resource. */
  readonly named = new Map<string, DraftNode>()
  /** By row id. */
  readonly cleanup = new Map<string, DraftNode>()

  node(step: Step, resource: { id: string; name: string; type: string }): DraftNode {
    return {
      resource: resource.id,
      name: resource.name,
      type: resource.type,
      step,
      requires: new Set(),
    }
  }

  /** Prerequisites first. */
  finish({ effectless }: Pick<PlanInput, 'effectless'>): Plan {
    const ordered = inOrder([...this.named.values(), ...this.cleanup.values()])
    const index = new Map(ordered.map((node, place) => [node, place]))
    const nodes: PlanNode[] = ordered.map(({ resource, name, type, step, requires }) => ({
      resource,
      name,
      type,
      step,
      effectless: effectless(name, type),
      requires: [...requires].map(node => index.get(node) as number),
    }))
    return { nodes, added: this.added }
  }
}
