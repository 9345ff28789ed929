import type { StackRow } from '@hearth/db'
import type { PlanOperation } from '../plugin/index.js'

/** Whether an operation is not the one that its stack is in any more. Undefined: the stack is gone. */
export const isOver = (
  stack: Pick<StackRow, 'revision' | 'status'> | undefined,
  { revision }: Pick<PlanOperation, 'revision'>,
): boolean => stack === undefined || stack.revision !== revision || stack.status !== 'IN_PROGRESS'
