import {
  configsOfServer,
  createDeployment,
  deleteDeployment,
  listDeployments,
  showDeployment,
  shownConfig,
  shownDeployment,
  updateDeployment,
} from '../../software/index.js'
import { type RouteMaker, route } from '../context.js'

const path = '/software_deployments'

/** Deployments of configurations to servers, and what a server is to do. */
export const softwareDeploymentRoutes: RouteMaker = services => [
  route(services, 'GET', path, async ({ caller, query }) => ({
    software_deployments: (await listDeployments(services, caller, query.text('server_id'))).map(shownDeployment),
  })),
  route(services, 'GET', `${path}/metadata/{server}`, async ({ caller, params }) => ({
    metadata: (await configsOfServer(services.db, services.secrets, caller.project, params.server as string)).map(
      shownConfig,
    ),
  })),
  route(services, 'POST', path, async ({ caller, body }) => ({
    software_deployment: shownDeployment(await createDeployment(services, caller, body())),
  })),
  route(services, 'GET', `${path}/{id}`, async ({ caller, params }) => ({
    software_deployment: shownDeployment(await showDeployment(services, caller, params.id as string)),
  })),
  route(services, 'PUT', `${path}/{id}`, async ({ caller, params, body }) => ({
    software_deployment: shownDeployment(await updateDeployment(services, caller, params.id as string, body())),
  })),
  route(services, 'DELETE', `${path}/{id}`, async ({ caller, params, h }) => {
    await deleteDeployment(services, caller, params.id as string)
    return h.response().code(204)
  }),
]
