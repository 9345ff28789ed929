import { isIP, Socket } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import { type Properties, ResourceFailure } from '@hearth/core/plugin'
import pg from 'pg'
import type { Reach } from './reach.js'
import type { Server } from './server.js'
import { tellsOfValues, withoutValues } from './without-values.js'

/** How long a server may take to let somebody in, in milliseconds. */
const connectMs = 10_000
/** How long it may take to hear that a connection is over. */
const closeMs = 5_000

/** There is no database of the name that a resource gives. That the one which a server is used by is missing is no such news. */
export class NoDatabase extends ResourceFailure {
  constructor(message: string) {
    super(message, 'NotFound')
  }
}

/** A connection for the length of one piece of work. */
export type Client = Pick<pg.ClientBase, 'query'>
export const quoted = pg.escapeIdentifier
export const literal = pg.escapeLiteral

/** Does some work on a database of the server that properties name. */
export type Session = <T>(
  properties: Properties,
  /** Null: the one that the server is used by. */
  database: string | null,
  signal: AbortSignal,
  work: (client: Client) => Promise<T>,
) => Promise<T>

/**
 * Opens a connection for each piece of work, and closes it. When the work is given up, the connection is cut, and the
 * server gives up what it is at. No statement takes longer than so many seconds, unless the work says otherwise.
 */
export const sessions =
  (reach: Reach, statementSeconds: () => number): Session =>
  async (properties, database, signal, work) => {
    const { server, addresses } = await reach(properties)
    signal.throwIfAborted()
    let socket: Socket | undefined
    const cut = (): void => void socket?.destroy()
    signal.addEventListener('abort', cut)
    try {
      const client = await firstOf(addresses, address => {
        socket = new Socket()
        return connected({ ...server, database: database ?? server.database }, address, socket)
      }).catch(error => {
        throw database !== null && isUnknown(error) ? new NoDatabase(refusal(error).message) : error
      })
      try {
        // The server looks now and then whether anybody is there who waits; not on every system.
        await client.query("SET client_connection_check_interval = '1s'").catch(() => {})
        await limitStatements(client, statementSeconds())
        return await work(client)
      } finally {
        // A server that does not answer any more is not waited for.
        const late = setTimeout(cut, closeMs)
        await client.end().catch(() => {})
        clearTimeout(late)
      }
    } catch (error) {
      signal.throwIfAborted()
      throw failure(error, server)
    } finally {
      signal.removeEventListener('abort', cut)
      cut()
    }
  }

/** The server gives up statements that take longer; waiting for locks counts. */
export const limitStatements = async (client: Client, seconds: number): Promise<void> =>
  void (await client.query(`SET statement_timeout = ${seconds * 1000}`))

/** A host may have addresses where nobody listens; one where the server answers is the one, whatever it answers. */
async function firstOf(
  addresses: readonly string[],
  connect: (address: string) => Promise<pg.Client>,
): Promise<pg.Client> {
  const [address = '', ...others] = addresses
  try {
    return await connect(address)
  } catch (error) {
    if (others.length === 0 || error instanceof pg.DatabaseError) throw error
    return firstOf(others, connect)
  }
}

async function connected(server: Server, address: string, socket: Socket): Promise<pg.Client> {
  const { port, user, password, database } = server
  const client = new pg.Client({
    host: address,
    port,
    user,
    ...(password === undefined ? {} : { password }),
    database,
    ssl: encryption(server),
    stream: () => socket,
    connectionTimeoutMillis: connectMs,
    application_name: 'hearth',
  })
  client.on('error', () => {})
  try {
    await client.connect()
    return client
  } catch (error) {
    socket.destroy()
    throw error
  }
}

function encryption({ host, sslMode, authority }: Server): false | ConnectionOptions {
  if (sslMode === 'disable') return false
  return {
    rejectUnauthorized: sslMode !== 'require',
    ...(authority === undefined ? {} : { ca: authority }),
    // The address is known by now; the certificate is for the name.
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(sslMode === 'verify-full' ? {} : { checkServerIdentity: () => undefined }),
  }
}

/** What a server says is what the user wants to read; so is that it cannot be reached. */
export function failure(error: unknown, { host, port }: Pick<Server, 'host' | 'port'>): unknown {
  if (ResourceFailure.is(error) || !(error instanceof Error)) return error
  if (error instanceof pg.DatabaseError) return refusal(error)
  if ('code' in error || /timeout|terminated|SSL|not queryable/i.test(error.message)) {
    return new ResourceFailure(`no connection to PostgreSQL at ${host}:${port}: ${error.message}`, 'ConnectionError')
  }
  return error
}

const isUnknown = (error: unknown): error is pg.DatabaseError =>
  error instanceof pg.DatabaseError && error.code === '3D000'

/** @param script what was sent, if its author is to be told the line; the values that it writes out may be secret. */
export function refusal({ message, detail, hint, code, position }: pg.DatabaseError, script = ''): ResourceFailure {
  const line =
    script === '' || position === undefined ? undefined : script.slice(0, Number(position)).split('\n').length
  const hides = script !== '' && tellsOfValues(code)
  const more = [line === undefined ? undefined : `In line ${line}.`, hides ? undefined : detail, hint, limit(code)]
  const said = [`PostgreSQL says: ${hides ? withoutValues(message, code) : message} (${code}).`, ...more]
  return new ResourceFailure(
    said.filter(text => text !== undefined).join(' '),
    isAway(code) ? 'ConnectionError' : 'DatabaseError',
  )
}

/** A statement has taken longer than it may, or somebody has cancelled it. */
export const isTooLong = (code: string | undefined): boolean => code === '57014'

/** Who says how long a statement may take. */
const limit = (code: string | undefined): string | undefined =>
  isTooLong(code) ? 'See timeout_seconds of a script, else [postgresql] statement_timeout.' : undefined

/** The server, or the database, lets nobody in or throws everybody out; it may be gone. */
const isAway = (code: string | undefined): boolean => code === '3D000' || code?.startsWith('57P') === true
