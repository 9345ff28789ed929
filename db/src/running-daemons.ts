import { randomUUID } from 'node:crypto'
import { type Queryable, statement } from './transaction.js'
import { listenerName } from './listener.js'
import { pingName } from './ping.js'
import { askName } from './silence.js'
import { isAlive } from './stores/worker-store.js'

/** What the connections of a daemon are called in PostgreSQL's list of them, before the name of its host. */
const prefix = 'hearth on '
/** The same of a tool, before what tells it from others. */
const toolPrefix = 'hearth-manage '

/** How the connections of the daemon on this host are called, as long as PostgreSQL lets them. */
export const connectionsOf = (host: string): string => `${prefix}${host}`

/** What the connections of this tool are called, and of no other one: whoever counts others leaves its own out. */
export const connectionsOfTool = (): string => `${toolPrefix}${randomUUID().slice(0, 8)}`

/** Visible to everybody, unlike most of what the list says of others. What is asked in passing is nobody's work. */
const connected = statement(
  'daemons-connected',
  `SELECT DISTINCT application_name AS name FROM pg_stat_activity
    WHERE datname = current_database() AND application_name LIKE 'hearth%'
      AND application_name NOT IN (current_setting('application_name'), '${pingName}', '${askName}')`,
)
const working = statement('daemons-working', `SELECT DISTINCT host FROM worker WHERE ${isAlive}`)

/**
 * The hosts of the daemons at work on a database, whatever its schema: those that are connected, and workers that were
 * lately. Daemons of earlier versions, and other tools of the house, which do not say where they are, count, too.
 */
export async function runningDaemons(on: Queryable): Promise<string[]> {
  const [table] = await on.query<{ found: string | null }>(`SELECT to_regclass('worker')::text AS found`)
  const isThere = table !== undefined && table.found !== null
  const workers = isThere ? await on.query<{ host: string }>(working) : []
  const names = (await on.query<{ name: string }>(connected)).map(({ name }) => name)
  const named = names.filter(name => name.startsWith(prefix)).map(name => name.slice(prefix.length))
  // Each daemon listens, by a connection that does not say whose it is.
  const others = names.filter(name => !name.startsWith(prefix) && (name !== listenerName || named.length === 0))
  const unnamed = others.map(name =>
    name.startsWith(toolPrefix) ? 'a host with hearth-manage' : 'a host that it does not name',
  )
  return [...new Set([...workers.map(({ host }) => host), ...named, ...unnamed])].sort()
}
