import { type Queryable, statement } from './transaction.js'
import { isAlive } from './stores/worker-store.js'

/** What the connections of a daemon are called in PostgreSQL's list of them, before the name of its host. */
const prefix = 'hearth on '

/** How the connections of the daemon on this host are called, as long as PostgreSQL lets them. */
export const connectionsOf = (host: string): string => `${prefix}${host}`

/** Visible to everybody, unlike most of what the list says of others. */
const connected = statement(
  'daemons-connected',
  `SELECT DISTINCT substr(application_name, ${prefix.length + 1}) AS host FROM pg_stat_activity
    WHERE datname = current_database() AND application_name LIKE '${prefix}%'`,
)
const working = statement('daemons-working', `SELECT DISTINCT host FROM worker WHERE ${isAlive}`)

/** The hosts of the daemons at work on a database, whatever its schema: those that are connected, and workers that were lately. */
export async function runningDaemons(on: Queryable): Promise<string[]> {
  const [table] = await on.query<{ found: string | null }>(`SELECT to_regclass('worker')::text AS found`)
  const isThere = table !== undefined && table.found !== null
  const workers = isThere ? await on.query<{ host: string }>(working) : []
  const hosts = [...workers, ...(await on.query<{ host: string }>(connected))].map(({ host }) => host)
  return [...new Set(hosts)].sort()
}
