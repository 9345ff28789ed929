/**
 * The constraints of Heat that need no cloud, by the names that templates know them by.
 * Each is pure, but for `expiration`, which asks the clock: nothing here asks a service or a file.
 * Start at `check.ts`.
 */
import type { PureConstraint } from '@hearth/core/plugin'
import { textConstraint } from './check.js'
import { nameConstraints } from './names.js'
import { networkConstraints } from './network.js'
import { timeConstraints } from './times.js'

export { expiration } from './times.js'

const json = textConstraint('json_string', text => {
  try {
    JSON.parse(text)
    return undefined
  } catch (error) {
    return `JSON string is invalid: ${(error as Error).message}`
  }
})

export const constraints: readonly PureConstraint[] = [
  ...networkConstraints,
  ...nameConstraints,
  ...timeConstraints,
  json,
]
