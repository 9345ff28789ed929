import type { Workload } from '@hearth/db'

/** An engine whose stacks wait, because no worker that is up has it. */
export interface Unserved {
  readonly engine: string
  readonly stacks: number
}

/** Engines with operations under way, or accepted, that no live worker has loaded. Pure. */
export function unserved({ stacks, workers }: Workload): Unserved[] {
  const counts = new Map<string, number>()
  for (const { engine, count } of stacks)
    if (!serves(workers, engine)) counts.set(engine, (counts.get(engine) ?? 0) + count)
  return [...counts].map(([engine, count]) => ({ engine, stacks: count }))
}

/** Whether a worker that is up has this engine, as far as it is known. Pure. */
export const serves = (workers: Workload['workers'], engine: string): boolean =>
  workers.some(({ alive, engines }) => alive && (engines.length === 0 || engines.includes(engine)))
