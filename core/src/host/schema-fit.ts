import { coreMigrations, type MigrationLine, type Queryable, type SchemaState, schemaState } from '@hearth/db'
import type { Clock, HearthPlugin, Logger } from '../plugin/index.js'
import { migrationLinesOf } from '../plugin/loader.js'

/** The migrations that a daemon with these plugins knows. */
export const migrationsOf = (plugins: readonly HearthPlugin[]): readonly MigrationLine[] => [
  coreMigrations,
  ...migrationLinesOf(plugins),
]

/** Why this version cannot work with a schema that is newer; undefined: it can. */
export const tooNew = ({ newerBreaking }: Pick<SchemaState, 'newerBreaking'>): string | undefined =>
  newerBreaking.length === 0
    ? undefined
    : `The database was brought to a newer schema that this version cannot work with (${newerBreaking.join(', ')}); install the newer version.`

/** How often it is asked, in milliseconds. */
const everyMs = 5_000

/** Whether a daemon can work with the schema as it is now: somebody may have migrated it by force since it started. */
export class SchemaFit {
  private askedAt = -Infinity
  private found: string | undefined

  constructor(
    private readonly db: Queryable,
    private readonly migrations: readonly MigrationLine[],
    private readonly clock: Pick<Clock, 'now'>,
    private readonly log: Pick<Logger, 'error'>,
  ) {}

  /** What is known, without waiting; undefined: it can. Whoever asks again and again learns what has changed. */
  get trouble(): string | undefined {
    const now = this.clock.now()
    if (now - this.askedAt >= everyMs) {
      this.askedAt = now
      // The database may be away: that is told elsewhere.
      this.look().catch(() => undefined)
    }
    return this.found
  }

  private async look(): Promise<void> {
    const found = tooNew(await schemaState(this.db, this.migrations))
    if (found !== undefined && this.found === undefined) this.log.error({}, found)
    this.found = found
  }
}
