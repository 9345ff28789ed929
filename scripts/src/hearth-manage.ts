import { migrate, runningServer, schemaState } from '@hearth/db'
import { openForTool } from './database.js'
import { addPluginCommands } from './plugin/command.js'
import { givenFiles, newProgram, readRuntime, type Runtime, splitArguments } from './runtime.js'

/** The operator's tool. Every command takes the daemon's own configuration. */

const { overrides, rest } = splitArguments(process.argv.slice(2))
const program = newProgram('hearth-manage', 'Looks after the database of a Hearth daemon')
const runtime = (): Promise<Runtime> => readRuntime(givenFiles(program), overrides)
const say = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

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
  .action(() =>
    withDatabase(async (database, { migrations }) => {
      const applied = await migrate(database, migrations)
      say(applied.length === 0 ? 'The schema is up to date.' : applied.map(name => `applied ${name}`).join('\n'))
    }),
  )
db.command('version')
  .description('print the last migration applied of each line')
  .action(() =>
    withDatabase(async (database, { migrations }) => {
      const { applied, newer } = await schemaState(database, migrations)
      const last = new Map([...applied, ...newer].map(name => [name.slice(0, name.lastIndexOf('/')), name]))
      say(last.size === 0 ? 'None' : [...last.values()].join('\n'))
    }),
  )
db.command('check')
  .description('exit 0 if the schema fits this version, else say what is missing and exit 1')
  .action(() =>
    withDatabase(async (database, { migrations }) => {
      const { pending, newer, newerBreaking } = await schemaState(database, migrations)
      for (const name of pending) say(`pending ${name}: run hearth-manage db sync`)
      for (const name of newer)
        say(`${newerBreaking.includes(name) ? 'breaking, ' : ''}newer than this version: ${name}`)
      if (pending.length === 0 && newerBreaking.length === 0) say('The schema fits this version.')
      else process.exitCode = 1
    }),
  )

addPluginCommands(program, say)

async function withDatabase(
  work: (database: Awaited<ReturnType<typeof openForTool>>['db'], runtime: Runtime) => Promise<void>,
): Promise<void> {
  const known = await runtime()
  const opened = await openForTool(known)
  try {
    await work(opened.db, known)
  } finally {
    await opened.close()
  }
}

program.parseAsync(rest, { from: 'user' }).catch(error => {
  process.stderr.write(`ERROR: ${(error as Error).message}\n`)
  process.exitCode = 1
})
