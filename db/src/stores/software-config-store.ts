import type { SoftwareConfigHead, SoftwareConfigRow } from '../rows.js'
import { type Queryable, statement, type Transaction } from '../transaction.js'

export type NewSoftwareConfig = Omit<SoftwareConfigRow, 'createdAt'>

const columns = `id, project, name, "group", config, inputs, outputs, options, created_at AS "createdAt",
  made_for AS "madeFor", sealed`

/** One that is there already stays as it is: a config never changes. */
const insert = statement(
  'software-config-insert',
  `INSERT INTO software_config (id, project, name, "group", config, inputs, outputs, options, made_for, sealed)
    VALUES ($1, $2, $3, $4, nullif($5::jsonb, 'null'::jsonb), $6::jsonb, $7::jsonb, $8::jsonb, $9, $10)
    ON CONFLICT (id) DO NOTHING`,
)
const byIds = statement('software-config-by-ids', `SELECT ${columns} FROM software_config WHERE id = ANY($1::uuid[])`)
/** Locked, so that nobody begins to use it. */
const lock = statement(
  'software-config-lock',
  `SELECT made_for AS "madeFor" FROM software_config WHERE id = $1 FOR UPDATE`,
)
/** Held, so that it stays while somebody begins to use it. */
const hold = statement('software-config-hold', `SELECT id FROM software_config WHERE id = $1 FOR KEY SHARE`)
/** Newest first, behind the one with the id $2. Index: software_config_project. */
const ofProject = statement(
  'software-config-of-project',
  `SELECT id, name, "group", created_at AS "createdAt" FROM software_config WHERE project = $1 AND ($2::uuid IS NULL OR NOT EXISTS (
      SELECT FROM software_config m WHERE m.id = $2 AND m.project = $1) OR (created_at, id) < (
      SELECT m.created_at, m.id FROM software_config m WHERE m.id = $2))
    ORDER BY created_at DESC, id DESC LIMIT $3`,
)
const count = statement(
  'software-config-count',
  'SELECT count(*)::int AS count FROM software_config WHERE project = $1',
)
const remove = statement('software-config-remove', 'DELETE FROM software_config WHERE id = $1')

export const softwareConfigs = Object.freeze({
  async insert(tx: Transaction, row: NewSoftwareConfig): Promise<void> {
    const { id, project, name, group, config, inputs, outputs, options, madeFor, sealed } = row
    const json = [config, inputs, outputs, options].map(value => JSON.stringify(value))
    await tx.query(insert, [id, project, name, group, ...json, madeFor, sealed])
  },
  byIds: (on: Queryable, ids: readonly string[]): Promise<SoftwareConfigRow[]> => on.query(byIds, [ids]),
  async lock(tx: Transaction, id: string): Promise<Pick<SoftwareConfigRow, 'madeFor'> | undefined> {
    return (await tx.query<Pick<SoftwareConfigRow, 'madeFor'>>(lock, [id]))[0]
  },
  async hold(tx: Transaction, id: string): Promise<boolean> {
    return (await tx.query(hold, [id])).length > 0
  },
  /** @param marker those that follow the config of this id; an unknown one is ignored. */
  list: (
    on: Queryable,
    project: string,
    { limit, marker }: { readonly limit?: number; readonly marker?: string },
  ): Promise<SoftwareConfigHead[]> => on.query(ofProject, [project, marker ?? null, limit ?? null]),
  async count(on: Queryable, project: string): Promise<number> {
    return (await on.query<{ count: number }>(count, [project]))[0]?.count ?? 0
  },
  async remove(tx: Transaction, id: string): Promise<void> {
    await tx.query(remove, [id])
  },
})
