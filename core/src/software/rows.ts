import {
  type NewSoftwareConfig,
  type NewSoftwareDeployment,
  type Queryable,
  type SoftwareConfigRow,
  softwareConfigs,
  type SoftwareDeploymentRow,
  softwareDeployments,
  type Transaction,
} from '@hearth/db'
import type { JsonMap } from '../plugin/index.js'
import type { Secrets } from '../resource/secrets/secrets.js'

/** Rows of configs and deployments, whose content is kept encrypted: nobody says what of it is secret. */

export type Config = Omit<SoftwareConfigRow, 'sealed'>
export type Deployment = Omit<SoftwareDeploymentRow, 'sealed'>
/** What changes of a deployment; absent: it stays. */
export type DeploymentPatch = Partial<
  Pick<
    Deployment,
    'configId' | 'action' | 'status' | 'statusReason' | 'inputValues' | 'outputValues' | 'stackId' | 'resourceId'
  >
>

export async function insertConfig(
  tx: Transaction,
  secrets: Secrets,
  row: Omit<NewSoftwareConfig, 'sealed'>,
): Promise<void> {
  const { config, inputs, outputs, options } = row
  const sealed = secrets.seal({ config, inputs: [...inputs], outputs: [...outputs], options })
  await softwareConfigs.insert(tx, { ...row, config: null, inputs: [], outputs: [], options: {}, sealed })
}

export async function configsByIds(on: Queryable, secrets: Secrets, ids: readonly string[]): Promise<Config[]> {
  return (await softwareConfigs.byIds(on, ids)).map(row => opened<SoftwareConfigRow>(row, secrets))
}

export async function insertDeployment(
  tx: Transaction,
  secrets: Secrets,
  row: Omit<NewSoftwareDeployment, 'sealed'>,
): Promise<Deployment> {
  return opened(await softwareDeployments.insert(tx, sealedDeployment(row, secrets)), secrets)
}

export async function deploymentsByIds(on: Queryable, secrets: Secrets, ids: readonly string[]): Promise<Deployment[]> {
  return (await softwareDeployments.byIds(on, ids)).map(row => opened<SoftwareDeploymentRow>(row, secrets))
}

/** Oldest first. @param server only those to this server. */
export async function deploymentsOf(
  on: Queryable,
  secrets: Secrets,
  project: string,
  server?: string,
): Promise<Deployment[]> {
  const rows = await softwareDeployments.list(on, project, server)
  return rows.map(row => opened<SoftwareDeploymentRow>(row, secrets))
}

export async function lockDeployment(tx: Transaction, secrets: Secrets, id: string): Promise<Deployment | undefined> {
  const row = await softwareDeployments.lock(tx, id)
  return row === undefined ? undefined : opened(row, secrets)
}

/** @param locked as it was locked. */
export async function changeDeployment(
  tx: Transaction,
  secrets: Secrets,
  locked: Deployment,
  patch: DeploymentPatch,
): Promise<Deployment> {
  return opened(await softwareDeployments.write(tx, sealedDeployment({ ...locked, ...patch }, secrets)), secrets)
}

function sealedDeployment(row: Omit<NewSoftwareDeployment, 'sealed'>, secrets: Secrets): NewSoftwareDeployment {
  const { inputValues, outputValues } = row
  return {
    ...row,
    inputValues: null,
    outputValues: null,
    sealed: secrets.seal({ inputValues, outputValues } as JsonMap),
  }
}

const opened = <Row extends { readonly sealed: string | null }>({ sealed, ...row }: Row, secrets: Secrets) =>
  (sealed === null ? row : { ...row, ...secrets.open(sealed) }) as Omit<Row, 'sealed'>
