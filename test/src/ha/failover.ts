import { Random, until } from '@hearth/conformance'
import { Cloud } from '../chaos/cloud.js'
import { Cluster } from '../chaos/cluster.js'
import { servers } from '../chaos/templates.js'
import { Users } from '../chaos/users.js'
import { problemsAtRest } from '../model/check.js'
import { moving, readRows, type Rows } from '../model/rows.js'
import type { Pace } from './configuration.js'
import type { Programs } from './programs.js'
import { Pulse } from './pulse.js'
import { ReplicatedPostgres } from './replicated.js'
import { layered } from './wanted.js'
import { Witness } from './witness.js'

export type Fault = 'switch-over' | 'kill'

export interface FailoverInput {
  readonly programs: Programs
  readonly fault: Fault
  readonly pace: Pace
  /** Of PostgreSQL. One is the primary. */
  readonly nodes: number
  readonly workers: number
  /** Of the stack that is created meanwhile. */
  readonly resources: number
  readonly seed: number
  /** Leaves the logs in their folder. */
  readonly keep: boolean
  readonly progress: (text: string) => void
}

export interface FailoverOutcome {
  readonly problems: readonly string[]
  /** Stacks that were accepted, the large one among them, and requests that got no answer. */
  readonly accepted: number
  readonly unanswered: number
  /** Resources that a client had seen COMPLETE when the fault came. */
  readonly completeBefore: number
  readonly createSeconds: number
  /** For how long what was not so, at most. */
  readonly pauses: readonly { readonly what: string; readonly ms: number }[]
  readonly folder: string
}

/** The fault comes once so much of the stack is complete. */
const faultAfter = 0.3
const completeMs = 300_000
const restMs = 60_000
const thinkMs = 300
const probeMs = 1_500

/**
 * Creates a large stack, and small ones all the time, while PostgreSQL loses its primary; then checks that nothing that
 * was accepted, and nothing that a client saw done, is lost or done twice.
 */
export async function failover(input: FailoverInput): Promise<FailoverOutcome> {
  const random = new Random(input.seed)
  const cloud = await Cloud.start(random.fork())
  cloud.trouble = false
  let postgres: ReplicatedPostgres | undefined
  try {
    const cluster = await Cluster.start({
      engine: 'convergence',
      cloudUrl: cloud.url,
      workers: input.workers,
      postgres: async folder => {
        input.progress(`starting etcd, HAProxy and ${input.nodes} nodes of PostgreSQL`)
        postgres = await ReplicatedPostgres.start(`${folder}/replicas`, input.programs, input.nodes, input.pace)
        return postgres
      },
    })
    try {
      return await new Run(input, random, cloud, cluster, postgres as unknown as ReplicatedPostgres).run()
    } finally {
      await cluster.stop(input.keep)
    }
  } finally {
    await cloud.stop()
  }
}

class Run {
  private readonly users: Users
  private posting = true

  constructor(
    private readonly input: FailoverInput,
    private readonly random: Random,
    private readonly cloud: Cloud,
    private readonly cluster: Cluster,
    private readonly postgres: ReplicatedPostgres,
  ) {
    this.users = new Users(() => cluster.url, { exclusive: false, failing: 0, keeping: false })
  }

  async run(): Promise<FailoverOutcome> {
    const { input, users, cluster, postgres } = this
    const large = await users.create(this.random, layered(input.resources, 'large'))
    if (large === undefined) throw new Error(users.problems.join('\n'))
    const began = Date.now()
    const witness = new Witness(() => cluster.url, `/stacks/${large.name}/${large.id}`)
    const pulses = this.pulses(witness)
    for (const pulse of pulses) pulse.start()
    const posting = this.post()

    await until('enough of the stack to be complete', completeMs, async () =>
      witness.seen.size >= input.resources * faultAfter ? true : undefined,
    )
    const completeBefore = witness.seen.size
    const gone = await this.strike()
    await until('the large stack to be complete', completeMs, async () => {
      if (witness.status.endsWith('_FAILED')) throw new Error(`the large stack is ${witness.status}`)
      return witness.status === 'CREATE_COMPLETE' ? true : undefined
    }).catch(error => users.problems.push((error as Error).message))
    const createSeconds = (Date.now() - began) / 1000
    this.posting = false
    await posting
    await Promise.all(pulses.map(pulse => pulse.stop()))
    input.progress('checking what is left')
    const rows = await this.settled()
    const problems = [...this.problems(rows), ...witness.lost(rows.resources, large.id)]
    if (gone !== undefined) {
      input.progress(`starting ${gone} again`)
      await postgres.startAgain(gone)
      problems.push(...this.problems(await this.settled()))
    }
    return {
      problems: [...new Set(problems)],
      accepted: users.stacks.length,
      unanswered: users.counts.unanswered,
      completeBefore,
      createSeconds,
      pauses: pulses.map(({ what, longestMs }) => ({ what, ms: longestMs })),
      folder: cluster.folder,
    }
  }

  private pulses(witness: Witness): Pulse[] {
    const { cluster, postgres, users } = this
    let accepted = 0
    return [
      new Pulse('no node that commits', () => postgres.anyCommits(probeMs)),
      new Pulse('no commit through HAProxy', () => postgres.commits(probeMs)),
      new Pulse('no daemon ready', async () => (await fetch(`${cluster.url?.replace(/\/v1.*/, '')}/healthcheck`)).ok),
      new Pulse('no stack accepted', async () => {
        const more = users.stacks.length > accepted
        accepted = users.stacks.length
        return more
      }),
      new Pulse('no resource of the large stack completed', () => witness.look()),
    ]
  }

  /** A user who creates one small stack after the other. */
  private async post(): Promise<void> {
    const random = this.random.fork()
    while (this.posting) {
      await this.users.create(random)
      await new Promise(resolve => setTimeout(resolve, thinkMs))
    }
  }

  /** @returns the node that is down now, if one is */
  private async strike(): Promise<string | undefined> {
    const { input, postgres } = this
    if (input.fault === 'switch-over') {
      input.progress(`${await postgres.switchOver()} is the primary now`)
      return undefined
    }
    const name = await postgres.killPrimary()
    input.progress(`killed ${name}, the primary`)
    return name
  }

  private async settled(): Promise<Rows> {
    let rows = await readRows(this.cluster)
    await until('everything to be at rest', restMs, async () => {
      rows = await readRows(this.cluster)
      return moving(rows) === '' ? true : undefined
    }).catch(() => undefined)
    return rows
  }

  private problems(rows: Rows): string[] {
    const { cloud, cluster, users } = this
    const things = { type: servers, all: [...cloud.servers.values()] }
    const unfinished = users.stacks.flatMap(({ id, name }) => {
      const { action, status, reason } = rows.stacks.get(id) ?? {}
      return action === 'CREATE' && status === 'COMPLETE' ? [] : [`${name} is ${action}_${status}: ${reason}`]
    })
    const twice = cloud.counts.creates - cloud.servers.size
    const starts = cluster.members.filter(member => member.starts !== 1)
    return [
      ...problemsAtRest(rows, users.stacks, things, { whole: false, hurried: false }),
      ...unfinished,
      ...(rows.stacks.size === users.stacks.length ? [] : [`${rows.stacks.size} stacks, ${users.stacks.length} known`]),
      ...(twice === 0 ? [] : [`${twice} objects of the cloud were made and are gone`]),
      ...starts.map(({ name }) => `${name} was started again`),
      ...cloud.violations,
      ...cluster.problems,
      ...users.problems,
    ]
  }
}
