import { Random } from '@hearth/conformance'
import { superviseEmbedded } from '@hearth/db'
import { problemsAtRest, remains, type Things } from '../model/check.js'
import { moving, readRows, type Rows } from '../model/rows.js'
import { Cloud } from './cloud.js'
import { Cluster, type EngineName } from './cluster.js'
import { type FaultCounts, Faults } from './faults.js'
import { servers } from './templates.js'
import { type KnownStack, type UserCounts, Users } from './users.js'

const workers = 3
/** What is lost is noticed sooner than by default: a storm has no time to wait. */
const impatient = { 'worker:lease_seconds': '2', 'convergence:poll_seconds': '0.3', 'legacy:poll_seconds': '0.3' }
/** Users at work at once, each on one stack at a time. */
const users = 24
/** Chance that a resource is told to fail. */
const failing = 0.03
/** Once nothing disturbs any more, everything comes to rest within this time. */
const restMs = 60_000
const lookMs = 200

export interface ChaosInput {
  readonly engine: EngineName
  readonly seed: number
  /** How long the storm lasts. What follows takes about half a minute. */
  readonly stormMs: number
  /** Leaves the logs in their folder. */
  readonly keep?: boolean
  /** Ends the run at once; everything is stopped and removed. */
  readonly signal?: AbortSignal
  readonly progress?: (text: string) => void
}

export interface Outcome {
  readonly problems: readonly string[]
  readonly seconds: number
  readonly users: UserCounts
  readonly faults: FaultCounts
  readonly cloud: Cloud['counts']
  readonly starts: number
  /** Where the logs are, if they were to be kept. */
  readonly folder: string
}

/**
 * A storm on real processes, and what it leaves. Seeds give the same users, faults and troubles again; when each of them
 * meets which step is up to the machine.
 */
export async function chaos(input: ChaosInput): Promise<Outcome> {
  const random = new Random(input.seed)
  const cloud = await Cloud.start(random.fork())
  try {
    const cluster = await Cluster.start({
      engine: input.engine,
      cloudUrl: cloud.url,
      workers,
      postgres: folder => superviseEmbedded({ stateDir: folder }, () => undefined),
      options: impatient,
    })
    try {
      return await new Storm(input, random, cloud, cluster).run()
    } finally {
      await cluster.stop(input.keep === true)
    }
  } finally {
    await cloud.stop()
  }
}

class Storm {
  private readonly began = Date.now()
  private readonly users: Users
  private readonly faults: Faults

  constructor(
    private readonly input: ChaosInput,
    private readonly random: Random,
    private readonly cloud: Cloud,
    private readonly cluster: Cluster,
  ) {
    this.users = new Users(() => cluster.url, { exclusive: input.engine === 'legacy', failing, keeping: false })
    this.faults = new Faults(random.fork(), cluster)
  }

  async run(): Promise<Outcome> {
    this.say(`the storm, ${this.input.stormMs / 1000} s`)
    await this.storm()
    this.cloud.trouble = false
    await this.cluster.allUp()
    const { users, cluster } = this
    const problems = await this.rest('what the storm left', false)
    if (problems.length === 0) {
      const living = users.stacks.filter(({ deleted }) => !deleted)
      for (const stack of living) await users.mend(stack, this.random)
      problems.push(...(await this.rest(`a good update of ${living.length} stacks`, true)))
    }
    if (problems.length === 0) problems.push(...(await this.empty()))
    return {
      problems: [...problems, ...this.always()],
      seconds: (Date.now() - this.began) / 1000,
      users: users.counts,
      faults: this.faults.counts,
      cloud: this.cloud.counts,
      starts: cluster.members.reduce((sum, { starts }) => sum + starts, 0),
      folder: cluster.folder,
    }
  }

  private async storm(): Promise<void> {
    const deadline = Date.now() + this.input.stormMs
    const goesOn = async (ms: number): Promise<boolean> => {
      await this.wait(Math.min(ms, Math.max(deadline - Date.now(), 0)))
      return Date.now() < deadline
    }
    const work = Array.from({ length: users }, () => this.users.work(this.random.fork(), goesOn))
    await Promise.all([this.faults.strikeWhile(goesOn), ...work])
  }

  private get things(): Things {
    return { type: servers, all: [...this.cloud.servers.values()] }
  }

  /** Wrong at any moment, whatever followed. */
  private always(): string[] {
    const { cloud, cluster, users, faults } = this
    return [
      ...cloud.violations,
      ...cluster.fates.wrong(cloud.callers.meetings),
      ...cluster.problems,
      ...users.problems,
      ...faults.problems,
    ]
  }

  private async rest(after: string, whole: boolean): Promise<string[]> {
    this.say(after)
    const rows = await this.settled()
    const stuck = moving(rows)
    if (stuck !== '') return [`after ${after}, it has not come to rest in ${restMs / 1000} s: ${stuck}`]
    const problems = problemsAtRest(rows, this.users.stacks, this.things, { whole, hurried: false })
    return problems.map(problem => `after ${after}: ${problem}`)
  }

  private async empty(): Promise<string[]> {
    const { users } = this
    const left = async (): Promise<KnownStack[]> => {
      const { stacks } = await this.settled()
      return users.stacks.filter(({ id }) => stacks.get(id)?.deleted !== true)
    }
    this.say('the deletes')
    for (const stack of await left()) await users.delete(stack)
    return remains(await this.settled(), users.stacks, this.things)
  }

  /** The rows once nothing moves, or as they are when it has taken too long. */
  private async settled(): Promise<Rows> {
    const deadline = Date.now() + restMs
    for (;;) {
      const rows = await readRows(this.cluster)
      if (moving(rows) === '' || Date.now() > deadline) return rows
      await this.wait(lookMs)
    }
  }

  private async wait(ms: number): Promise<void> {
    this.input.signal?.throwIfAborted()
    await new Promise(resolve => setTimeout(resolve, ms))
    this.input.signal?.throwIfAborted()
  }

  private say(text: string): void {
    this.input.progress?.(`${((Date.now() - this.began) / 1000).toFixed(0)} s: ${text}`)
  }
}
