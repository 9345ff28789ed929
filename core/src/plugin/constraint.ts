import type { ServiceIdentifier } from 'inversify'
import type { Json } from './json.js'

/**
 * A check of values by name: `custom_constraint` of a parameter, or of a property of a resource type. Of a list each item
 * is checked. What is wrong with a value is undefined if nothing is, '' if there is no more to say than that it is, else
 * a sentence, e.g. `"10.0.0.0/40" has a prefix longer than 32`.
 */
export type Constraint = PureConstraint | AskingConstraint
export const Constraint = Symbol.for('hearth.Constraint') as ServiceIdentifier<Constraint>

/** It knows by itself: no input or output, and it never waits. */
export interface PureConstraint {
  /** As templates write it, e.g. `net_cidr`; unique among loaded plugins. */
  readonly name: string
  /** @param value text, a number or a boolean. @returns what is wrong with it. */
  refuse(value: Json): string | undefined
}

/**
 * It asks somebody else, e.g. whether a service has an image of that name. The host asks before a create, update,
 * preview or validate goes on, about many values at once, and again before a step whose properties were not known by
 * then; an answer counts for a minute.
 */
export interface AskingConstraint {
  /** As templates write it, e.g. `acme.image`; unique among loaded plugins. */
  readonly name: string
  /**
   * What is rejected is told the user: the value cannot be checked, and counts as wrong.
   * @param value text, a number or a boolean.
   * @param signal aborted after ten seconds; the value then counts as wrong.
   * @returns what is wrong with it.
   */
  ask(value: Json, signal: AbortSignal): Promise<string | undefined>
}
