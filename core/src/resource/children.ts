import { type Queryable, stacks } from '@hearth/db'
import type {
  ChildReached,
  ChildStage,
  ChildStored,
  ChildWanted,
  Done,
  Json,
  JsonMap,
  Progress,
  Task,
} from '../plugin/index.js'
import type { DefinitionContent } from '../template/index.js'
import type { AdoptedResource } from './rows/adopted.js'
import type { Incarnation } from './rows/incarnation.js'
import type { TypeRegistry } from './types.js'

/** One step toward the stack inside of a resource. */
export interface ChildTask {
  readonly task: Task
  readonly resource: Pick<Incarnation, 'id' | 'name' | 'cursor'>
  /** The step is to stop. */
  readonly signal: AbortSignal
}

/** One operation on the stack inside. */
export interface Stage extends Pick<ChildStage, 'pauseSeconds' | 'cursor' | 'timeoutMinutes'> {
  readonly content: DefinitionContent
}

/** How the stack inside gets to what it is to be, and what is kept of it there. */
export interface Way {
  /** The stack is looked into, for each of the others. */
  readonly looks: boolean
  /** A stack that is not there yet is made of these. */
  readonly adopt?: readonly AdoptedResource[]
  /** Undefined: it is there. */
  next(at: Pick<ChildWanted, 'asked' | 'cursor' | 'inside'> & Pick<ChildStored, 'members'>): Stage | undefined
  /** What the resource keeps of the outputs; undefined: as they are. */
  kept(outputs: JsonMap, at: Omit<ChildReached, 'properties' | 'stored'>): Omit<Done, 'kind' | 'physicalId'> | undefined
}

/** `forget` deletes the stacks, and leaves what their resources stand for; `keep` leaves the stack, as one of its own. */
export type Removal = 'delete' | 'forget' | 'keep'

/** What the row of a resource is told before its step has ended. */
export interface Kept {
  /** Stores a cursor, durably, before it resolves. */
  cursor(stored: Json): Promise<void>
  /** There is a stack inside, as the row says by now: what is written of the step says so, too. */
  stack(id: string): void
}

/** Brings the stacks inside of resources to what they are to be. Each call may be made again, as any step. */
export interface ChildStacks {
  /** Makes it, or updates it, as often as its way wants. */
  reach(child: ChildTask, way: Way, keep: Kept): Promise<Progress>
  remove(child: ChildTask, how: Removal): Promise<Progress>
  /** Takes it through the action of the task's operation. */
  visit(child: ChildTask): Promise<Progress>
}

/** The same incarnations, with the stacks inside those that have one: one query for all. */
export async function withChildren(
  incarnations: readonly Incarnation[],
  types: TypeRegistry,
  on: Queryable,
): Promise<Incarnation[]> {
  const nested = incarnations.filter(({ type }) => types.find(type)?.children !== undefined)
  const found = await stacks.ofResources(
    on,
    nested.map(({ id }) => id),
  )
  const inside = new Map(found.map(stack => [stack.parentResourceId, stack]))
  return incarnations.map(incarnation => {
    const child = inside.get(incarnation.id)
    return child === undefined ? incarnation : { ...incarnation, child }
  })
}
