import type { Random } from '@hearth/conformance'
import type { Cluster } from './cluster.js'
import type { Member } from './member.js'

/** Milliseconds between two faults, and for how long what was hit is away. */
const betweenMs = [200, 1_500] as const
const awayMs = 1_500
/** Well below the lease of two seconds, and well beyond it. */
const pauseMs = [100, 6_000] as const

export interface FaultCounts {
  kills: number
  pauses: number
  stops: number
  apiKills: number
  apiPauses: number
  apiStops: number
  postgresKills: number
  massacres: number
}

/** What happens to the processes, at random. */
export class Faults {
  readonly counts: FaultCounts = {
    kills: 0,
    pauses: 0,
    stops: 0,
    apiKills: 0,
    apiPauses: 0,
    apiStops: 0,
    postgresKills: 0,
    massacres: 0,
  }
  readonly problems: string[] = []
  private readonly pending = new Set<Promise<void>>()

  constructor(
    private readonly random: Random,
    private readonly cluster: Cluster,
  ) {}

  /** Strikes until the wait between two faults says that it is over. */
  async strikeWhile(goesOn: (ms: number) => Promise<boolean>): Promise<void> {
    while (await goesOn(this.random.between(...betweenMs))) this.strike()
    await Promise.all(this.pending)
  }

  private strike(): void {
    const { random, counts, cluster } = this
    const dice = random.next()
    const up = cluster.workers.filter(one => one.up !== undefined)
    const worker = random.pick(up.length > 0 ? up : cluster.workers)
    const away = random.below(awayMs)
    const pause = random.between(...pauseMs)
    if (dice < 0.3) this.hit(worker, 'kills', () => worker.restart('SIGKILL', away))
    else if (dice < 0.58) this.hit(worker, 'pauses', () => worker.pause(pause))
    else if (dice < 0.7) this.hit(worker, 'stops', () => worker.restart('SIGTERM', away))
    else if (dice < 0.76) this.hit(cluster.api, 'apiKills', () => cluster.api.restart('SIGKILL', away))
    else if (dice < 0.83) this.hit(cluster.api, 'apiPauses', () => cluster.api.pause(pause))
    else if (dice < 0.87) this.hit(cluster.api, 'apiStops', () => cluster.api.restart('SIGTERM', away))
    else if (dice < 0.93) counts.postgresKills += cluster.killPostgres() ? 1 : 0
    else {
      counts.massacres += 1
      for (const one of cluster.workers) this.hit(one, 'kills', () => one.restart('SIGKILL', away))
    }
  }

  private hit({ name, up }: Member, what: keyof FaultCounts, fault: () => Promise<void>): void {
    if (up === undefined) return
    this.counts[what] += 1
    const happening = fault()
      .catch(error => void this.problems.push(`${name}, ${what}: ${(error as Error).message}`))
      .finally(() => this.pending.delete(happening))
    this.pending.add(happening)
  }
}
