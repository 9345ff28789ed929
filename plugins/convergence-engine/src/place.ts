import { neededBy, notify, type PlanNode, type PlanOperation, type Transaction } from '@hearth/core/plugin'
import { insertNodes, reserveNodes } from './sql/place.js'

/** The channel on which workers hear that something is ready. Never one notification a row. */
export const channel = 'hearth_node'
/** Payload: somebody has to look at once for what the poll would find, such as a step to abort. */
export const tend = 'tend'
/** Payload: a worker has ended, and what it alone knew is to be searched for. */
export const gone = 'gone'
/** Payload, with its id: a traversal that has nothing left from the beginning. */
export const over = 'over '

/** A traversal and what is to be done for it with leases, or in waves. */
interface Placed {
  readonly id: string
  readonly operation: PlanOperation
  readonly nodes: readonly PlanNode[]
  /** Workers that have died at what is ready. */
  readonly deaths?: number
}

/** Stores nodes of a plan that require each other and nothing else, and tells the workers. */
export async function placeNodes({ id, operation, nodes, deaths = 0 }: Placed, tx: Transaction): Promise<void> {
  if (nodes.length === 0) return
  const { stack } = operation
  const [reserved] = await tx.query<{ ids: string[] }>(reserveNodes, [nodes.length])
  const ids = reserved?.ids ?? []
  const needed = neededBy({ nodes, added: [] })
  await tx.query(insertNodes, [
    id,
    stack.id,
    stack.rootId,
    stack.project,
    ids,
    nodes.map(({ resource }) => resource),
    nodes.map(({ type }) => type),
    nodes.map(({ step }) => step),
    nodes.map(({ requires }) => requires.length),
    needed.map(dependents => `{${dependents.map(dependent => ids[dependent]).join(',')}}`),
    nodes.map(({ effectless }) => effectless),
    deaths,
  ])
  await tx.query(notify, [channel, ''])
}
