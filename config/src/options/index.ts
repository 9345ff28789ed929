import type { Option } from '../option.js'
import * as defaults from './default.js'
import * as limits from './limits.js'
import * as services from './services.js'

export * from './default.js'
export * from './services.js'
export { limits }

/** Every option of the host, once. */
export const hostOptions: readonly Option<unknown>[] = [defaults, limits, services].flatMap(
  group => Object.values(group) as Option<unknown>[],
)
