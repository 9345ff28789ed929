import type { Container, ServiceIdentifier } from 'inversify'
import { Clock, Database, Lifecycle, Logger, Options, Outcome, Plans, Workers } from './services.js'

/** All that an engine is likely to need of its host, to be injected at once. */
export interface EngineHost {
  readonly db: Database
  readonly lifecycle: Lifecycle
  readonly plans: Plans
  readonly outcome: Outcome
  readonly workers: Workers
  readonly options: Options
  readonly clock: Clock
  readonly log: Logger
}
export const EngineHost = Symbol.for('hearth.EngineHost') as ServiceIdentifier<EngineHost>

/** Binds it to the services that are bound: for a host, and for tests that make one for an engine. */
export function bindEngineHost(container: Container): void {
  container.bind(EngineHost).toResolvedValue(
    (db, lifecycle, plans, outcome, workers, options, clock, log) => ({
      db,
      lifecycle,
      plans,
      outcome,
      workers,
      options,
      clock,
      log,
    }),
    [Database, Lifecycle, Plans, Outcome, Workers, Options, Clock, Logger],
  )
}
