import { limits } from '@hearth/config'
import { type Queryable, softwareConfigs, softwareDeployments } from '@hearth/db'
import * as errors from '../errors.js'
import type { Options } from '../plugin/index.js'

const kinds = {
  configs: { what: 'software configs', option: limits.maxSoftwareConfigsPerTenant, count: softwareConfigs.count },
  deployments: {
    what: 'software deployments',
    option: limits.maxSoftwareDeploymentsPerTenant,
    count: softwareDeployments.count,
  },
} as const

/** @throws RequestLimitExceeded when a project has as many as it may have. */
export async function refuseMore(
  kind: keyof typeof kinds,
  project: string,
  options: Options,
  on: Queryable,
): Promise<void> {
  const { what, option, count } = kinds[kind]
  const most = options.get(option)
  if (most < 0 || (await count(on, project)) < most) return
  throw errors.requestLimitExceeded(
    `You have reached the maximum ${what} per tenant, ${most}. Please delete some ${what}.`,
  )
}
