import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { Random } from '@hearth/conformance'
import { problemsAtRest, remains, type Things } from '../model/check.js'
import { isMoving, moving, readRows } from '../model/rows.js'
import { anyTemplate, type Shape } from '../model/templates.js'
import type { Backend } from './backend.js'
import { Backends } from './backends.js'
import { Broadcast } from './broadcast.js'
import { Client } from './client.js'
import { Cloud } from './cloud.js'
import { Faults } from './faults.js'
import { engines, Mover } from './mover.js'
import { drawnOptions } from './options.js'
import type { Outcome } from './outcome.js'
import { Locks } from './locks.js'
import { SimulatedProcess, type World } from './process.js'
import { Porter } from './porter.js'
import { Ringer } from './ringer.js'
import { Scaler } from './scaler.js'
import { Schedule } from './schedule.js'
import type { Server } from './server.js'
import { things } from './thing.js'
import { Turns } from './turns.js'

/** Simulated milliseconds in which requests and faults come, and then at most until everything has come to rest. */
const stormMs = 8_000
const restMs = 300_000
const lookMs = 500
export const mostProcesses = 3
/** How long an operation may take. */
const hurriedSeconds = 6
const patientSeconds = 120

/** What stacks run on; of both, they are moved to and fro. */
export type Engine = (typeof engines)[number] | 'both'

/** Runs one world from its seed to its end. The same seed runs the same way. */
export async function simulate(
  seed: number,
  server: Server,
  backends: readonly Backend[],
  engine: Engine,
): Promise<Outcome> {
  const random = new Random(seed)
  const ids = random.fork()
  const { randomUUID } = crypto
  crypto.randomUUID = () => ids.uuid()
  syncBuiltinESMExports()
  const turns = new Turns()
  turns.begin()
  try {
    await server.reset()
    return await new Simulation(random, server, new Backends(backends), turns, engine).run()
  } finally {
    turns.end()
    crypto.randomUUID = randomUUID
    syncBuiltinESMExports()
  }
}

class Simulation {
  private readonly trace: string[] = []
  private readonly schedule: Schedule
  private readonly broadcast: Broadcast
  private readonly cloud: Cloud
  private readonly client: Client
  private readonly ringer: Ringer
  private readonly porter: Porter
  private readonly mover: Mover
  private readonly scaler: Scaler
  private readonly shape: Shape
  private readonly faults: Faults
  private readonly world: World
  private readonly running: SimulatedProcess[] = []
  private readonly workers: number
  private started = 0
  /** Operations get so little time that some do not end in it. */
  private readonly hurried: boolean
  /** Once all is well, stacks go from hand to hand. */
  private readonly handsOver: boolean
  private calm = false

  constructor(
    private readonly random: Random,
    private readonly server: Server,
    backends: Backends,
    turns: Turns,
    private readonly engine: Engine,
  ) {
    const trace = (line: string): void => void this.trace.push(line)
    this.schedule = new Schedule(random.fork(), turns, trace)
    this.broadcast = new Broadcast(this.schedule)
    this.cloud = new Cloud(this.schedule, random.fork(), (thing, rings) => this.ringer.ring(thing, rings))
    this.cloud.trouble = random.chance(0.5) ? 0 : 0.03
    this.workers = random.between(1, mostProcesses)
    this.hurried = random.chance(0.15)
    this.handsOver = random.chance(0.3)
    const chosen = random.fork()
    const processes = (): SimulatedProcess[] => this.running
    this.shape = {
      failing: random.chance(0.5) ? 0 : 0.06,
      keeping: random.chance(0.3),
      waiting: random.chance(0.4),
      nesting: random.chance(0.35),
      pausing: random.chance(0.25),
      scaling: random.chance(0.3),
      copying: random.chance(0.25),
      restricting: random.chance(0.15) ? 0.1 : 0,
    }
    this.client = new Client(random.fork(), server, this.shape, this.cloud, processes)
    const say = (problem: string): void => void this.client.problems.push(problem)
    const stands = (thing: string): boolean => this.cloud.things.has(thing)
    this.ringer = new Ringer(this.schedule, random.fork(), server, processes, stands, say)
    this.porter = new Porter(this.schedule, random.fork(), server, processes, say)
    this.scaler = new Scaler(this.schedule, random.fork(), server, processes, say)
    const roots = (): string[] =>
      this.client.stacks.flatMap(({ id, deleted }) => (id === undefined || deleted ? [] : [id]))
    this.mover = new Mover(this.schedule, random.fork(), processes, roots, say)
    const { options, limits } = drawnOptions(random, {
      actionTimeout: () => (this.hurried && !this.calm ? hurriedSeconds : patientSeconds),
      engine: () => (engine === 'both' ? chosen.pick(engines) : engine),
    })
    // What is let go at a hook goes on whatever the limits say; and the other engine has none of these.
    const { together, ...daemon } = limits
    if (engine === 'convergence') this.cloud.limits = this.shape.pausing ? daemon : { ...daemon, together }
    this.world = {
      server,
      schedule: this.schedule,
      cloud: this.cloud,
      random: random.fork(),
      notifications: this.broadcast,
      options,
      trace,
      locks: new Locks(server),
      backends,
    }
    this.faults = new Faults({
      schedule: this.schedule,
      random: random.fork(),
      processes,
      restart: (process, afterMs) => this.restart(process, afterMs),
      deafen: (process, ms) => this.broadcast.deafen(process, ms),
    })
  }

