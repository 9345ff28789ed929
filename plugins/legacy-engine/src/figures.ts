import type { Figure, Queryable } from '@hearth/core/plugin'
import { counts } from './sql/lock.js'

/** What this process has done since it started. */
export interface Done {
  /** Operations that it has taken. */
  readonly claims: number
  /** Operations of dead workers that it has ended. */
  readonly takeovers: number
}

/** What stands in the table, for all workers, and what this one has done. */
export async function figures(on: Queryable, { claims, takeovers }: Done): Promise<readonly Figure[]> {
  const [found] = await on.query<Record<'waiting' | 'running', number>>(counts)
  const states = Object.entries(found as NonNullable<typeof found>)
  return [
    {
      name: 'operations',
      help: 'Operations that wait for a worker, and that have one',
      kind: 'gauge',
      values: states.map(([state, value]) => ({ labels: { state }, value })),
    },
    {
      name: 'claims_total',
      help: 'Operations that this worker has taken',
      kind: 'counter',
      values: [{ value: claims }],
    },
    {
      name: 'takeovers_total',
      help: 'Operations of dead workers that this one has ended',
      kind: 'counter',
      values: [{ value: takeovers }],
    },
  ]
}
