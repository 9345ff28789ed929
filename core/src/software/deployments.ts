import { randomUUID } from 'node:crypto'
import { softwareDeployments, stacks, type Transaction } from '@hearth/db'
import * as errors from '../errors.js'
import type { JsonMap } from '../plugin/index.js'
import { isUuid } from '../stack/read/find.js'
import type { Caller, StackServices } from '../stack/services.js'
import { withResource } from '../stack/signal/with-resource.js'
import { holdConfig, mapOf, showConfig, textOf } from './configs.js'
import { refuseMore } from './limits.js'
import {
  changeDeployment,
  type Deployment,
  type DeploymentPatch,
  deploymentsByIds,
  deploymentsOf,
  insertDeployment,
  lockDeployment,
} from './rows.js'

/** Characters that the project of a stack's users may have. */
const longestProject = 64

/** @throws HTTPBadRequest, NotFound for a config that is not there, RequestLimitExceeded */
export async function createDeployment(
  services: StackServices,
  caller: Pick<Caller, 'project'>,
  body: JsonMap,
): Promise<Deployment> {
  const { project } = caller
  const configId = textOf(body, 'config_id')
  if (configId === null) throw errors.badRequest('config_id is required')
  const stackUserProjectId = textOf(body, 'stack_user_project_id')
  if ((stackUserProjectId?.length ?? 0) > longestProject) {
    throw errors.badRequest(`stack_user_project_id is longer than ${longestProject} characters`)
  }
  const row = {
    id: randomUUID(),
    project,
    serverId: textOf(body, 'server_id'),
    ...changesOf(body),
    configId,
    stackUserProjectId,
    stackId: null,
    resourceId: null,
  }
  await showConfig(services, caller, configId)
  return services.db.transaction(async tx => {
    await refuseMore('deployments', project, services.options, tx)
    await holdConfig(configId, tx)
    return insertDeployment(tx, services.secrets, row)
  })
}

/** @param server only those to this server. */
export const listDeployments = (
  { db, secrets }: Pick<StackServices, 'db' | 'secrets'>,
  { project }: Pick<Caller, 'project'>,
  server?: string,
): Promise<Deployment[]> => deploymentsOf(db, secrets, project, server)

/** @throws NotFound */
export async function showDeployment(
  { db, secrets }: Pick<StackServices, 'db' | 'secrets'>,
  { project }: Pick<Caller, 'project'>,
  id: string,
): Promise<Deployment> {
  const [row] = isUuid(id) ? await deploymentsByIds(db, secrets, [id]) : []
  if (row === undefined || row.project !== project) throw deploymentNotFound(id)
  return row
}

/** Nulls change nothing. A resource that waits for the deployment goes on. @throws HTTPBadRequest, NotFound */
export async function updateDeployment(
  services: StackServices,
  caller: Pick<Caller, 'project'>,
  id: string,
  body: JsonMap,
): Promise<Deployment> {
  const row = await showDeployment(services, caller, id)
  const given = { ...changesOf(body), configId: textOf(body, 'config_id') }
  if (given.configId !== null) await showConfig(services, caller, given.configId)
  const patch = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null)) as DeploymentPatch
  return changed(services, row, async tx => {
    const locked = await lockDeployment(tx, services.secrets, id)
    if (locked === undefined) throw deploymentNotFound(id)
    if (given.configId !== null) await holdConfig(given.configId, tx)
    return changeDeployment(tx, services.secrets, locked, patch)
  })
}

/** @throws NotFound */
export async function deleteDeployment(
  services: StackServices,
  caller: Pick<Caller, 'project'>,
  id: string,
): Promise<void> {
  const row = await showDeployment(services, caller, id)
  await changed(services, row, tx => softwareDeployments.remove(tx, id))
}

/** A resource that waits for a deployment is called again when somebody else changes it. */
async function changed<Result>(
  services: StackServices,
  { stackId, resourceId }: Deployment,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  const stack = stackId === null ? undefined : await stacks.find(services.db, stackId)
  const results: Result[] = []
  if (stack !== undefined && stack.deletedAt === null && resourceId !== null) {
    await withResource(services, stack, resourceId, async (_resource, tx) => {
      results[0] = await work(tx)
    })
  }
  // The deployment may outlive its resource.
  return results.length > 0 ? (results[0] as Result) : services.db.transaction(work)
}

const changesOf = (body: JsonMap) => ({
  action: textOf(body, 'action'),
  status: textOf(body, 'status'),
  statusReason: textOf(body, 'status_reason'),
  inputValues: mapOf(body, 'input_values'),
  outputValues: mapOf(body, 'output_values'),
})

const deploymentNotFound = (id: string): Error => errors.notFound(`Deployment with id ${id} not found`)
