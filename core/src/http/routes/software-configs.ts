import * as errors from '../../errors.js'
import { createConfig, deleteConfig, listConfigs, listedConfig, showConfig, shownConfig } from '../../software/index.js'
import { type RouteMaker, route } from '../context.js'

const path = '/software_configs'

/** Configurations of software: made, shown and deleted, never changed. */
export const softwareConfigRoutes: RouteMaker = services => [
  route(services, 'GET', path, async ({ caller, query }) => {
    if (query.flag('global_tenant')) throw errors.forbidden('software_configs:global_index')
    return { software_configs: (await listConfigs(services, caller, query.page())).map(listedConfig) }
  }),
  route(services, 'POST', path, async ({ caller, body }) => ({
    software_config: shownConfig(await createConfig(services, caller, body())),
  })),
  route(services, 'GET', `${path}/{id}`, async ({ caller, params }) => ({
    software_config: shownConfig(await showConfig(services, caller, params.id as string)),
  })),
  route(services, 'DELETE', `${path}/{id}`, async ({ caller, params, h }) => {
    await deleteConfig(services, caller, params.id as string)
    return h.response().code(204)
  }),
]
