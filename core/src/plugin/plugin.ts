import type { Option } from '@hearth/config/option'
import type { ContainerModule } from 'inversify'

/** The major version of this contract. A plugin that names another one is refused at load. */
export const apiVersion = 1

/** The default export of a plugin's package. */
export interface HearthPlugin {
  /** The npm package's name. */
  readonly name: string
  readonly apiVersion: number
  /** Shown in the configuration sample, read like the host's own. */
  readonly options?: readonly Option<unknown>[]
  /** Folder of compiled migrations `NNNN-name.js`, each exporting `up(tx)` and optionally `breaking`. */
  readonly migrations?: URL
  /** Binds contributions to extension points (`Engine`, `ResourceType`, …), unnamed; each carries its own `name`. */
  readonly contributions: ContainerModule
}

const brand = Symbol.for('hearth.Plugin')

/** Makes the default export of a package. */
export const definePlugin = (plugin: HearthPlugin): HearthPlugin =>
  Object.freeze(Object.defineProperty({ ...plugin }, brand, { value: true }))

/** Whether a value was made by `definePlugin`, of whichever copy of this contract. */
export const isPlugin = (value: unknown): value is HearthPlugin =>
  typeof value === 'object' && value !== null && brand in value
