/** What engines carry out: operations, and the plans that spell them out. Plain data, so that it may lie in a row. */

/** Actions that bring a stack to a definition, by converging and cleaning up its resources. */
export type ReachingAction = 'CREATE' | 'ADOPT' | 'UPDATE' | 'RESTORE' | 'ROLLBACK' | 'DELETE'
/** Actions that leave the definition alone and do one thing with every resource that is there. */
export type VisitingAction = 'SUSPEND' | 'RESUME' | 'CHECK' | 'SNAPSHOT'
/** What an operation does with a stack; the first half of its status. */
export type StackAction = ReachingAction | VisitingAction

/** What a visit does with a resource: the member of its type that is called. */
export type VisitStep = 'suspend' | 'resume' | 'check' | 'snapshot'
/** `converge`: create, update in place, or replace; `cleanup`: delete what is no longer wanted or was replaced. */
export type Step = 'converge' | 'cleanup' | VisitStep

const visits: Readonly<Record<VisitingAction, VisitStep>> = {
  SUSPEND: 'suspend',
  RESUME: 'resume',
  CHECK: 'check',
  SNAPSHOT: 'snapshot',
}

/** The step of an action that visits; undefined for one that brings a stack to a definition. */
export const visitOf = (action: string): VisitStep | undefined =>
  Object.hasOwn(visits, action) ? visits[action as VisitingAction] : undefined

/** A stack, as engines need to know it. */
export interface StackRef {
  readonly id: string
  readonly rootId: string
  readonly project: string
  readonly name: string
}

/** A resource that somebody has signalled, with its stack. */
export interface ResourceRef {
  readonly id: string
  readonly stack: string
}

/** Brings a stack to a template (or through an action). Accepted in the transaction that changes the stack. */
export interface PlanOperation {
  readonly kind: 'plan'
  readonly id: string
  readonly stack: StackRef
  readonly action: StackAction
  /** The stack's revision that this operation set: an operation with a higher one is newer. */
  readonly revision: number
  /** Template to reach. A delete, and the rollback of a create, have one without resources. A visit leaves it. */
  readonly template: string
  /**
   * The template that was current when the operation began; null for a create. Of a rollback: what it leads away from. Of a visit:
   * the stack's, which is null unless the operation before it has not been completed.
   */
  readonly previous: string | null
  /** Roll back if it fails? */
  readonly rollback: boolean
  readonly timeoutSeconds: number
  /**
   * Is what was handed in for it, in an adoption or an update after one that failed, written into its rows once it is
   * accepted?
   */
  readonly adopts?: boolean
  /** Compare resources with what is found outside instead of with what is stored of them? Absent: no. */
  readonly observe?: boolean
  /**
   * Of a RESTORE, and of what it asks of stacks inside: the snapshot, the stack it was taken of, and the names of the
   * resources that lead from there to this one.
   */
  readonly restores?:
    | { readonly snapshot: string; readonly stack: string; readonly inside: readonly string[] }
    | undefined
  /** Of a RESUME of what is suspended, if only in part: resources that are not are passed over. Absent: they refuse it. */
  readonly passesOver?: boolean
  /** Steps under way of an operation that this one supersedes: `abort` them (delete) or `await` their end. */
  readonly underway: 'abort' | 'await'
}

/** Stops the running operation. With `rollback`, the stack returns to the template before it. */
export interface CancelOperation {
  readonly kind: 'cancel'
  readonly id: string
  readonly stack: StackRef
  readonly rollback: boolean
}

/** What an engine is asked to do. */
export type Operation = PlanOperation | CancelOperation

/** A node of a plan: one step on one incarnation of a resource. */
export interface PlanNode {
  readonly resource: string
  readonly name: string
  readonly type: string
  readonly step: Step
  /** The step touches nothing but rows, as the type says: it may run in the transaction that completes it. */
  readonly effectless: boolean
  /** Indexes, in the plan's list, of the nodes that must be done before. */
  readonly requires: readonly number[]
}

/** A row that must exist before the plan runs. */
export interface AddedResource {
  readonly id: string
  readonly name: string
  /** The type that carries it out. */
  readonly type: string
  /** What its template calls it, where that differs. */
  readonly declaredType?: string
}

/** What an operation has to do: a graph without cycles. */
export interface Plan {
  /** Prerequisites stand before their dependents. */
  readonly nodes: readonly PlanNode[]
  readonly added: readonly AddedResource[]
}
