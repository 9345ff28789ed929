import { type Queryable, stacks } from '@hearth/db'
import type { Done, JsonMap, Progress, Task } from '../plugin/index.js'
import type { DefinitionContent } from '../template/index.js'
import type { Incarnation } from './incarnation.js'
import type { TypeRegistry } from './types.js'

/** One step toward the stack inside of a resource. */
export interface ChildTask {
  readonly task: Task
  readonly resource: Pick<Incarnation, 'id' | 'name'>
}

/** What a resource keeps of the outputs of the stack inside; undefined: as they are. */
export type Kept = (
  outputs: JsonMap,
  stack: { readonly id: string; readonly name: string },
) => Omit<Done, 'kind' | 'physicalId'> | undefined

/** Brings the stacks inside of resources to what they are to be. Each call may be made again, as any step. */
export interface ChildStacks {
  /** Makes it, or updates it to `content`. */
  reach(child: ChildTask, content: DefinitionContent, kept: Kept): Promise<Progress>
  remove(child: ChildTask): Promise<Progress>
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
