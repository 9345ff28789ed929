import { isIP, Socket } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import { type Properties, ResourceFailure } from '@hearth/core/plugin'
import pg from 'pg'
import type { Reach } from './reach.js'
import type { Server } from './server.js'

/** How long a server may take to let somebody in, in milliseconds. */
const connectMs = 10_000

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
 * server gives up what it is at.
 */
export const sessions =
  (reach: Reach): Session =>
  async (properties, database, signal, work) => {
    const { server, address } = await reach(properties)
    signal.throwIfAborted()
    const socket = new Socket()
    const client = new pg.Client({
      host: address,
      port: server.port,
      user: server.user,
      ...(server.password === undefined ? {} : { password: server.password }),
      database: database ?? server.database,
      ssl: encryption(server),
      stream: () => socket,
      connectionTimeoutMillis: connectMs,
      application_name: 'hearth',
    })
    client.on('error', () => {})
    const cut = (): void => void socket.destroy()
    signal.addEventListener('abort', cut)
    try {
      await client.connect()
      // The server looks now and then whether anybody is there who waits; not on every system, and not before version 14.
      await client.query("SET client_connection_check_interval = '1s'").catch(() => {})
      return await work(client)
    } catch (error) {
      signal.throwIfAborted()
      throw failure(error, server)
    } finally {
      signal.removeEventListener('abort', cut)
      await client.end().catch(() => {})
      socket.destroy()
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
function failure(error: unknown, { host, port }: Server): unknown {
  if (ResourceFailure.is(error) || !(error instanceof Error)) return error
  if (error instanceof pg.DatabaseError) {
    const { message, detail, hint, code } = error
    const more = [detail, hint].filter(text => text !== undefined).map(text => ` ${text}`)
    return new ResourceFailure(`PostgreSQL says: ${message} (${code}).${more.join('')}`, 'DatabaseError')
  }
  if ('code' in error || /timeout|terminated|SSL/i.test(error.message)) {
    return new ResourceFailure(`no connection to PostgreSQL at ${host}:${port}: ${error.message}`, 'ConnectionError')
  }
  return error
}
