import { Server } from './server.js'
import { connectionsPerProcess } from './process.js'
import type { Outcome } from './outcome.js'
import { type Engine, mostProcesses, simulate } from './world.js'

/** Connections of all processes of a world together. */
const connections = mostProcesses * connectionsPerProcess

export interface Seeds {
  readonly from: number
  readonly most: number
  /** `convergence` by default. */
  readonly engine?: Engine
  /** No further world is begun after so many real milliseconds. */
  readonly withinMs?: number
  /** Worlds that are run whatever the time says. */
  readonly least?: number
  /** Also after a world with problems. */
  readonly keepGoing?: boolean
  /** Asked before each world. */
  readonly stopped?: () => boolean
  readonly done?: (seed: number, outcome: Outcome) => void
}

/** What is added up over all worlds. */
const counted = [
  'steps',
  'accepted',
  'faults',
  'calls',
  'signals',
  'cleared',
  'moved',
  'alarms',
  'adopted',
] as const satisfies readonly (keyof Outcome)[]

export type Total = Record<'worlds' | (typeof counted)[number], number> & { readonly failed: number[] }

/** Runs worlds one after the other, on one server. */
export async function runSeeds({
  from,
  most,
  engine = 'convergence',
  withinMs,
  least = 0,
  keepGoing = false,
  stopped = () => false,
  done,
}: Seeds): Promise<Total> {
  const server = await Server.start()
  const backends = await Promise.all(Array.from({ length: connections }, () => server.connect()))
  const total: Total = {
    worlds: 0,
    steps: 0,
    accepted: 0,
    faults: 0,
    calls: 0,
    signals: 0,
    cleared: 0,
    moved: 0,
    alarms: 0,
    adopted: 0,
    failed: [],
  }
  const began = Date.now()
  try {
    for (let seed = from; seed < from + most; seed++) {
      if (stopped()) break
      if (withinMs !== undefined && total.worlds >= least && Date.now() - began > withinMs) break
      const outcome = await simulate(seed, server, backends, engine)
      total.worlds += 1
      for (const what of counted) total[what] += outcome[what]
      done?.(seed, outcome)
      if (outcome.problems.length === 0) continue
      total.failed.push(seed)
      if (!keepGoing) break
    }
    return total
  } finally {
    await Promise.all(backends.map(backend => backend.end()))
    await server.stop()
  }
}
