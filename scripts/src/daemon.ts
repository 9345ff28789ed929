import { bindHost, bindPort, type Configuration, roles } from '@hearth/config'
import { Host, refuseOpenNoauth, ReservedAddress, type Serving, serveApi } from '@hearth/core'
import { migrate, schemaState } from '@hearth/db'
import type { Logger } from 'pino'
import { type OpenDatabase, openForDaemon } from './database.js'
import { createLog } from './log.js'
import { encryptionKey, type Runtime } from './runtime.js'
import { reportStranded } from './stranded.js'

/** A daemon that is up. */
export interface Daemon {
  /** Where it answers; undefined: its roles have no api. */
  readonly url: string | undefined
  readonly log: Logger
  /** Server closed, engines stopped, database stopped; twice is fine. */
  stop(): Promise<void>
}

/** Brings everything up in order; on a failure, takes down what is up and rethrows. */
export async function startDaemon(runtime: Runtime, progress: (text: string) => void): Promise<Daemon> {
  const { configuration } = runtime
  let host: Host | undefined
  const log = createLog(configuration, () => host?.workerId)
  refuseOpenNoauth(configuration)
  // Before all else: whoever starts a second daemon by mistake need not wait for its database to learn of it.
  const address = await reserve(configuration)
  let database: OpenDatabase | undefined
  let api: Serving | undefined
  const takeDown = async (): Promise<void> => {
    address?.close()
    await api?.close()
    await host?.stop()
    await database?.close()
  }
  try {
    if (runtime.connection === undefined) progress('starting the database')
    database = await openForDaemon(runtime, message => log.warn(message))
    await prepareSchema(runtime, database, log, progress)
    progress('loading plugins')
    host = await Host.build({
      db: database.db,
      pulse: database.pulse,
      options: configuration,
      plugins: runtime.plugins,
      log,
      encryptionKey: encryptionKey(runtime),
    })
    api = address && (await serveApi(host, address))
    await host.start()
    await reportStranded(host)
    reportConfiguration(runtime, log)
  } catch (error) {
    await takeDown().catch(() => undefined)
    throw error
  }
  let stopped: Promise<void> | undefined
  return {
    url: api?.url,
    log,
    stop() {
      stopped ??= takeDown()
      return stopped
    },
  }
}

async function reserve(configuration: Configuration): Promise<ReservedAddress | undefined> {
  if (!configuration.get(roles).includes('api')) return undefined
  const [host, port] = [configuration.get(bindHost), configuration.get(bindPort)]
  return ReservedAddress.take({ host, port, section: 'heat_api' })
}

/** Our own database is brought up to date; an operator's is the operator's to change. */
async function prepareSchema(
  { migrations }: Runtime,
  { db, embedded }: OpenDatabase,
  log: Logger,
  progress: (text: string) => void,
): Promise<void> {
  const before = await schemaState(db, migrations)
  if (before.newerBreaking.length > 0) {
    throw new Error(
      `The database was brought to a newer schema that this version cannot work with (${before.newerBreaking.join(', ')}); install the newer version.`,
    )
  }
  if (before.newer.length > 0) log.warn(`The database has migrations of a newer version: ${before.newer.join(', ')}`)
  if (before.pending.length === 0) return
  if (!embedded) {
    throw new Error(
      `The database schema is old: ${before.pending.join(', ')} not applied. Stop the other daemons, then run: npx --no-install hearth-manage db sync`,
    )
  }
  progress('migrating the database')
  const applied = await migrate(db, migrations)
  log.info(`Database migrated: ${applied.join(', ')}`)
}

function reportConfiguration({ configuration }: Runtime, log: Logger): void {
  for (const warning of configuration.warnings()) log.warn(warning)
  const ignored = configuration.ignored()
  if (ignored.length > 0) log.info(`Options of Heat that Hearth has no use for: ${ignored.join(', ')}`)
}
