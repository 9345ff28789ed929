import type { Clock, EventSink, Logger, Option, Options, ResourceType } from '@hearth/core/plugin'

/** What types ask of the daemon. Ask for an option when a step needs it: some change while the daemon runs. */
export interface Surroundings {
  readonly options: Options
  readonly log: Logger
  readonly clock: Clock
}

/** What one folder brings, and the options by which an operator says what they may do. */
export interface Namespace {
  readonly options: readonly Option<unknown>[]
  /** A function for each type; one that asks nothing of the daemon is `() => type`. */
  readonly types: readonly ((surroundings: Surroundings) => ResourceType)[]
  /** The same, of sinks of events. */
  readonly sinks?: readonly ((surroundings: Surroundings) => EventSink)[]
}
