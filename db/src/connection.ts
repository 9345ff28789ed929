import type { Socket } from 'node:net'
import { arrayText } from './array-text.js'
import { quickened, type TypeParsers } from './quick-parsers.js'
import type { Silence } from './silence.js'
import type { Statement } from './transaction.js'
import { isAway, isUnusable, ofDatabase, readOnlyCode } from './trouble.js'

/** When a silent connection is asked whether the other end is still there; the system's default is two hours. */
export const keepAliveMs = 10_000

/** A connection of the pool: pg's client, with Sequelize's mark that it is not to be used again. */
export interface Connection extends TypeParsers {
  query(query: unknown, values?: unknown, callback?: unknown): unknown
  end(): Promise<void>
  readonly connection: { readonly stream: Socket }
  _invalid?: boolean
  /** What ended it, while nothing was asked on it. */
  readonly lost?: Error | undefined
}

/** The server process at the other end: no other one, on any server, is the same. */
export interface Backend {
  readonly pid: number
  /** When it began, in seconds of its server's clock. */
  readonly began: string
}

/** A server that answers and takes no writes: to us it is away, whoever led us there. */
class ReadOnlyServer extends Error {
  readonly code = readOnlyCode

  constructor() {
    super('the server is read-only: it is a standby, or was told to take no writes')
  }
}

interface Answer {
  readonly rows?: unknown[]
}
type Callback = (error: (Error & { code?: string }) | null | undefined, answer: Answer | Answer[]) => void

/** What a connection that breaks says, apart from its `error`. */
const brokenCode = 'ECONNRESET'

/** Makes a new connection fit for the pool. @throws whatever makes it unfit; then it is closed */
export async function prepare(client: Connection, silence: Silence): Promise<void> {
  let backend: Backend
  try {
    backend = await introduce(client)
  } catch (error) {
    void client.end().catch(() => undefined)
    throw error
  }
  client.connection.stream.setKeepAlive(true, keepAliveMs)
  const query = client.query.bind(client)
  const types = quickened({ getTypeParser: (oid, format) => client.getTypeParser(oid, format) })
  client.query = (text: unknown, values?: unknown, callback?: unknown): unknown => {
    const answered = silence.owes(client, backend)
    const answer: Callback = (error, result) => {
      answered()
      if (error?.code === readOnlyCode || error?.code === brokenCode) client._invalid = true
      ;((callback ?? values) as Callback)(error, result)
    }
    if (callback !== undefined) return query(text, values, answer)
    return query(typeof text === 'object' ? { ...text, types } : text, answer)
  }
}

/**
 * Sends one statement; one that has a name is prepared once a connection. @returns its rows.
 * @throws pg's own error, with the stack of whoever sent the statement
 */
export async function ask<Row>(
  client: Connection,
  statement: Statement | string,
  params: readonly unknown[] = [],
): Promise<Row[]> {
  const named = typeof statement === 'string' ? { text: statement } : statement
  // Without values a text may be several statements.
  const query = params.length === 0 && typeof statement === 'string' ? named : { ...named, values: params.map(valueOf) }
  try {
    return await new Promise((resolve, reject) => {
      const answer: Callback = (error, result) => {
        if (error !== null && error !== undefined) reject(error)
        else resolve(((Array.isArray(result) ? undefined : result.rows) ?? []) as Row[])
      }
      client.query(query, answer)
    })
  } catch (error) {
    const why = isUnusable(error) && isAway(client.lost) ? client.lost : error
    if (why instanceof Error) Error.captureStackTrace(why)
    throw ofDatabase(why)
  }
}

/** PostgreSQL's text has no NUL. Lists are written here: the driver takes several times as long, and there are large ones. */
function valueOf(param: unknown): unknown {
  if (typeof param === 'string') return param.includes('\0') ? param.replaceAll('\0', '\ufffd') : param
  return Array.isArray(param) ? (arrayText(param) ?? param) : param
}

async function introduce(client: Connection): Promise<Backend> {
  const { rows } = (await client.query(
    `SELECT pid, extract(epoch FROM backend_start)::text AS began,
        current_setting('transaction_read_only') = 'on' AS "readOnly"
      FROM pg_stat_activity WHERE pid = pg_backend_pid()`,
  )) as { rows: (Backend & { readOnly: boolean })[] }
  const [backend] = rows
  if (backend === undefined) throw new Error('the server does not know this connection')
  if (backend.readOnly) throw new ReadOnlyServer()
  return backend
}
