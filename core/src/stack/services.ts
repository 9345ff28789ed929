import type { Database } from '@hearth/db'
import type { EngineRegistry } from '../engine/registry.js'
import type { Clock, Logger, Options } from '../plugin/index.js'
import type { Secrets } from '../resource/secrets/secrets.js'
import type { TypeRegistry } from '../resource/types.js'
import type { Language } from '../template/index.js'
import type { Definitions } from './definitions.js'
import type { StackPlans } from './plans.js'
import type { SignalUrls } from './signal/signal-urls.js'
import type { StackTurns } from './turns.js'

/** What the use-cases work with. */
export interface StackServices {
  readonly db: Database
  readonly definitions: Definitions
  readonly plans: StackPlans
  readonly types: TypeRegistry
  readonly language: Language
  readonly secrets: Secrets
  readonly signalUrls: SignalUrls
  readonly engines: EngineRegistry
  readonly options: Options
  readonly turns: StackTurns
  readonly clock: Clock
  readonly log: Logger
}

/** Who asks, and for which project. */
export interface Caller {
  readonly project: string
  readonly user: string
  readonly requestId: string
}
