import {
  coreMigrations,
  isAway,
  type Migration,
  type MigrationLine,
  migrationsIn,
  type Queryable,
  type SchemaState,
  schemaState,
} from '@hearth/db'
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
  /** Read once: whoever upgrades the package in place changes the folders under a daemon that is up. */
  private readonly known: Promise<readonly Migration[]>

  constructor(
    private readonly db: Queryable,
    private readonly migrations: readonly MigrationLine[],
    private readonly clock: Pick<Clock, 'now'>,
    private readonly log: Pick<Logger, 'error'>,
  ) {
    this.known = migrationsIn(migrations)
    this.known.catch(() => undefined)
  }

  /** What is known, without waiting; undefined: it can. Whoever asks again and again learns what has changed. */
  get trouble(): string | undefined {
    const now = this.clock.now()
    if (now - this.askedAt >= everyMs) {
      this.askedAt = now
      this.look().catch(error => {
        // That the database is away is told elsewhere.
        if (!isAway(error)) this.log.error({ err: error }, 'How the schema stands cannot be read')
      })
    }
    return this.found
  }

  private async look(): Promise<void> {
    const found = tooNew(await schemaState(this.db, this.migrations, this.known))
    if (found !== undefined && this.found === undefined) this.log.error({}, found)
    this.found = found
  }
}
