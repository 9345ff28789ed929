import type { Constraint } from '../plugin/constraint.js'
import type { Limits as YaqlLimits } from './yaql/index.js'

/** What the operator and plugins decide of the language. One for each host. */
export interface Language {
  /** What an expression of the function `yaql` may use. */
  readonly yaql: YaqlLimits
  /** What a parameter's `custom_constraint` may name. */
  readonly constraints: ReadonlyMap<string, Constraint>
}

/** Heat's defaults. */
export const plainLanguage: Language = { yaql: { iterators: 200, memory: 10_000 }, constraints: new Map() }
