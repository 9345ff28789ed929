import { neededBy, notify, type Plan, type PlanOperation, type Transaction } from '@hearth/core/plugin'
import { insertNodes, insertTraversal } from './sql/place.js'

/** The channel on which workers hear that something is ready. Never one notification a row. */
export const channel = 'hearth_node'
/** Payload: somebody has to look at once for what the poll would find, such as a step to abort. */
export const tend = 'tend'
/** Payload, with its id: a traversal that has nothing left from the beginning. */
export const over = 'over '

/**
 * Stores a traversal with the nodes of its plan, and tells the workers. @returns its id.
 * @param moving steps of an earlier operation were under way: some worker may have to abort them.
 */
export async function placeTraversal(
  operation: PlanOperation,
  plan: Plan,
  tx: Transaction,
  { moving }: { readonly moving: boolean },
): Promise<string> {
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
    const needed = neededBy(plan)
    await tx.query(insertNodes, [
      traversal.id,
      stack.id,
      stack.rootId,
      stack.project,
      ids,
      plan.nodes.map(({ resource }) => resource),
      plan.nodes.map(({ type }) => type),
      plan.nodes.map(({ step }) => step),
      plan.nodes.map(({ requires }) => requires.length),
      needed.map(dependents => `{${dependents.map(dependent => ids[dependent]).join(',')}}`),
      plan.nodes.map(({ effectless }) => effectless),
    ])
  }
  await tx.query(notify, [channel, moving ? tend : ''])
  if (plan.nodes.length === 0) await tx.query(notify, [channel, `${over}${traversal.id}`])
  return traversal.id
}
