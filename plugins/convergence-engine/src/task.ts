import type { PlanOperation, Task } from '@hearth/core/plugin'
import type { LeasedNode } from './sql/claim.js'

/** What the lifecycle is asked to do for a node. */
export const taskOf = ({ id, resource, step }: LeasedNode, operation: PlanOperation): Task => ({
  key: id,
  resource,
  step,
  operation,
})
