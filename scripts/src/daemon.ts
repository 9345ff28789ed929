import { bindHost, bindPort, type Configuration, monitoringBindHost, monitoringBindPort, roles } from '@hearth/config'
import {
  type Address,
  Host,
  refuseOpenNoauth,
  ReservedAddress,
  serveApi,
  serveMonitoring,
  type Serving,
  tooNew,
} from '@hearth/core'
import { hasNoConnection, isAway, isOfDatabase, migrate, settledSchemaState } from '@hearth/db'
import type { Logger } from 'pino'
import { type OpenDatabase, openForDaemon, withoutPassword } from './database.js'
import { createLog } from './log.js'
import { encryptionKey, type Runtime } from './runtime.js'
import { reportStranded } from './stranded.js'

/** A daemon that is up. */
export interface Daemon {
  /** Where it answers; undefined: its roles have no api. */
  readonly url: string | undefined
  /** Where it tells how it is; undefined: nowhere but there. */
  readonly monitoring: string | undefined
  readonly log: Logger
  /** See `Log`. */
  readonly reopenLog: () => void
  /** Server closed, engines stopped, database stopped; twice is fine. */
  stop(): Promise<void>
}

/** Brings everything up in order; on a failure, takes down what is up and rethrows. */
export async function startDaemon(runtime: Runtime, progress: (text: string) => void): Promise<Daemon> {
  const { configuration } = runtime
  let host: Host | undefined
  const { log, reopen } = await createLog(configuration, () => host?.workerId)
  refuseOpenNoauth(configuration)
  const addresses: ReservedAddress[] = []
  let database: OpenDatabase | undefined
  let api: Serving | undefined
  let monitoring: Serving | undefined
  const takeDown = async (): Promise<void> => {
    for (const address of addresses) address.close()
    await api?.close()
    await host?.stop()
    await monitoring?.close()
    await database?.close()
  }
  try {
    // Before all else: whoever starts a second daemon by mistake need not wait for its database to learn of it.
    const reserve = async (address: Address | undefined): Promise<ReservedAddress | undefined> => {
      if (address === undefined) return undefined
      const reserved = await ReservedAddress.take(address)
      addresses.push(reserved)
      return reserved
    }
    const apiAddress = await reserve(addressOfApi(configuration))
    const monitoringAddress = await reserve(addressOfMonitoring(configuration))
    if (runtime.connection === undefined) progress('starting the database')
    database = await openForDaemon(runtime, log)
    await prepareSchema(runtime, database, log, progress)
    progress('loading plugins')
    host = await Host.build({
      db: database.db,
      pulse: database.pulse,
      options: configuration,
      plugins: runtime.plugins,
      log,
      encryptionKey: await encryptionKey(runtime, database.db),
    })
    host.metrics.watchProcess()
    monitoring = monitoringAddress && (await serveMonitoring(host, monitoringAddress))
    api = apiAddress && (await serveApi(host, apiAddress))
    await host.start()
    if (api !== undefined) host.workforce.start()
    await reportStranded(host)
    reportConfiguration(runtime, log)
  } catch (error) {
    await takeDown().catch(() => undefined)
    if (database === undefined) throw error
    if (hasNoConnection(error)) throw noConnectionLeft(database.url, error as Error)
    throw isOfDatabase(error) && isAway(error) ? lostMeanwhile(database.url, error as Error) : error
  }
  let stopped: Promise<void> | undefined
  return {
    url: api?.url,
    monitoring: monitoring?.url,
    log,
    reopenLog: reopen,
    stop() {
      stopped ??= takeDown()
      return stopped
    },
  }
}

/** PostgreSQL has let us in, and then no further. */
const noConnectionLeft = (url: string, { message }: Error): Error =>
  new Error(
    `The database at ${withoutPassword(url)} has no connection left (${message}). Raise its max_connections, or lower [database] max_pool_size of the daemons: each takes as many, and a few more.`,
  )

/** It was there when the start began. */
const lostMeanwhile = (url: string, { message }: Error): Error =>
  new Error(
    `The database at ${withoutPassword(url)} was lost while the daemon started (${message}). Start it again once the database can be reached.`,
  )

function addressOfApi(configuration: Configuration): Address | undefined {
  if (!configuration.get(roles).includes('api')) return undefined
  return { host: configuration.get(bindHost), port: configuration.get(bindPort), section: 'heat_api' }
}

function addressOfMonitoring(configuration: Configuration): Address | undefined {
  const port = configuration.get(monitoringBindPort)
  if (port === undefined) return undefined
  return { host: configuration.get(monitoringBindHost), port, section: 'monitoring' }
}

/** Our own database is brought up to date; an operator's is the operator's to change. */
async function prepareSchema(
  { migrations }: Runtime,
  { db, embedded }: OpenDatabase,
  log: Logger,
  progress: (text: string) => void,
): Promise<void> {
  const waiting = (): void =>
    log.warn('Another daemon or hearth-manage is migrating the database; this daemon waits for its end')
  const before = await settledSchemaState(db, migrations, waiting)
  const refusal = tooNew(before)
  if (refusal !== undefined) throw new Error(refusal)
  if (before.newer.length > 0) log.warn(`The database has migrations of a newer version: ${before.newer.join(', ')}`)
  if (before.pending.length === 0) return
  if (!embedded) {
    throw new Error(
      `The database schema is old: ${before.pending.join(', ')} not applied. Stop the other daemons, then run: npx --no-install hearth-manage db sync`,
    )
  }
  progress('migrating the database')
  const applied = await migrate(db, migrations, { waiting })
  log.info(`Database migrated: ${applied.join(', ')}`)
}

function reportConfiguration({ configuration }: Runtime, log: Logger): void {
  for (const warning of configuration.warnings()) log.warn(warning)
  const ignored = configuration.ignored()
  if (ignored.length > 0) log.info(`Options of Heat that Hearth has no use for: ${ignored.join(', ')}`)
}
