import type { GivenUp, Lifecycle, Transaction } from '@hearth/core/plugin'
import { dropNodes } from './sql/supersede.js'

/** Nodes whose step is not gone on with: they go away, and what they had begun becomes FAILED. */
export async function giveUpNodes(
  nodes: readonly { readonly id: string; readonly resource: string }[],
  why: GivenUp,
  lifecycle: Lifecycle,
  tx: Transaction,
): Promise<void> {
  if (nodes.length === 0) return
  await tx.query(dropNodes, [nodes.map(({ id }) => id)])
  const resources = nodes.map(({ resource }) => resource)
  await lifecycle.giveUp(resources, why, tx)
}
