import { patiently, snapshots, stacks } from '@hearth/db'
import type { Transaction } from '../../plugin/index.js'
import type { Secrets } from '../../resource/secrets/secrets.js'
import { stackData } from './stack-data.js'
import { sealTree } from '../sealed-trees.js'

/** What the end of a stack's SNAPSHOT means for the snapshot that was being taken. The stack's row is locked, and says it. */
export async function endSnapshot(
  tx: Transaction,
  secrets: Secrets,
  stackId: string,
  { status, reason }: { readonly status: string; readonly reason: string },
): Promise<void> {
  const stack = status === 'COMPLETE' ? await stacks.find(tx, stackId) : undefined
  const data =
    stack === undefined ? null : await patiently(tx, async () => sealTree(secrets, await stackData(tx, secrets, stack)))
  await snapshots.end(tx, stackId, { status, statusReason: reason, data })
}

/** Another operation has superseded it: nothing is known of how the stack was. */
export const cancelSnapshot = (tx: Transaction, stackId: string): Promise<void> =>
  snapshots.end(tx, stackId, { status: 'FAILED', statusReason: 'Stack SNAPSHOT cancelled', data: null })
