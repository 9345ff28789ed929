import type { SoftwareConfigHead } from '@hearth/db'
import { timeOf } from '../time.js'
import type { Config, Deployment } from './rows.js'

/** A config as the API shows it (heat/engine/api.py, format_software_config), and as servers find it. */
export const shownConfig = (row: Config) => ({
  ...listedConfig(row),
  config: row.config,
  inputs: [...row.inputs],
  outputs: [...row.outputs],
  options: row.options,
})

/** The same in a list (format_software_config without details). */
export const listedConfig = (row: SoftwareConfigHead) => ({
  id: row.id,
  name: row.name,
  group: row.group,
  creation_time: timeOf(row.createdAt),
})

/** A deployment as the API shows it. */
export const shownDeployment = (row: Deployment) => ({
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
