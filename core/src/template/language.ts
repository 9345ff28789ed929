import { limits } from '@hearth/config'
import { EventSinks } from '../event/sinks.js'
import { NamedConstraints } from '../resource/properties/named-constraints.js'
import { type Formats, plainFormats } from './formats/index.js'
import type { Limits as YaqlLimits } from './yaql/index.js'

/** What the operator and plugins decide of the language. One for each host. */
export interface Language {
  readonly formats: Formats
  /** What an expression of the function `yaql` may use. */
  readonly yaql: YaqlLimits
  /** Characters that the values of all resources of a stack may have together. */
  readonly values: number
  /** Steps that the functions of all resources or outputs of a template may take together. */
  readonly steps: number
  /** What `custom_constraint` may name. */
  readonly constraints: NamedConstraints
  /** What `event_sinks` may name. */
  readonly sinks: EventSinks
}

/** Heat's defaults. */
export const plainLanguage: Language = {
  formats: plainFormats,
  yaql: { iterators: 200, memory: 10_000 },
  values: limits.maxStackValuesSize.default,
  steps: limits.maxFunctionSteps.default,
  constraints: new NamedConstraints(new Map(), () => 0),
  sinks: new EventSinks(new Map()),
}
