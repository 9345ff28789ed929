import { notify, type PlanOperation, type Plans, type Transaction, visitOf } from '@hearth/core/plugin'
import { hasOpening, Opening, type OpeningParts } from './opening.js'
import type { Openings } from './openings.js'
import { channel, over, placeNodes, tend } from './place.js'
import { insertTraversal } from './sql/place.js'

export interface BeginParts extends OpeningParts {
  readonly plans: Plans
  readonly openings: Openings
}

/**
 * Starts the traversal of an operation: stores it, and has it opened once `tx` is committed, here if there is room. A plan
 * that has no opening is placed as nodes at once. @returns its id.
 * @param moving steps of an earlier operation were under way: some worker may have to abort them.
 */
export async function beginTraversal(
  operation: PlanOperation,
  parts: BeginParts,
  tx: Transaction,
  { moving }: { readonly moving: boolean },
): Promise<string> {
  const { plans, openings } = parts
  const { stack } = operation
  const plan = await plans.open(operation, tx, { moving })
  // Visits look at what is there, behind each other, and are not to be done twice.
  const opens = visitOf(operation.action) === undefined && hasOpening(plan)
  const holder = opens ? openings.holderOf(plan, stack.project) : null
  const id = await store(operation, { placed: !opens, holder }, tx)
  if (holder !== null) tx.afterCommit(() => openings.hold(new Opening(id, holder, operation, plan, parts)))
  if (!opens) {
    await plans.store(plan.rows, tx)
    await placeNodes({ id, operation, nodes: plan.nodes }, tx)
  }
  if (moving) await tx.query(notify, [channel, tend])
  else if (opens && holder === null) await tx.query(notify, [channel, ''])
  if (plan.nodes.length === 0) await tx.query(notify, [channel, `${over}${id}`])
  return id
}

async function store(
  operation: PlanOperation,
  { placed, holder }: { readonly placed: boolean; readonly holder: string | null },
  tx: Transaction,
): Promise<string> {
  const { stack, timeoutSeconds } = operation
  const [stored] = await tx.query<{ id: string }>(insertTraversal, [
    stack.id,
    stack.rootId,
    stack.project,
    JSON.stringify(operation),
    timeoutSeconds,
    placed,
    holder,
  ])
  if (stored === undefined) throw new Error('a traversal was not stored')
  return stored.id
}
