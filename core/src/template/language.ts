import type { Limits as YaqlLimits } from './yaql/index.js'

/** What the operator and plugins decide of the language. One for each host. */
export interface Language {
  /** What an expression of the function `yaql` may use. */
  readonly yaql: YaqlLimits
}

/** Heat's defaults. */
export const plainLanguage: Language = { yaql: { iterators: 200, memory: 10_000 } }
