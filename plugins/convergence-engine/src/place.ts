import type { Plan, PlanOperation, Transaction } from '@hearth/core/plugin'
import { insertNodes, insertTraversal, notifyWorkers } from './sql/place.js'

/** The channel on which workers hear that something is ready. Never one notification a row. */
export const channel = 'hearth_node'
/** Payload: there is a traversal to end. */
export const over = 'over'

/** Stores a traversal with the nodes of its plan, and tells the workers. */
export async function placeTraversal(operation: PlanOperation, plan: Plan, tx: Transaction): Promise<void> {
  const { stack, timeoutSeconds } = operation
  const [traversal] = await tx.query<{ id: string; nodes: string[] }>(insertTraversal, [
    stack.id,
    stack.rootId,
    stack.project,
    JSON.stringify(operation),
    timeoutSeconds,
    plan.nodes.length,
  ])
  if (traversal === undefined) throw new Error('a traversal was not stored')
  if (plan.nodes.length > 0) {
    const ids = traversal.nodes
    const neededBy = plan.nodes.map((): string[] => [])
    plan.nodes.forEach((node, index) => {
      for (const required of node.requires) neededBy[required]?.push(ids[index] as string)
    })
    const rows = plan.nodes.map(({ resource, type, step, requires }, index) => ({
      id: ids[index],
      resource,
      type,
      step,
      pending: requires.length,
      needed_by: neededBy[index],
    }))
    await tx.query(insertNodes, [traversal.id, stack.id, stack.rootId, stack.project, JSON.stringify(rows)])
  }
  // A plan without nodes is over at once; somebody has to say so.
  await tx.query(notifyWorkers, [channel, plan.nodes.length === 0 ? over : ''])
}
