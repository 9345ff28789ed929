import type { Option } from '../option.js'
import * as defaults from './default.js'
import * as limits from './limits.js'
import * as services from './services.js'
import * as yaql from './yaql.js'

export * from './default.js'
export * from './services.js'
export { limits, yaql }

/** Every option of the host, once. */
export const hostOptions: readonly Option<unknown>[] = [defaults, limits, services, yaql].flatMap(
  group => Object.values(group) as Option<unknown>[],
)
