import type { ServiceIdentifier } from 'inversify'
import type { Json } from './json.js'

/** A check of values by name: `custom_constraint` of a parameter. Pure: no input or output, and it never waits. */
export interface Constraint {
  /** As templates write it, e.g. `net_cidr`; unique among loaded plugins. */
  readonly name: string
  /**
   * Undefined: the value is fine. '': it is not, and there is no more to say.
   * @param value of the parameter's type: text, a number, a boolean, or each item of a list.
   * @returns what is wrong with it, e.g. `"10.0.0.0/40" has a prefix longer than 32`.
   */
  refuse(value: Json): string | undefined
}
export const Constraint = Symbol.for('hearth.Constraint') as ServiceIdentifier<Constraint>
