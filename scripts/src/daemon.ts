import { bindHost, bindPort, roles } from '@hearth/config'
import { createServer, Host, refuseOpenNoauth, stopOptions } from '@hearth/core'
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
  const { configuration, plugins } = runtime
  const log = createLog(configuration)
  refuseOpenNoauth(configuration)
  if (runtime.connection === undefined) progress('starting the database')
  const database = await openForDaemon(runtime, message => log.warn(message))
  let host: Host | undefined
  try {
    await prepareSchema(runtime, database, log, progress)
    progress('loading plugins')
    host = await Host.build({
      db: database.db,
      pulse: database.pulse,
      options: configuration,
      plugins,
      log,
      encryptionKey: encryptionKey(runtime),
    })
    const api = configuration.get(roles).includes('api') ? await listen(host) : undefined
    try {
      await host.start()
    } catch (error) {
      await api?.close()
      throw error
    }
    await reportStranded(host)
    reportConfiguration(runtime, log)
    const running = host
    let stopped: Promise<void> | undefined
    return {
      url: api?.url,
      log,
      stop() {
        stopped ??= (async () => {
          await api?.close()
          await running.stop()
          await database.close()
        })()
        return stopped
      },
    }
  } catch (error) {
    await host?.stop().catch(() => undefined)
    await database.close()
    throw error
  }
}

async function listen(host: Host): Promise<{ url: string; close: () => Promise<void> }> {
  const server = createServer(host)
  try {
    await server.start()
  } catch (error) {
    throw listenError(error as NodeJS.ErrnoException, host.options.get(bindHost), host.options.get(bindPort))
  }
  return { url: server.info.uri, close: () => server.stop(stopOptions) }
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

function listenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === 'EADDRINUSE') {
    return new Error(
      `Port ${port} of ${host} is in use, perhaps by another daemon. Stop it, or choose another port with [heat_api] bind_port.`,
    )
  }
  return new Error(`Cannot listen on ${host}:${port} ([heat_api] bind_host, bind_port): ${error.message}`)
}

function reportConfiguration({ configuration }: Runtime, log: Logger): void {
  for (const warning of configuration.warnings()) log.warn(warning)
  const ignored = configuration.ignored()
  if (ignored.length > 0) log.info(`Options of Heat that Hearth has no use for: ${ignored.join(', ')}`)
}
