import type { WorkerRow } from '../rows.js'
import { type Queryable, statement } from '../transaction.js'

const columns = `id, host, hostname, roles, lease_seconds AS "leaseSeconds", report_interval AS "reportInterval",
  created_at AS "createdAt", heartbeat_at AS "heartbeatAt", stopped_at AS "stoppedAt", unlisted, plugins, engines`
/** A worker is alive while its last heartbeat, by the database's clock, is younger than its lease. */
export const isAlive = `stopped_at IS NULL AND heartbeat_at > hearth_now() - make_interval(secs => lease_seconds)`

/**
 * Those that worked here before and were not stopped in order are listed no more: this one is in their place. They
 * count as dead.
 */
const register = statement(
  'worker-register',
  `WITH followed AS (UPDATE worker SET unlisted = true WHERE host = $2 AND hostname = $3 AND stopped_at IS NULL AND NOT unlisted
      AND heartbeat_at < hearth_now() - make_interval(secs => greatest(lease_seconds, 3 * $6::int)))
    INSERT INTO worker (id, host, hostname, roles, lease_seconds, report_interval, plugins, engines)
      VALUES ($1, $2, $3, $4::text[], $5, $6, $7::text[], $8::text[])`,
)
const ends = (row: string): string => `${row}.heartbeat_at + make_interval(secs => ${row}.lease_seconds)`
/** One that comes too late counts if nobody else has been alive since, who could have taken over. */
const heartbeat = statement(
  'worker-heartbeat',
  `UPDATE worker own SET heartbeat_at = hearth_now() WHERE id = $1 AND stopped_at IS NULL AND (${isAlive}
      OR NOT EXISTS (SELECT FROM worker other WHERE other.id <> own.id AND ${ends('other')} > ${ends('own')}))
    RETURNING id`,
)
const stop = statement(
  'worker-stop',
  `UPDATE worker SET stopped_at = hearth_now() WHERE id = $1 AND stopped_at IS NULL`,
)
const list = statement(
  'worker-list',
  `SELECT ${columns}, ${isAlive} AS alive FROM worker WHERE stopped_at IS NULL AND NOT unlisted ORDER BY created_at`,
)
/** One look: who is dead, and when, in milliseconds, the first of the others will be, unless it says something until then. */
const dead = statement(
  'worker-dead',
  `SELECT coalesce(array_agg(id) FILTER (WHERE NOT (${isAlive})), '{}') AS dead,
      (extract(epoch FROM min(${ends('worker')}) FILTER (WHERE ${isAlive}) - hearth_now())
        * 1000)::float8 AS "nextMs"
    FROM worker`,
)
/** Listed no more; what they held is still to be taken over, and they count as dead. */
const clean = statement(
  'worker-clean',
  `UPDATE worker SET unlisted = true WHERE stopped_at IS NULL AND NOT unlisted AND NOT (${isAlive}) RETURNING id`,
)
/** A row is kept for a while, so that whoever was away still learns of the death. */
const forget = statement(
  'worker-forget',
  `DELETE FROM worker WHERE NOT (${isAlive}) AND heartbeat_at < hearth_now() - interval '1 day'`,
)

export interface ListedWorker extends WorkerRow {
  readonly alive: boolean
}

export const workers = Object.freeze({
  async register(
    on: Queryable,
    row: Pick<
      WorkerRow,
      'id' | 'host' | 'hostname' | 'roles' | 'leaseSeconds' | 'reportInterval' | 'plugins' | 'engines'
    >,
  ): Promise<void> {
    await on.query(register, [
      row.id,
      row.host,
      row.hostname,
      row.roles,
      row.leaseSeconds,
      row.reportInterval,
      row.plugins,
      row.engines,
    ])
  },
  /** @returns false if it came so late that others may have taken over. */
  async heartbeat(on: Queryable, id: string): Promise<boolean> {
    return (await on.query(heartbeat, [id])).length > 0
  },
  async stop(on: Queryable, id: string): Promise<void> {
    await on.query(stop, [id])
  },
  /** @returns how many of the dead are not listed any more. */
  async clean(on: Queryable): Promise<number> {
    return (await on.query(clean)).length
  },
  list: (on: Queryable): Promise<ListedWorker[]> => on.query(list),
  /** `nextMs`: until the first lease of those alive runs out; null: there are none. */
  async dead(on: Queryable): Promise<{ dead: string[]; nextMs: number | null }> {
    const [found] = await on.query<{ dead: string[]; nextMs: number | null }>(dead)
    return found as { dead: string[]; nextMs: number | null }
  },
  async forget(on: Queryable): Promise<void> {
    await on.query(forget)
  },
})
