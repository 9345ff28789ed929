import type { SnapshotRow } from '../rows.js'
import { type Queryable, statement, type Transaction } from '../transaction.js'

const columns = `id, stack_id AS "stackId", root_id AS "rootId", name, action, status, status_reason AS "statusReason",
  data #>> '{}' AS data, created_at AS "createdAt"`

const insert = statement(
  'snapshot-insert',
  `INSERT INTO snapshot (id, stack_id, root_id, name, action, status)
    VALUES ($1, $2, $3, $4, 'CREATE', 'IN_PROGRESS') RETURNING ${columns}`,
)
const ofStack = statement(
  'snapshot-of-stack',
  `SELECT ${columns} FROM snapshot WHERE stack_id = $1 ORDER BY created_at, id`,
)
const find = statement('snapshot-find', `SELECT ${columns} FROM snapshot WHERE stack_id = $1 AND id = $2`)
const count = statement('snapshot-count', `SELECT count(*)::int AS count FROM snapshot WHERE stack_id = $1`)
const remove = statement('snapshot-remove', `DELETE FROM snapshot WHERE id = $1`)
const removeOfStack = statement('snapshot-remove-of-stack', `DELETE FROM snapshot WHERE stack_id = $1`)
/** The one that is being taken: a stack has one at most. */
const end = statement(
  'snapshot-end',
  `UPDATE snapshot SET status = $2, status_reason = $3, data = to_jsonb($4::text)
    WHERE stack_id = $1 AND action = 'CREATE' AND status = 'IN_PROGRESS'`,
)

/** What a stack was at some moment. Its stack's row is locked before any of these writes. */
export const snapshots = Object.freeze({
  async insert(tx: Transaction, row: Pick<SnapshotRow, 'id' | 'stackId' | 'rootId' | 'name'>): Promise<SnapshotRow> {
    const [stored] = await tx.query<SnapshotRow>(insert, [row.id, row.stackId, row.rootId, row.name])
    return stored as SnapshotRow
  },
  ofStack: (on: Queryable, stackId: string): Promise<SnapshotRow[]> => on.query(ofStack, [stackId]),
  async find(on: Queryable, stackId: string, id: string): Promise<SnapshotRow | undefined> {
    return (await on.query<SnapshotRow>(find, [stackId, id]))[0]
  },
  async count(on: Queryable, stackId: string): Promise<number> {
    return (await on.query<{ count: number }>(count, [stackId]))[0]?.count ?? 0
  },
  /** Ends the snapshot of a stack that is being taken, if there is one. */
  async end(
    tx: Transaction,
    stackId: string,
    { status, statusReason, data }: Pick<SnapshotRow, 'status' | 'statusReason' | 'data'>,
  ): Promise<void> {
    await tx.query(end, [stackId, status, statusReason, data])
  },
  async remove(tx: Transaction, id: string): Promise<void> {
    await tx.query(remove, [id])
  },
  async removeOfStack(tx: Transaction, stackId: string): Promise<void> {
    await tx.query(removeOfStack, [stackId])
  },
})
