import type { BenchDaemon } from './daemon.js'
import { type Figure, median, timed } from './figures.js'
import type { Counters } from './server.js'

/** What a scenario works with: a daemon that is warm or not, as it comes. */
export interface Bench {
  /** Of new stacks. */
  readonly engine: string
  readonly daemon: BenchDaemon
  /** A second worker on the same database. */
  readonly another: () => Promise<BenchDaemon>
  readonly counters: () => Promise<Counters>
  /** Asks the daemons' database, beside them. */
  readonly ask: <Row>(sql: string, params?: readonly unknown[]) => Promise<Row[]>
  readonly say: (text: string) => void
  /** Seconds that hand-batched SQL needs for so many resources. */
  readonly limit: (count: number) => Promise<number>
  readonly add: (figure: Omit<Figure, 'engine'>) => void
}

export const created = async (daemon: BenchDaemon, template: object): Promise<string> => {
  const path = await daemon.create(template)
  await daemon.complete(path)
  return path
}
export const removed = async (daemon: BenchDaemon, path: string): Promise<void> => {
  await daemon.delete(path)
  await daemon.complete(path, 'DELETE')
}

const mostRounds = 24
const compared = 4
/** What is no faster than before by more than this is as fast as it gets. */
const faster = 0.95

/**
 * Creates and deletes a template until that gets no faster: a daemon is a process that runs for weeks, and code is compiled
 * while it runs.
 */
export async function warmUp(daemon: BenchDaemon, template: object): Promise<void> {
  const taken: number[] = []
  const getsFaster = (): boolean =>
    median(taken.slice(-compared)) < faster * median(taken.slice(-2 * compared, -compared))
  do taken.push(await creates(daemon, template, 1))
  while (taken.length < 2 * compared || (taken.length < mostRounds && getsFaster()))
}

/** Creates and deletes a template several times. @returns milliseconds of a create. */
export async function creates(daemon: BenchDaemon, template: object, times: number): Promise<number> {
  const taken: number[] = []
  for (let run = 0; run < times; run++) {
    let path = ''
    taken.push(await timed(async () => (path = await created(daemon, template))))
    await removed(daemon, path)
  }
  return median(taken)
}
