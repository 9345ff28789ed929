import { AsyncLocalStorage } from 'node:async_hooks'
import type { Socket } from 'node:net'
import { quickened, type TypeParsers } from './quick-parsers.js'
import type { Silence } from './silence.js'
import type { Statement } from './transaction.js'

/** read_only_sql_transaction: a standby, or a primary that was told to take no writes. */
export const readOnlyCode = '25006'
/** When a silent connection is asked whether the other end is still there; the system's default is two hours. */
export const keepAliveMs = 10_000

/** A connection of the pool: pg's client, with Sequelize's mark that it is not to be used again. */
export interface Connection extends TypeParsers {
  query(text: unknown, values?: unknown, callback?: unknown): unknown
  end(): Promise<void>
  readonly connection: { readonly stream: Socket }
  _invalid?: boolean
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

/** Which prepared statement the text that is being sent belongs to. */
const naming = new AsyncLocalStorage<Statement>()

/** While `run` sends the statement's text, it is sent under the statement's name: prepared once a connection. */
export const named = <T>(statement: Statement, run: () => T): T => naming.run(statement, run)

type Callback = (error: (Error & { code?: string }) | null | undefined, result: unknown) => void

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
  // Sequelize has no option for prepared statements: the texts that have a name are named here.
  client.query = (text: unknown, values?: unknown, callback?: unknown): unknown => {
    const params = typeof values === 'function' ? undefined : values
    const answered = silence.owes(client, backend)
    const answer: Callback = (error, result) => {
      answered()
      if (error?.code === readOnlyCode) client._invalid = true
      ;((params === undefined ? values : callback) as Callback)(error, result)
    }
    const statement = typeof text === 'string' && Array.isArray(params) ? naming.getStore() : undefined
    if (statement !== undefined) return query({ name: statement.name, text, values: params, types }, answer)
    return params === undefined ? query(text, answer) : query(text, params, answer)
  }
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
