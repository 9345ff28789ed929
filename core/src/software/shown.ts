import type { SoftwareConfigRow, SoftwareDeploymentRow } from '@hearth/db'
import { timeOf } from '../time.js'

/** A config as the API shows it (heat/engine/api.py, format_software_config), and as servers find it. */
export const shownConfig = (row: SoftwareConfigRow) => ({
  id: row.id,
  name: row.name,
  group: row.group,
  config: row.config,
  inputs: [...row.inputs],
  outputs: [...row.outputs],
  options: row.options,
  creation_time: timeOf(row.createdAt),
})

/** A deployment as the API shows it. */
export const shownDeployment = (row: SoftwareDeploymentRow) => ({
  id: row.id,
  server_id: row.serverId,
  config_id: row.configId,
  input_values: row.inputValues,
  output_values: row.outputValues,
  action: row.action,
  status: row.status,
  status_reason: row.statusReason,
  creation_time: timeOf(row.createdAt),
  ...(row.updatedAt === null ? {} : { updated_time: timeOf(row.updatedAt) }),
})
