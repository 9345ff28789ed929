import { host, leaseSeconds, maxPoolSize } from '@hearth/config'
import {
  connectionsOf,
  connectionsOfTool,
  EmbeddedPostgres,
  HearthDatabase,
  runningServer,
  superviseEmbedded,
} from '@hearth/db'
import type { Runtime } from './runtime.js'

export interface OpenDatabase {
  readonly db: HearthDatabase
  /** Opened when it is first used: one connection, which nothing else keeps busy. */
  readonly pulse: HearthDatabase
  readonly url: string
  readonly embedded: boolean
  /** Closes all connections and stops the server, if it is ours. */
  close(): Promise<void>
}

/** Takes what is said of trouble that heals by itself. */
interface Says {
  warn(message: string): void
  debug(message: string): void
}

/** The daemon's database: the operator's, or a server of its own that is started again whenever it dies. */
export async function openForDaemon(runtime: Runtime, log: Says): Promise<OpenDatabase> {
  const name = connectionsOf(runtime.configuration.get(host))
  if (runtime.connection !== undefined) return open(runtime, runtime.connection, false, log, name)
  const server = await superviseEmbedded({ stateDir: runtime.stateDir }, message => log.warn(message))
  return open(runtime, server.url, true, log, name, () => server.stop())
}

/** A tool's: the server that the daemon runs, or one of its own for as long as the tool works. */
export async function openForTool(runtime: Runtime): Promise<OpenDatabase> {
  const tool = connectionsOfTool()
  const quiet: Says = { warn: () => undefined, debug: () => undefined }
  if (runtime.connection !== undefined) return open(runtime, runtime.connection, false, quiet, tool)
  const running = runningServer(runtime.stateDir)
  if (running !== undefined) return open(runtime, running.url, true, quiet, tool)
  const server = await EmbeddedPostgres.start({ stateDir: runtime.stateDir })
  return open(runtime, server.url, true, quiet, tool, () => server.stop())
}

async function open(
  { configuration }: Runtime,
  url: string,
  embedded: boolean,
  log: Says,
  name: string,
  stop: () => Promise<void> = async () => undefined,
): Promise<OpenDatabase> {
  const shared = {
    url,
    name,
    warn: (message: string) => log.warn(message),
    debug: (message: string) => log.debug(message),
    // Whoever stands still for as long as a worker may be silent has lost its locks as that has lost its work.
    idleTransactionMs: configuration.get(leaseSeconds) * 1000,
  }
  const db = new HearthDatabase({ ...shared, maxPoolSize: configuration.get(maxPoolSize) })
  const pulse = new HearthDatabase({ ...shared, maxPoolSize: 1 })
  const close = async (): Promise<void> => {
    await Promise.all([db.close(), pulse.close()])
    await stop()
  }
  try {
    await db.reach()
  } catch (error) {
    await close()
    throw new Error(
      `The database${embedded ? '' : ' of [database] connection'} at ${withoutPassword(url)} cannot be reached: ${(error as Error).message}`,
    )
  }
  return { db, pulse, url, embedded, close }
}

export function withoutPassword(url: string): string {
  try {
    const parsed = new URL(url)
    if (parsed.password !== '') parsed.password = '***'
    return parsed.href
  } catch {
    return 'the address given'
  }
}
