import { encryptionKeys, type HearthDatabase, migrate, runningDaemons, runningServer, schemaState } from '@hearth/db'
import type { Runtime } from '../runtime.js'
import { say, type Tool, withDatabase } from './tool.js'

/** `hearth-manage db …`: the database and its schema. */
export function dbCommands({ program, runtime }: Tool): void {
  const db = program.command('db').description('the database and its schema')
  db.command('url')
    .description('print the address of the database in use, for psql; starts nothing')
    .action(async () => {
      const { connection, stateDir } = await runtime()
      const url = connection ?? runningServer(stateDir)?.url
      if (url === undefined)
        throw new Error(`The database in ${stateDir} is not running; it runs while the daemon does (npm start).`)
      say(url)
    })
  db.command('sync')
    .description('apply all migrations that are pending')
    .option('--force', 'also while daemons are running that cannot work with the result')
    .action(async ({ force = false }: { force?: boolean }) => {
      const known = await runtime()
      const applied = await withDatabase(known, database =>
        migrate(database, known.migrations, {
          ...(force ? {} : { first: () => refuseBreaking(database, known) }),
          waiting: () => say('Somebody else is migrating the database; waiting for its end'),
        }),
      )
      say(applied.length === 0 ? 'The schema is up to date.' : applied.map(name => `applied ${name}`).join('\n'))
    })
  db.command('forget-key')
    .description(
      'let the next daemon bring another encryption key; what is encrypted with the one before stays unreadable',
    )
    .action(async () => {
      const forgotten = await withDatabase(await runtime(), database => encryptionKeys.forget(database))
      say(
        forgotten
          ? 'The key of the next daemon that starts is the key of this database.'
          : 'The database has no key yet.',
      )
    })
  db.command('version')
    .description('print the last migration applied of each line')
    .action(async () => {
      const known = await runtime()
      const { applied, newer } = await withDatabase(known, database => schemaState(database, known.migrations))
      const last = new Map([...applied, ...newer].map(name => [name.slice(0, name.lastIndexOf('/')), name]))
      say(last.size === 0 ? 'None' : [...last.values()].join('\n'))
    })
  db.command('check')
    .description('exit 0 if the schema fits this version, else say what is missing and exit 1')
    .action(async () => {
      const known = await runtime()
      const state = await withDatabase(known, database => schemaState(database, known.migrations))
      for (const name of state.pending) say(`pending ${name}: run hearth-manage db sync`)
      for (const name of state.newer)
        say(`${state.newerBreaking.includes(name) ? 'breaking, ' : ''}newer than this version: ${name}`)
      if (state.pending.length === 0 && state.newerBreaking.length === 0) say('The schema fits this version.')
      else process.exitCode = 1
    })
}

/** Under the lock of migrations. @throws Error if daemons, or other tools, are at work that could not work with what is pending */
async function refuseBreaking(database: HearthDatabase, { migrations }: Pick<Runtime, 'migrations'>): Promise<void> {
  const { applied, pendingBreaking } = await schemaState(database, migrations)
  // Nobody can be at work on a database without a schema.
  if (applied.length === 0 || pendingBreaking.length === 0) return
  const hosts = await runningDaemons(database)
  if (hosts.length === 0) return
  throw new Error(
    `Daemons are at work on this database, on ${hosts.join(', ')}, and cannot work with what ${pendingBreaking.join(', ')} changes. ` +
      'Stop them, and try again: one that was killed counts until its lease has run out. With --force they are not asked about.',
  )
}
