import { type Database, softwareDeployments } from '@hearth/db'
import type {
  JsonMap,
  Options,
  SoftwareConfig,
  SoftwareConfigs,
  SoftwareDeployment,
  StoredConfig,
  Transaction,
  WantedDeployment,
} from '../plugin/index.js'
import type { NamedChecks } from '../resource/properties/named-constraints.js'
import type { Secrets } from '../resource/secrets/secrets.js'
import { isUuid } from '../stack/read/find.js'
import { dropConfig, removeConfig } from './configs.js'
import { readInputs, readOutputs } from './inputs-outputs.js'
import { refuseMore } from './limits.js'
import { configsOfServer } from './of-server.js'
import {
  changeDeployment,
  type Config,
  configsByIds,
  type Deployment,
  deploymentsByIds,
  insertConfig,
  insertDeployment,
  lockDeployment,
} from './rows.js'
import { shownConfig } from './shown.js'
import { together } from './together.js'

interface StoreParts {
  readonly db: Database
  readonly options: Options
  readonly checks: NamedChecks
  readonly secrets: Secrets
}

/** What resource types get of configs and deployments. Each call may be made again. */
export class SoftwareStore implements SoftwareConfigs {
  private readonly findConfig: (id: string) => Promise<Config | undefined>
  private readonly findDeployment: (id: string) => Promise<Deployment | undefined>

  constructor(private readonly parts: StoreParts) {
    const byId = <Row extends { readonly id: string }>(rows: readonly Row[]): Map<string, Row> =>
      new Map(rows.map(row => [row.id, row]))
    this.findConfig = together(async ids => byId(await configsByIds(parts.db, parts.secrets, ids)))
    this.findDeployment = together(async ids => byId(await deploymentsByIds(parts.db, parts.secrets, ids)))
  }

  async createConfig(project: string, config: SoftwareConfig): Promise<void> {
    await this.parts.db.transaction(tx => this.insertConfig(project, config, null, tx))
  }

  async config(id: string): Promise<StoredConfig | undefined> {
    return isUuid(id) ? this.findConfig(id) : undefined
  }

  async deleteConfig(id: string): Promise<void> {
    await this.parts.db.transaction(tx => removeConfig(id, tx))
  }

  async deployment(id: string): Promise<SoftwareDeployment | undefined> {
    return this.findDeployment(id)
  }

  async deploy({ config, ...wanted }: WantedDeployment): Promise<void> {
    const { db, options, secrets } = this.parts
    await db.transaction(async tx => {
      const locked = await lockDeployment(tx, secrets, wanted.id)
      if (locked?.configId === config.id) return
      await this.insertConfig(wanted.project, config, wanted.id, tx)
      const row = { ...wanted, configId: config.id }
      if (locked === undefined) {
        await refuseMore('deployments', wanted.project, options, tx)
        await insertDeployment(tx, secrets, { ...row, outputValues: null, stackUserProjectId: null })
        return
      }
      const { action, status, statusReason, inputValues, stackId, resourceId } = wanted
      const patch = { configId: config.id, action, status, statusReason, inputValues, stackId, resourceId }
      await changeDeployment(tx, secrets, locked, patch)
      await dropConfig(locked.configId, locked.id, tx)
    })
  }

  async lock(id: string, tx: Transaction) {
    const { secrets } = this.parts
    const deployment = await lockDeployment(tx, secrets, id)
    const [config] = deployment === undefined ? [] : await configsByIds(tx, secrets, [deployment.configId])
    return deployment === undefined || config === undefined ? undefined : { ...deployment, config }
  }

  async end(
    id: string,
    outcome: Pick<SoftwareDeployment, 'status' | 'statusReason' | 'outputValues'>,
    tx: Transaction,
  ): Promise<void> {
    const { secrets } = this.parts
    const locked = await lockDeployment(tx, secrets, id)
    if (locked !== undefined) await changeDeployment(tx, secrets, locked, outcome)
  }

  async cancel(id: string): Promise<void> {
    const { db, secrets } = this.parts
    await db.transaction(async tx => {
      const locked = await lockDeployment(tx, secrets, id)
      if (locked?.status !== 'IN_PROGRESS') return
      await changeDeployment(tx, secrets, locked, { status: 'FAILED', statusReason: 'Deployment cancelled.' })
    })
  }

  async deleteDeployment(id: string): Promise<void> {
    await this.parts.db.transaction(async tx => {
      const locked = await softwareDeployments.lock(tx, id)
      if (locked === undefined) return
      await softwareDeployments.remove(tx, id)
      await dropConfig(locked.configId, locked.id, tx)
    })
  }

  async ofServer(project: string, serverId: string): Promise<readonly JsonMap[]> {
    return (await configsOfServer(this.parts.db, this.parts.secrets, project, serverId)).map(
      row => shownConfig(row) as JsonMap,
    )
  }

  private async insertConfig(
    project: string,
    config: SoftwareConfig,
    madeFor: string | null,
    tx: Transaction,
  ): Promise<void> {
    const { options, checks, secrets } = this.parts
    if ((await configsByIds(tx, secrets, [config.id])).length > 0) return
    await refuseMore('configs', project, options, tx)
    const inputs = readInputs([...config.inputs], checks)
    const outputs = readOutputs([...config.outputs], checks)
    await insertConfig(tx, secrets, { ...config, project, inputs, outputs, madeFor })
  }
}
