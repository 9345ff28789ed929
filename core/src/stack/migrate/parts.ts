import type { Database } from '@hearth/db'
import type { EngineRegistry } from '../../engine/registry.js'
import type { Clock } from '../../plugin/index.js'
import type { Secrets } from '../../resource/secrets/secrets.js'
import type { TypeRegistry } from '../../resource/types.js'
import type { Definitions } from '../definitions.js'

/** What a migration works with; a `Host` that was never started has it all. */
export interface MigrationParts {
  readonly db: Database
  readonly engines: EngineRegistry
  readonly definitions: Definitions
  readonly types: TypeRegistry
  readonly secrets: Secrets
  readonly clock: Clock
}
