import { type Queryable, resources } from '@hearth/db'
import { type JsonMap, ResourceFailure } from '../plugin/index.js'
import { isSmaller, sizeOf } from '../template/index.js'
import type { Loaded } from './batch.js'

/** A step's values of fewer characters than this are not worth asking what the stack has already. */
const small = 16 * 1024

/**
 * The values of a stack are loaded together, by updates and previews at the latest: there is a limit to all of them. One
 * for each batch of steps, whose members see each other, though nothing of them is written yet.
 */
export class StackSizes {
  /** By stack and resource. */
  private readonly asked = new Map<string, Map<string, number>>()

  constructor(
    private readonly db: Queryable,
    /** Bytes that all resources of a stack may have. */
    private readonly most: () => number,
  ) {}

  /** Asks whether the resource of a task may have values, and is refused by a ResourceFailure. */
  checkOf({ task, incarnation }: Loaded): (values: readonly JsonMap[]) => Promise<void> {
    return values => this.check(task.operation.stack.id, incarnation.id, values)
  }

  private async check(stack: string, id: string, values: readonly JsonMap[]): Promise<void> {
    if (isSmaller(values, small)) return
    const size = values.reduce((sum, one) => sum + sizeOf(one), 0)
    const batch = this.asked.get(stack) ?? new Map<string, number>()
    this.asked.set(stack, batch.set(id, size))
    const most = this.most()
    const inBatch = [...batch.values()].reduce((sum, one) => sum + one, 0)
    const there = inBatch > most ? 0 : await resources.sizeOfOthers(this.db, stack, [...batch.keys()])
    if (inBatch + there <= most) return
    batch.delete(id)
    throw new ResourceFailure(
      `The values of the stack are too large together: more than ${most} bytes ([DEFAULT] max_stack_values_size)`,
      'ValueError',
    )
  }
}
