import type { Database, PlanNode, PlanOperation, Plans, Transaction } from '@hearth/core/plugin'
import { patienceMs } from './patience.js'
import { placeNodes } from './place.js'
import { failTraversals } from './sql/complete.js'
import { endOpening, holdOpening } from './sql/opening.js'

/** A traversal whose opening this worker has taken. */
export interface Taken {
  readonly id: string
  readonly operation: PlanOperation
  /** Workers that have died while they opened it. */
  readonly deaths: number
}

export interface UnopenedParts {
  readonly db: Database
  readonly plans: Plans
  /** An opening is over, and may have left nodes, or its traversal at its end. */
  readonly done: (traversal: string) => void
}

/** Ends an opening without carrying it out: what is left of the plan, by the rows, becomes nodes that need leases. */
export function placeUnopened({ id, operation, deaths }: Taken, holder: string, parts: UnopenedParts): Promise<void> {
  return endHeld(id, holder, parts, async tx => {
    const plan = await parts.plans.open(operation, tx, { moving: true })
    await parts.plans.store(plan.rows, tx)
    await placeNodes({ id, operation, nodes: plan.nodes.map(withLease), deaths }, tx)
  })
}

/** Ends an opening with its traversal. */
export function failOpening({ id }: Taken, holder: string, reason: string, parts: UnopenedParts): Promise<void> {
  return endHeld(id, holder, parts, async tx => {
    await tx.query(failTraversals, [[id], [reason]])
  })
}

async function endHeld(
  id: string,
  holder: string,
  { db, done }: UnopenedParts,
  work: (tx: Transaction) => Promise<void>,
): Promise<void> {
  await db.transaction(async tx => {
    const held = await tx.query(holdOpening, [id, holder, patienceMs])
    if (held.length === 0) return
    await work(tx)
    await tx.query(endOpening, [id])
  })
  done(id)
}

const withLease = (node: PlanNode): PlanNode => ({ ...node, effectless: false })
