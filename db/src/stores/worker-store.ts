import type { WorkerRow } from '../rows.js'
import { type Queryable, statement } from '../transaction.js'

const columns = `id, host, hostname, roles, lease_seconds AS "leaseSeconds", report_interval AS "reportInterval",
  created_at AS "createdAt", heartbeat_at AS "heartbeatAt", stopped_at AS "stoppedAt"`
/** A worker is alive while its last heartbeat, by the database's clock, is younger than its lease. */
const alive = `stopped_at IS NULL AND heartbeat_at > hearth_now() - make_interval(secs => lease_seconds)`

const register = statement(
  'worker-register',
  `INSERT INTO worker (id, host, hostname, roles, lease_seconds, report_interval) VALUES ($1, $2, $3, $4::text[], $5, $6)`,
)
const heartbeat = statement(
  'worker-heartbeat',
  `UPDATE worker SET heartbeat_at = hearth_now() WHERE id = $1 AND ${alive} RETURNING id`,
)
const stop = statement(
  'worker-stop',
  `UPDATE worker SET stopped_at = hearth_now() WHERE id = $1 AND stopped_at IS NULL`,
)
const list = statement(
  'worker-list',
  `SELECT ${columns}, ${alive} AS alive FROM worker WHERE stopped_at IS NULL ORDER BY created_at`,
)
/** One look: who is dead, and when, in milliseconds, the first of the others will be, unless it says something until then. */
const dead = statement(
  'worker-dead',
  `SELECT coalesce(array_agg(id) FILTER (WHERE NOT (${alive})), '{}') AS dead,
      (extract(epoch FROM min(heartbeat_at + make_interval(secs => lease_seconds)) FILTER (WHERE ${alive}) - hearth_now())
        * 1000)::float8 AS "nextMs"
    FROM worker`,
)
/** A row is kept for a while, so that whoever was away still learns of the death. */
const forget = statement(
  'worker-forget',
  `DELETE FROM worker WHERE NOT (${alive}) AND heartbeat_at < hearth_now() - interval '1 day'`,
)

export interface ListedWorker extends WorkerRow {
  readonly alive: boolean
}

export const workers = Object.freeze({
  async register(
    on: Queryable,
    row: Pick<WorkerRow, 'id' | 'host' | 'hostname' | 'roles' | 'leaseSeconds' | 'reportInterval'>,
  ): Promise<void> {
    await on.query(register, [row.id, row.host, row.hostname, row.roles, row.leaseSeconds, row.reportInterval])
  },
  /** @returns false if it came too late: others may have taken over. */
  async heartbeat(on: Queryable, id: string): Promise<boolean> {
    return (await on.query(heartbeat, [id])).length > 0
  },
  async stop(on: Queryable, id: string): Promise<void> {
    await on.query(stop, [id])
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
