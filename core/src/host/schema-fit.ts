import { type MigrationLine, migrationsIn, type Queryable, schemaState } from '@hearth/db'
import type { Clock, Logger } from '../plugin/index.js'
import { Periodic } from './periodic.js'
import { tooNew } from './too-new.js'

/** Milliseconds between two looks. */
const everyMs = 5_000

interface Parts {
  readonly db: Queryable
  readonly migrations: readonly MigrationLine[]
  readonly clock: Clock
  readonly log: Logger
  /** Called once, when the schema is found to be too new. */
  readonly tooNew: () => Promise<void>
}

/**
 * Whether a daemon can work with the schema as it is now: somebody may have migrated it by force since it started. Once it
 * could not, it has to be started again.
 */
export class SchemaFit {
  private readonly periodic: Periodic
  private found: string | undefined

  constructor({ db, migrations, clock, log, tooNew: told }: Parts) {
    // Read once: whoever upgrades the package in place changes the folders under a daemon that is up.
    const known = migrationsIn(migrations)
    known.catch(() => undefined)
    const trouble = 'How the schema stands cannot be read'
    const work = async (): Promise<void> => {
      if (this.found !== undefined) return
      this.found = tooNew(await schemaState(db, migrations, known))
      if (this.found === undefined) return
      log.error({}, `${this.found} Until it is, this daemon is not ready, and does no work on stacks`)
      await told()
    }
    this.periodic = new Periodic({ clock, log, everyMs, trouble, work })
  }

  /** Why it cannot; undefined: it can, as far as is known. */
  get trouble(): string | undefined {
    return this.found
  }

  start(): void {
    this.periodic.start()
  }

  /** Twice, or before start, is fine. */
  stop(): Promise<void> {
    return this.periodic.stop()
  }
}
