import type { ServiceIdentifier } from 'inversify'

/**
 * A type that templates may name and that cannot be carried out here: an error then says why, instead of that nobody knows
 * it. A type that a plugin brings, and what an environment makes of the name, come before.
 */
export interface UnavailableType {
  /** e.g. `OS::Nova::Server`. */
  readonly name: string
  /** What is absent, e.g. `nova`. */
  readonly service: string
  /** A sentence without a capital and a full stop. */
  readonly reason: string
}
export const UnavailableType = Symbol.for('hearth.UnavailableType') as ServiceIdentifier<UnavailableType>
