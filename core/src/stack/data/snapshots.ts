import { randomUUID } from 'node:crypto'
import { limits } from '@hearth/config'
import { type SnapshotRow, snapshots, type StackRow, stacks } from '@hearth/db'
import * as errors from '../../errors.js'
import type { JsonMap } from '../../plugin/index.js'
import type { Secrets } from '../../resource/secrets/secrets.js'
import { refuseBusy } from './stack-data.js'
import { isUuid } from '../read/find.js'
import { openTree } from '../sealed-trees.js'
import type { Caller, StackServices } from '../services.js'
import { visitStack } from '../visit.js'

/** A snapshot with its data opened. */
export type Snapshot = Omit<SnapshotRow, 'data'> & { readonly data: JsonMap | null }

const opened = (secrets: Secrets, row: SnapshotRow): Snapshot => ({
  ...row,
  data: row.data === null ? null : openTree(secrets, row.data),
})

/** Begins a snapshot: it is taken once the stack's resources have taken theirs. @throws ActionInProgress, RequestLimitExceeded */
export async function takeSnapshot(
  services: StackServices,
  caller: Caller,
  stackId: string,
  name: string | null,
): Promise<Snapshot> {
  const { options, secrets } = services
  const taken: SnapshotRow[] = []
  await visitStack(services, caller, stackId, 'SNAPSHOT', async (tx, stack) => {
    await refuseBusy(tx, stack)
    const most = options.get(limits.maxSnapshotsPerStack)
    if (most >= 0 && (await snapshots.count(tx, stack.id)) >= most) {
      throw errors.requestLimitExceeded(
        `You have reached the maximum snapshots per stack, ${most}. Please delete some snapshots.`,
      )
    }
    taken[0] = await snapshots.insert(tx, { id: randomUUID(), stackId: stack.id, rootId: stack.rootId, name })
  })
  return opened(secrets, taken[0] as SnapshotRow)
}

export async function listSnapshots({ db, secrets }: StackServices, stack: StackRow): Promise<Snapshot[]> {
  return (await snapshots.ofStack(db, stack.id)).map(row => opened(secrets, row))
}

/** @throws SnapshotNotFound */
export async function findSnapshot({ db, secrets }: StackServices, stack: StackRow, id: string): Promise<Snapshot> {
  const row = isUuid(id) ? await snapshots.find(db, stack.id, id) : undefined
  if (row === undefined) throw errors.snapshotNotFound(id, stack.name)
  return opened(secrets, row)
}

/** @throws SnapshotNotFound; NotSupported while it is being taken. */
export async function deleteSnapshot(
  { db }: StackServices,
  { id: stackId, name }: StackRow,
  id: string,
): Promise<void> {
  await db.transaction(async tx => {
    await stacks.lock(tx, stackId)
    const row = isUuid(id) ? await snapshots.find(tx, stackId, id) : undefined
    if (row === undefined) throw errors.snapshotNotFound(id, name)
    if (row.status === 'IN_PROGRESS') throw errors.notSupported('Deleting in-progress snapshot')
    await snapshots.remove(tx, row.id)
  })
}
