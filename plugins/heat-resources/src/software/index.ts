/**
 * Configurations of software and their deployments, as resources. What they keep is the host's: users of the API see it too.
 * How a server carries a configuration out is the server's.
 * Start at `configs.ts` for what never changes, `deployment.ts` for what waits for a server.
 */
import type { ResourceType, SoftwareConfigs } from '@hearth/core/plugin'
import { configTypes } from './configs.js'
import { deployedServer } from './deployed-server.js'
import { deploymentGroups } from './deployment-groups.js'
import { softwareDeployment, structuredDeployment } from './deployments.js'

/** Each is made with the host's service that keeps what it is about. */
export const softwareTypes: readonly ((configs: SoftwareConfigs) => ResourceType)[] = [
  ...configTypes,
  deployedServer,
  softwareDeployment,
  structuredDeployment,
  ...deploymentGroups.map(type => () => type),
]
