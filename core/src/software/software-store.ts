import {
  type Database,
  type SoftwareConfigRow,
  softwareConfigs,
  type SoftwareDeploymentRow,
  softwareDeployments,
} from '@hearth/db'
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
import type { NamedChecks } from '../resource/named-constraints.js'
import { isUuid } from '../stack/read/find.js'
import { dropConfig, removeConfig } from './configs.js'
import { readInputs, readOutputs } from './inputs-outputs.js'
import { refuseMore } from './limits.js'
import { configsOfServer } from './of-server.js'
import { shownConfig } from './shown.js'
import { together } from './together.js'

interface StoreParts {
  readonly db: Database
  readonly options: Options
  readonly checks: NamedChecks
}

/** What resource types get of configs and deployments. Each call may be made again. */
export class SoftwareStore implements SoftwareConfigs {
  private readonly findConfig: (id: string) => Promise<SoftwareConfigRow | undefined>
  private readonly findDeployment: (id: string) => Promise<SoftwareDeploymentRow | undefined>

  constructor(private readonly parts: StoreParts) {
    const byId = <Row extends { readonly id: string }>(rows: readonly Row[]): Map<string, Row> =>
      new Map(rows.map(row => [row.id, row]))
    this.findConfig = together(async ids => byId(await softwareConfigs.byIds(parts.db, ids)))
    this.findDeployment = together(async ids => byId(await softwareDeployments.byIds(parts.db, ids)))
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
    const { db, options } = this.parts
    await db.transaction(async tx => {
      const locked = await softwareDeployments.lock(tx, wanted.id)
      if (locked?.configId === config.id) return
      await this.insertConfig(wanted.project, config, wanted.id, tx)
      const row = { ...wanted, configId: config.id }
      if (locked === undefined) {
        await refuseMore('deployments', wanted.project, options, tx)
        await softwareDeployments.insert(tx, { ...row, outputValues: null, stackUserProjectId: null })
        return
      }
      const { action, status, statusReason, inputValues, stackId, resourceId } = wanted
      const patch = { configId: config.id, action, status, statusReason, inputValues, stackId, resourceId }
      await softwareDeployments.update(tx, locked, patch)
      await dropConfig(locked.configId, locked.id, tx)
    })
  }

  async lock(id: string, tx: Transaction) {
    const deployment = await softwareDeployments.lock(tx, id)
    const [config] = deployment === undefined ? [] : await softwareConfigs.byIds(tx, [deployment.configId])
    return deployment === undefined || config === undefined ? undefined : { ...deployment, config }
  }

  async end(
    id: string,
    outcome: Pick<SoftwareDeployment, 'status' | 'statusReason' | 'outputValues'>,
    tx: Transaction,
  ): Promise<void> {
    const locked = await softwareDeployments.lock(tx, id)
    if (locked !== undefined) await softwareDeployments.update(tx, locked, outcome)
  }

  async cancel(id: string): Promise<void> {
    await this.parts.db.transaction(async tx => {
      const locked = await softwareDeployments.lock(tx, id)
      if (locked?.status !== 'IN_PROGRESS') return
      await softwareDeployments.update(tx, locked, { status: 'FAILED', statusReason: 'Deployment cancelled.' })
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
    return (await configsOfServer(this.parts.db, project, serverId)).map(row => shownConfig(row) as JsonMap)
  }

  private async insertConfig(
    project: string,
    config: SoftwareConfig,
    madeFor: string | null,
    tx: Transaction,
  ): Promise<void> {
    const { options, checks } = this.parts
    if ((await softwareConfigs.byIds(tx, [config.id])).length > 0) return
    await refuseMore('configs', project, options, tx)
    const inputs = readInputs([...config.inputs], checks)
    const outputs = readOutputs([...config.outputs], checks)
    await softwareConfigs.insert(tx, { ...config, project, inputs, outputs, madeFor })
  }
}
