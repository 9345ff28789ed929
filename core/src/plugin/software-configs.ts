import type { ServiceIdentifier } from 'inversify'
import type { Transaction } from '@hearth/db/transaction'
import type { Json, JsonMap } from './json.js'

/** A configuration of software, which never changes. */
export interface SoftwareConfig {
  readonly id: string
  readonly name: string | null
  readonly group: string | null
  /** Text, or what a tool takes as data. */
  readonly config: Json
  /** `name`, and optionally `description`, `type`, `default`, `replace_on_change`, `value`; nulls count as absent. */
  readonly inputs: readonly JsonMap[]
  /** `name`, and optionally `description`, `type`, `error_output`. */
  readonly outputs: readonly JsonMap[]
  readonly options: JsonMap
}

/** One that is stored. */
export type StoredConfig = SoftwareConfig & { readonly project: string }

/** A config on its way to a server, and what came of it. */
export interface SoftwareDeployment {
  readonly id: string
  readonly project: string
  readonly configId: string
  readonly status: string | null
  readonly statusReason: string | null
  readonly outputValues: JsonMap | null
}

/** What a resource wants a server to do. */
export interface WantedDeployment {
  readonly id: string
  readonly project: string
  readonly serverId: string
  readonly stackId: string
  /** The resource's row: it is called again when somebody changes the deployment. */
  readonly resourceId: string
  readonly action: string
  readonly inputValues: JsonMap | null
  readonly status: 'IN_PROGRESS' | 'COMPLETE'
  readonly statusReason: string
  /** Made for this deployment and action only. */
  readonly config: SoftwareConfig
}

/** The configurations of software and their deployments, which users of the API see too. Ids are made by the caller. */
export interface SoftwareConfigs {
  /** Stores it; the same id again is the same config. @throws RequestLimitExceeded, StackValidationFailed */
  createConfig(project: string, config: SoftwareConfig): Promise<void>
  /** Of whichever project. Asked at once, many are one query. */
  config(id: string): Promise<StoredConfig | undefined>
  /** One that is not there is no error. @throws InvalidRestrictedAction if a deployment uses it. */
  deleteConfig(id: string): Promise<void>
  /** Of whichever project. Asked at once, many are one query. */
  deployment(id: string): Promise<SoftwareDeployment | undefined>
  /** Makes or changes the deployment, and drops the config that was made for it before. The same config again: nothing. */
  deploy(wanted: WantedDeployment): Promise<void>
  /** Its row, locked until the transaction ends, with its config. */
  lock(id: string, tx: Transaction): Promise<(SoftwareDeployment & { readonly config: StoredConfig }) | undefined>
  /** What came of it. It is locked. */
  end(
    id: string,
    outcome: Pick<SoftwareDeployment, 'status' | 'statusReason' | 'outputValues'>,
    tx: Transaction,
  ): Promise<void>
  /** It is IN_PROGRESS, and nobody waits for it any more. */
  cancel(id: string): Promise<void>
  /** With the config that was made for it. One that is not there is no error. */
  deleteDeployment(id: string): Promise<void>
  /** The configs of all of a project's deployments to a server, as the API shows them, by name. */
  ofServer(project: string, serverId: string): Promise<readonly JsonMap[]>
}
export const SoftwareConfigs = Symbol.for('hearth.SoftwareConfigs') as ServiceIdentifier<SoftwareConfigs>