  async run(): Promise<Outcome> {
    const { schedule, random } = this
    for (let index = 0; index < this.workers; index++) this.begin(`w${index}`)
    if (random.chance(0.85)) this.faults.plan()
    if (this.shape.waiting) this.ringer.plan()
    if (this.shape.pausing) this.porter.plan()
    if (this.shape.scaling) this.scaler.plan()
    if (this.engine === 'both') this.mover.plan()
    const requests = random.between(5, 12)
    for (let index = 0; index < requests; index++) {
      schedule.after(random.below(stormMs), { label: 'request', fire: () => this.client.operate(2, 4) })
    }
    await this.until(stormMs)
    this.faults.stop()
    this.scaler.stop()
    this.cloud.trouble = 0
    const problems = await this.rest(false)
    this.calm = true
    if (problems.length === 0) {
      problems.push(...(await this.resume()))
      problems.push(...(await this.mend()))
    }
    if (problems.length === 0 && this.handsOver) {
      problems.push(...(await this.handOver()))
      if (problems.length === 0) problems.push(...(await this.mend()))
    }
    if (problems.length === 0) {
      for (const stack of this.client.stacks) if (!stack.deleted) this.client.delete(stack)
      problems.push(...(await this.rest(false)))
      // A delete that failed in the storm is asked for again.
      const { stacks } = await readRows(this.server)
      for (const stack of this.client.stacks) {
        if (stacks.get(stack.id ?? '')?.deleted === false) this.client.delete(stack)
      }
      problems.push(...(await this.rest(false)))
      problems.push(...remains(await readRows(this.server), this.client.stacks, this.things))
    }
    for (const process of this.running) await process.kill()
    return {
      problems: [...problems, ...this.client.problems],
      trace: this.trace,
      steps: schedule.steps,
      accepted: this.client.accepted,
      faults: this.faults.count,
      calls: this.cloud.calls,
      signals: this.ringer.signals,
      cleared: this.porter.cleared,
      moved: this.mover.moved,
      alarms: this.scaler.signals,
      adopted: this.client.adopted,
    }
  }

  /** A suspended stack takes no update. */
  private async resume(): Promise<string[]> {
    const { stacks } = await readRows(this.server)
    for (const stack of this.client.stacks) {
      if (stacks.get(stack.id ?? '')?.action === 'SUSPEND') this.client.visit(stack, 'RESUME')
    }
    return this.rest(false)
  }

  /** A good update mends whatever is wrong. */
  private async mend(): Promise<string[]> {
    const good = { ...this.shape, failing: 0, restricting: 0 }
    for (const stack of this.client.stacks) {
      if (!stack.deleted) this.client.update(stack, anyTemplate(this.random, this.client.nextMark(), good), false)
    }
    return this.rest(true)
  }

  /** Some stacks are abandoned at rest, when all is known of them; what they and others have left is adopted. */
  private async handOver(): Promise<string[]> {
    for (const stack of this.client.stacks) {
      if (!stack.deleted && this.random.chance(0.6)) this.client.abandon(stack)
    }
    const problems = await this.rest(false)
    for (let count = this.client.leavings; count > 0; count--) this.client.adopt()
    return [...problems, ...(await this.rest(false))]
  }

  /** Everything is up and nothing disturbs: how does the world look once it has come to rest? */
  private async rest(whole: boolean): Promise<string[]> {
    const deadline = this.schedule.elapsed + restMs
    do {
      await this.until(this.schedule.elapsed + lookMs)
      if (this.schedule.elapsed > deadline)
        return [`it never came to rest: ${moving(await readRows(this.server))}`, ...this.cloud.violations]
    } while (!this.allUp() || this.client.stacks.some(({ busy }) => busy) || (await isMoving(this.server)))
    const rows = await readRows(this.server)
    const { hurried, cloud } = this
    for (const { id, name } of this.client.stacks)
      if (id !== undefined && rows.stacks.get(id)?.adopted === true) cloud.hasAdopted(name)
    return [...cloud.violations, ...problemsAtRest(rows, this.client.stacks, this.things, { whole, hurried })]
  }

  private get things(): Things {
    const { cloud } = this
    return { type: things, all: [...cloud.things.values()].map(one => ({ ...one, left: cloud.isLeft(one) })) }
  }

  private allUp(): boolean {
    return this.running.length === this.workers && this.running.every(({ ready }) => ready)
  }

  /** Lets the world go on until that simulated moment. */
  private async until(elapsed: number): Promise<void> {
    let over = false
    this.schedule.after(elapsed - this.schedule.elapsed, { label: 'look', fire: () => void (over = true) })
    await this.schedule.run(() => over)
  }

  private begin(name: string): void {
    this.started += 1
    const process = new SimulatedProcess(`${name}.${this.started}`, this.world)
    this.running.push(process)
    process.host.catch(error => {
      // The database was away when it started: a service manager starts it again.
      this.trace.push(`  ${process.name} did not start: ${(error as Error).message}`)
      this.schedule.add({ label: `${process.name} gives up`, fire: () => this.restart(process, 500) })
    })
  }

  private async restart(process: SimulatedProcess, afterMs: number): Promise<void> {
    if (process.state === 'dead') return
    await process.kill()
    this.running.splice(this.running.indexOf(process), 1)
    this.broadcast.forget(process)
    await this.client.died(process)
    this.ringer.died(process)
    this.porter.died(process)
    this.mover.died(process)
    this.scaler.died(process)
    const name = process.name.split('.')[0] as string
    this.schedule.after(afterMs, { label: `${name} starts`, fire: () => this.begin(name) })
  }
}
