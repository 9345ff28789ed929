import type { SoftwareDeploymentRow } from '../rows.js'
import { type Queryable, statement, type Transaction } from '../transaction.js'

export type NewSoftwareDeployment = Omit<SoftwareDeploymentRow, 'createdAt' | 'updatedAt'>
const columns = `d.id, d.project, d.server_id AS "serverId", d.config_id AS "configId", d.action, d.status,
  d.status_reason AS "statusReason", d.input_values AS "inputValues", d.output_values AS "outputValues",
  d.stack_user_project_id AS "stackUserProjectId", d.stack_id AS "stackId", d.resource_id AS "resourceId",
  d.created_at AS "createdAt", d.updated_at AS "updatedAt", d.sealed`

/** Every row of a stack carries the root of its tree. @param stack the parameter with the id of the stack. */
const rootOf = (stack: string): string => `(SELECT s.root_id FROM stack s WHERE s.id = ${stack}::uuid)`
const maybe = (json: string): string => `nullif(${json}::jsonb, 'null'::jsonb)`

const insert = statement(
  'software-deployment-insert',
  `INSERT INTO software_deployment AS d (id, project, server_id, config_id, action, status, status_reason, input_values,
      output_values, stack_user_project_id, stack_id, root_id, resource_id, sealed)
    VALUES ($1, $2, $3, $4, $5, $6, $7, ${maybe('$8')}, ${maybe('$9')}, $10, $11, ${rootOf('$11')}, $12, $13) RETURNING ${columns}`,
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
/** The row is locked. */
const write = statement(
  'software-deployment-write',
  `UPDATE software_deployment d SET config_id = $2, action = $3, status = $4, status_reason = $5, input_values = ${maybe('$6')},
      output_values = ${maybe('$7')}, stack_id = $8, root_id = ${rootOf('$8')}, resource_id = $9, sealed = $10,
      updated_at = hearth_now()
    WHERE d.id = $1 RETURNING ${columns}`,
)
/** The id of a resource that waits for a deployment is that of the deployment: both are found by their keys. */
const cancelOf = statement(
  'software-deployment-cancel-of',
  `UPDATE software_deployment d SET status = 'FAILED', status_reason = $2, updated_at = hearth_now()
    FROM (SELECT w.id FROM resource r JOIN software_deployment w
        ON w.id = CASE WHEN r.physical_id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN r.physical_id::uuid END
          AND w.resource_id = r.id
      WHERE r.id = ANY($1::uuid[]) AND w.status = 'IN_PROGRESS' ORDER BY w.id FOR UPDATE OF w) waiting
    WHERE d.id = waiting.id`,
)
const remove = statement('software-deployment-remove', 'DELETE FROM software_deployment WHERE id = $1')

export const softwareDeployments = Object.freeze({
  async insert(tx: Transaction, row: NewSoftwareDeployment): Promise<SoftwareDeploymentRow> {
    const { id, project, serverId, configId, action, status, statusReason, inputValues, outputValues } = row
    const { stackUserProjectId, stackId, resourceId, sealed } = row
    const values = [inputValues, outputValues].map(one => JSON.stringify(one))
    const of = [stackUserProjectId, stackId, resourceId]
    const params = [id, project, serverId, configId, action, status, statusReason, ...values, ...of, sealed]
    return (await tx.query<SoftwareDeploymentRow>(insert, params))[0] as SoftwareDeploymentRow
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
  /** All that may change of the row; it is locked. */
  async write(tx: Transaction, row: NewSoftwareDeployment): Promise<SoftwareDeploymentRow> {
    const { id, configId, action, status, statusReason, inputValues, outputValues, stackId, resourceId, sealed } = row
    const values = [inputValues, outputValues].map(one => JSON.stringify(one))
    const params = [id, configId, action, status, statusReason, ...values, stackId, resourceId, sealed]
    return (await tx.query<SoftwareDeploymentRow>(write, params))[0] as SoftwareDeploymentRow
  },
  /** Those that resources wait for are FAILED. @param resources ids of their rows, which are locked. */
  async cancelOf(tx: Transaction, resources: readonly string[], reason: string): Promise<void> {
    await tx.query(cancelOf, [resources, reason])
  },
  async remove(tx: Transaction, id: string): Promise<void> {
    await tx.query(remove, [id])
  },
})
