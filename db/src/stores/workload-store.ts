import { type Queryable, statement } from '../transaction.js'
import { isAlive } from './worker-store.js'

/** What is to be done, and who is there to do it. Index: stack_in_progress. */
export interface Workload {
  readonly stacks: readonly { readonly engine: string; readonly action: string; readonly count: number }[]
  /** Those that are listed. `engines` are those that it has loaded; none: it is of a version that does not say. */
  readonly workers: readonly { readonly alive: boolean; readonly engines: readonly string[] }[]
}

const read = statement(
  'workload',
  `SELECT
    (SELECT coalesce(jsonb_agg(jsonb_build_object('engine', engine, 'action', action, 'count', count)), '[]')
      FROM (SELECT engine, action, count(*)::int AS count FROM stack
        WHERE status = 'IN_PROGRESS' AND deleted_at IS NULL GROUP BY 1, 2 ORDER BY 1, 2) AS s) AS stacks,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('alive', ${isAlive}, 'engines', engines)), '[]')
      FROM worker WHERE stopped_at IS NULL AND NOT unlisted) AS workers`,
)

/** Of all daemons on this database, in one look. */
export async function workload(on: Queryable): Promise<Workload> {
  const [found] = await on.query<Workload>(read)
  return found as Workload
}
