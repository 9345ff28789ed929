import type { SoftwareDeploymentRow } from '../rows.js'
import { type Queryable, statement, type Transaction } from '../transaction.js'

export type NewSoftwareDeployment = Omit<SoftwareDeploymentRow, 'createdAt' | 'updatedAt'>
/** What changes of one; absent: it stays. */
export type SoftwareDeploymentPatch = Partial<
  Pick<
    SoftwareDeploymentRow,
    'configId' | 'action' | 'status' | 'statusReason' | 'inputValues' | 'outputValues' | 'stackId' | 'resourceId'
  >
>

const columns = `d.id, d.project, d.server_id AS "serverId", d.config_id AS "configId", d.action, d.status,
  d.status_reason AS "statusReason", d.input_values AS "inputValues", d.output_values AS "outputValues",
  d.stack_user_project_id AS "stackUserProjectId", d.stack_id AS "stackId", d.resource_id AS "resourceId",
  d.created_at AS "createdAt", d.updated_at AS "updatedAt"`
const record = `id uuid, project text, "serverId" text, "configId" uuid, action text, status text, "statusReason" text,
  "inputValues" jsonb, "outputValues" jsonb, "stackUserProjectId" text, "stackId" uuid, "resourceId" uuid`

/** Every row of a stack carries the root of its tree. */
const root = `(SELECT s.root_id FROM stack s WHERE s.id = n."stackId")`

const insert = statement(
  'software-deployment-insert',
  `INSERT INTO software_deployment AS d (id, project, server_id, config_id, action, status, status_reason, input_values,
      output_values, stack_user_project_id, stack_id, root_id, resource_id)
    SELECT id, project, "serverId", "configId", action, status, "statusReason", nullif("inputValues", 'null'::jsonb),
      nullif("outputValues", 'null'::jsonb), "stackUserProjectId", "stackId", ${root}, "resourceId"
    FROM json_to_record($1::json) AS n(${record}) RETURNING ${columns}`,
)
const byIds = statement(
  'software-deployment-by-ids',
  `SELECT ${columns} FROM software_deployment d WHERE d.id = ANY($1::uuid[])`,
)
const lock = statement(
  'software-deployment-lock',
  `SELECT ${columns} FROM software_deployment d WHERE d.id = $1 FOR UPDATE`,
)
/** Index: software_deployment_server, or software_deployment_project. */
const list = statement(
  'software-deployment-list',
  `SELECT ${columns} FROM software_deployment d WHERE d.project = $1 AND ($2::text IS NULL OR d.server_id = $2)
    ORDER BY d.created_at, d.id`,
)
const count = statement(
  'software-deployment-count',
  'SELECT count(*)::int AS count FROM software_deployment WHERE project = $1',
)
const using = statement(
  'software-deployment-using',
  'SELECT EXISTS (SELECT FROM software_deployment WHERE config_id = $1) AS used',
)
/** The row is locked, and is written as a whole. */
const write = statement(
  'software-deployment-write',
  `UPDATE software_deployment d SET config_id = n."configId", action = n.action, status = n.status,
      status_reason = n."statusReason", input_values = nullif(n."inputValues", 'null'::jsonb),
      output_values = nullif(n."outputValues", 'null'::jsonb), stack_id = n."stackId", root_id = ${root}, resource_id = n."resourceId",
      updated_at = hearth_now()
    FROM json_to_record($1::json) AS n(${record}) WHERE d.id = n.id RETURNING ${columns}`,
)
const remove = statement('software-deployment-remove', 'DELETE FROM software_deployment WHERE id = $1')

export const softwareDeployments = Object.freeze({
  async insert(tx: Transaction, row: NewSoftwareDeployment): Promise<SoftwareDeploymentRow> {
    const [stored] = await tx.query<SoftwareDeploymentRow>(insert, [JSON.stringify(row)])
    return stored as SoftwareDeploymentRow
  },
  byIds: (on: Queryable, ids: readonly string[]): Promise<SoftwareDeploymentRow[]> => on.query(byIds, [ids]),
  async lock(tx: Transaction, id: string): Promise<SoftwareDeploymentRow | undefined> {
    return (await tx.query<SoftwareDeploymentRow>(lock, [id]))[0]
  },
  /** Oldest first. @param server only those to this server. */
  list: (on: Queryable, project: string, server?: string): Promise<SoftwareDeploymentRow[]> =>
    on.query(list, [project, server ?? null]),
  async count(on: Queryable, project: string): Promise<number> {
    return (await on.query<{ count: number }>(count, [project]))[0]?.count ?? 0
  },
  async isUsing(on: Queryable, configId: string): Promise<boolean> {
    return (await on.query<{ used: boolean }>(using, [configId]))[0]?.used === true
  },
  /** @param row as it was locked. */
  async update(
    tx: Transaction,
    row: SoftwareDeploymentRow,
    patch: SoftwareDeploymentPatch,
  ): Promise<SoftwareDeploymentRow> {
    const [stored] = await tx.query<SoftwareDeploymentRow>(write, [JSON.stringify({ ...row, ...patch })])
    return stored as SoftwareDeploymentRow
  },
  async remove(tx: Transaction, id: string): Promise<void> {
    await tx.query(remove, [id])
  },
})
