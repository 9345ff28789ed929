import { readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { UmzugStorage } from 'umzug'
import type { HearthDatabase } from './database.js'
import { codeOf } from './trouble.js'
import type { Queryable, Transaction } from './transaction.js'

/** A plugin's, or the host's own, sequence of migrations. */
export interface MigrationLine {
  /** `hearth`, or the plugin's package name. */
  readonly name: string
  /** Folder of compiled modules `NNNN-name.js`, each exporting `up(tx)` and optionally `breaking`. */
  readonly folder: URL
}

export const coreMigrations: MigrationLine = { name: 'hearth', folder: new URL('./migrations/', import.meta.url) }

export interface SchemaState {
  readonly applied: readonly string[]
  readonly pending: readonly string[]
  /** Those of `pending` whose result the version before cannot work with. */
  readonly pendingBreaking: readonly string[]
  /** Applied by a newer Hearth or plugin, and unknown here. */
  readonly newer: readonly string[]
  /** Those of `newer` that this version cannot work with. */
  readonly newerBreaking: readonly string[]
}

export interface Migration {
  readonly name: string
  readonly url: string
}

interface MigrationModule {
  readonly up: (tx: Transaction) => Promise<void>
  readonly breaking?: boolean
}
interface Applied {
  readonly name: string
  readonly breaking: boolean
}

/** Any number that nobody else uses: all daemons that migrate wait for each other on it. */
const lockKey = 4_732_784_207
/** A migration of large tables takes its time; whoever waits for it longer than this had better look what goes on. */
const lockMinutes = 10
/** Milliseconds after which it is said again that somebody else migrates. */
const sayEveryMs = 60_000

const versions = `CREATE TABLE IF NOT EXISTS hearth_migration (
  name text PRIMARY KEY, breaking boolean NOT NULL, applied_at timestamptz NOT NULL DEFAULT clock_timestamp())`

/**
 * Applies what is pending, each migration with its version row in one transaction, all under one advisory lock.
 * Needs two connections of the pool: one holds the lock.
 * @param to the last migration to apply, e.g. `hearth/0001-before-the-flag`.
 * @param first called under the lock, before anything is applied: what it throws is thrown, and nothing is.
 * @param waiting called when this begins to wait for somebody else who migrates, and each minute from then on.
 * @returns the names applied now.
 */
export async function migrate(
  database: HearthDatabase,
  lines: readonly MigrationLine[],
  { to, first, waiting }: { to?: string; first?: () => Promise<void>; waiting?: () => void } = {},
): Promise<string[]> {
  // A transaction of its own holds the lock, so that it goes with the connection whatever happens.
  return database.transaction(async guard => {
    await lock(guard, '', waiting)
    await first?.()
    await database.query(versions)
    // It brings much along that no daemon needs whose schema is as it should be.
    const { Umzug } = await import('umzug')
    const umzug = new Umzug({
      migrations: (await migrationsIn(lines)).map(({ name, url }) => ({
        name,
        up: async () => {
          const { up, breaking = false } = (await import(url)) as MigrationModule
          await database.transaction(async tx => {
            await up(tx)
            await tx.query('INSERT INTO hearth_migration (name, breaking) VALUES ($1, $2)', [name, breaking])
          })
        },
      })),
      storage: storage(database),
      logger: undefined,
    })
    const done = await umzug.up(to === undefined ? {} : { to })
    return done.map(({ name }) => name)
  })
}

/** lock_not_available */
const lateCode = '55P03'

async function lock(guard: Transaction, how: '' | '_shared', waiting: () => void = () => undefined): Promise<void> {
  // It asks nothing more while migrations run on other connections, however long they take.
  await guard.query('SET LOCAL idle_in_transaction_session_timeout = 0')
  const [got] = await guard.query<{ free: boolean }>(`SELECT pg_try_advisory_xact_lock${how}($1::bigint) AS free`, [
    lockKey,
  ])
  if (got?.free) return
  waiting()
  const again = setInterval(waiting, sayEveryMs)
  await guard.query(`SET LOCAL lock_timeout = '${lockMinutes}min'`)
  try {
    await guard.query(`SELECT pg_advisory_xact_lock${how}($1::bigint)`, [lockKey])
  } catch (error) {
    if (codeOf(error) !== lateCode) throw error
    throw new Error(
      `Another daemon or hearth-manage has been migrating this database for ${lockMinutes} minutes; see what it does (pg_stat_activity), or stop it, then try again.`,
    )
  } finally {
    clearInterval(again)
  }
}

/** Umzug writes a version row after `up`, outside of its transaction; ours is inside, so its own writing is nothing. */
const storage = (database: HearthDatabase): UmzugStorage => ({
  logMigration: async () => undefined,
  unlogMigration: async () => undefined,
  executed: async () => (await applied(database)).map(({ name }) => name),
})

/**
 * How the schema stands against the migrations that this version knows.
 * @param known those that it knew when it began, if the package may have been replaced by another version since.
 */
export async function schemaState(
  database: Queryable,
  lines: readonly MigrationLine[],
  known: Promise<readonly Migration[]> = migrationsIn(lines),
): Promise<SchemaState> {
  const found = await known
  const names = found.map(({ name }) => name)
  const done = await applied(database)
  const prefixes = lines.map(({ name }) => `${name}/`)
  const newer = done.filter(({ name }) => !names.includes(name) && prefixes.some(prefix => name.startsWith(prefix)))
  const there = new Set(done.map(({ name }) => name))
  const pending = found.filter(({ name }) => !there.has(name))
  const breaking = await Promise.all(
    pending.map(async ({ name, url }) => (((await import(url)) as MigrationModule).breaking === true ? [name] : [])),
  )
  return {
    applied: names.filter(name => there.has(name)),
    pending: pending.map(({ name }) => name),
    pendingBreaking: breaking.flat(),
    newer: newer.map(({ name }) => name),
    newerBreaking: newer.filter(({ breaking }) => breaking).map(({ name }) => name),
  }
}

/**
 * The same, once nobody migrates: who comes while somebody does sees what becomes of it.
 * @param waiting as of `migrate`.
 * @throws Error if that takes too long
 */
export async function settledSchemaState(
  database: HearthDatabase,
  lines: readonly MigrationLine[],
  waiting?: () => void,
): Promise<SchemaState> {
  return database.transaction(async guard => {
    await lock(guard, '_shared', waiting)
    return schemaState(guard, lines)
  })
}

async function applied(database: Queryable): Promise<Applied[]> {
  const [table] = await database.query<{ found: string | null }>(
    `SELECT to_regclass('hearth_migration')::text AS found`,
  )
  if (table === undefined || table.found === null) return []
  return database.query<Applied>('SELECT name, breaking FROM hearth_migration ORDER BY name')
}

/** The migrations of these lines, in their order. */
export async function migrationsIn(lines: readonly MigrationLine[]): Promise<Migration[]> {
  const all = await Promise.all(
    lines.map(async ({ name, folder }) => {
      const entries = (await readdir(fileURLToPath(folder))).filter(file => /^\d{4}-[a-z0-9-]+\.js$/.test(file)).sort()
      return entries.map(file => ({ name: `${name}/${file.slice(0, -3)}`, url: new URL(file, folder).href }))
    }),
  )
  return all.flat()
}
