import type { Figure, Queryable } from '@hearth/core/plugin'
import { counts } from './sql/tend.js'

/** What this process has done since it started. */
export interface Done {
  /** Nodes that it has leased. */
  readonly claims: number
  /** Nodes of dead workers that it has made ready again. */
  readonly takeovers: number
}

/** What stands in the tables, for all workers, and what this one has done. */
export async function figures(on: Queryable, { claims, takeovers }: Done): Promise<readonly Figure[]> {
  const [found] = await on.query<Record<'ready' | 'leased' | 'parked' | 'operations', number>>(counts)
  const { operations, ...nodes } = found as NonNullable<typeof found>
  return [
    {
      name: 'nodes',
      help: 'Steps that wait for a worker (ready), are under way (leased) or wait for time or a signal (parked)',
      kind: 'gauge',
      values: Object.entries(nodes).map(([state, value]) => ({ labels: { state }, value })),
    },
    { name: 'operations', help: 'Operations under way', kind: 'gauge', values: [{ value: operations }] },
    { name: 'claims_total', help: 'Steps that this worker has leased', kind: 'counter', values: [{ value: claims }] },
    {
      name: 'takeovers_total',
      help: 'Steps of dead workers that this one has made ready again',
      kind: 'counter',
      values: [{ value: takeovers }],
    },
  ]
}
