/**
 * Configurations of software and their deployments to servers: what requests ask for, and what resource types do with them.
 * What a resource makes of a deployment is its type's; nothing here knows HTTP.
 * Start at `configs.ts` for requests, `software-store.ts` for resource types.
 */
export { createConfig, deleteConfig, listConfigs, showConfig } from './configs.js'
export {
  createDeployment,
  deleteDeployment,
  listDeployments,
  showDeployment,
  updateDeployment,
} from './deployments.js'
export { configsOfServer } from './of-server.js'
export { listedConfig, shownConfig, shownDeployment } from './shown.js'
export { SoftwareStore } from './software-store.js'
