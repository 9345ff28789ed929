import { randomUUID } from 'node:crypto'
import { type SoftwareConfigHead, softwareConfigs, softwareDeployments, type Transaction } from '@hearth/db'
import * as errors from '../errors.js'
import type { JsonMap } from '../plugin/index.js'
import { isUuid } from '../stack/read/find.js'
import type { Caller, StackServices } from '../stack/services.js'
import { readInputs, readOutputs } from './inputs-outputs.js'
import { refuseMore } from './limits.js'
import { type Config, configsByIds, insertConfig } from './rows.js'

/** @throws HTTPBadRequest, StackValidationFailed, RequestLimitExceeded */
export async function createConfig(
  { db, options, language, secrets }: StackServices,
  { project }: Pick<Caller, 'project'>,
  body: JsonMap,
): Promise<Config> {
  const checks = language.constraints
  const id = randomUUID()
  const row = {
    id,
    project,
    name: textOf(body, 'name'),
    group: textOf(body, 'group'),
    config: body.config ?? null,
    inputs: readInputs(body.inputs, checks),
    outputs: readOutputs(body.outputs, checks),
    options: mapOf(body, 'options') ?? {},
    madeFor: null,
  }
  return db.transaction(async tx => {
    await refuseMore('configs', project, options, tx)
    await insertConfig(tx, secrets, row)
    return (await configsByIds(tx, secrets, [id]))[0] as Config
  })
}

export const listConfigs = (
  { db }: Pick<StackServices, 'db'>,
  { project }: Pick<Caller, 'project'>,
  page: { readonly limit?: number; readonly marker?: string },
): Promise<SoftwareConfigHead[]> => softwareConfigs.list(db, project, page)

/** @throws NotFound */
export async function showConfig(
  { db, secrets }: Pick<StackServices, 'db' | 'secrets'>,
  { project }: Pick<Caller, 'project'>,
  id: string,
): Promise<Config> {
  const [row] = isUuid(id) ? await configsByIds(db, secrets, [id]) : []
  if (row === undefined || row.project !== project) throw configNotFound(id)
  return row
}

/** @throws NotFound; InvalidRestrictedAction if a deployment uses it. */
export async function deleteConfig(
  services: Pick<StackServices, 'db' | 'secrets'>,
  caller: Pick<Caller, 'project'>,
  id: string,
): Promise<void> {
  await showConfig(services, caller, id)
  await services.db.transaction(tx => removeConfig(id, tx))
}

/** One that is not there is no error. @throws InvalidRestrictedAction if a deployment uses it. */
export async function removeConfig(id: string, tx: Transaction): Promise<void> {
  // Locked, so that no deployment begins to use it meanwhile.
  if ((await softwareConfigs.lock(tx, id)) === undefined) return
  if (await softwareDeployments.isUsing(tx, id)) throw errors.softwareConfigInUse(id)
  await softwareConfigs.remove(tx, id)
}

/** The same of one that was made for the deployment, if nobody else has come to use it; others are let be. */
export async function dropConfig(id: string, deployment: string, tx: Transaction): Promise<void> {
  const locked = await softwareConfigs.lock(tx, id)
  if (locked?.madeFor !== deployment || (await softwareDeployments.isUsing(tx, id))) return
  await softwareConfigs.remove(tx, id)
}

/** It stays until the transaction has ended, which is going to use it. @throws NotFound if it has gone meanwhile */
export async function holdConfig(id: string, tx: Transaction): Promise<void> {
  if (!(await softwareConfigs.hold(tx, id))) throw configNotFound(id)
}

const configNotFound = (id: string): Error => errors.notFound(`Software config with id ${id} not found`)

/** @throws HTTPBadRequest */
export function textOf(body: JsonMap, name: string): string | null {
  const value = body[name] ?? null
  if (value === null || typeof value === 'string') return value
  throw errors.badRequest(`${name} must be text`)
}

/** @throws HTTPBadRequest */
export function mapOf(body: JsonMap, name: string): JsonMap | null {
  const value = body[name] ?? null
  if (value === null || (typeof value === 'object' && !Array.isArray(value))) return value
  throw errors.badRequest(`${name} must be a map`)
}
