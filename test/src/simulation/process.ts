import { Host } from '@hearth/core'
import type { Clock, Logger, Options } from '@hearth/core/plugin'
import type { HearthDatabase } from '@hearth/db'
import convergence from '@hearth/convergence-engine'
import legacy from '@hearth/legacy-engine'
import heatResources from '@hearth/heat-resources'
import type { Backends } from './backends.js'
import type { Caller, Cloud } from './cloud.js'
import { Connection } from './connection.js'
import { type Notifications, SimulatedDatabase } from './database.js'
import type { Random } from '@hearth/conformance'
import type { Locks } from './locks.js'
import type { Owner, Schedule } from './schedule.js'
import type { Server } from './server.js'
import { thingPlugin } from './thing.js'

export interface World {
  readonly server: Server
  readonly schedule: Schedule
  readonly cloud: Cloud
  readonly random: Random
  readonly notifications: Notifications
  readonly options: Options
  readonly trace: (line: string) => void
  readonly locks: Locks
  readonly backends: Backends
}

/** As few as `[database] max_pool_size` may be. */
export const connectionsPerProcess = 5
/** Clocks of hosts differ by up to so much, in milliseconds. */
const skewMs = 600_000

/** A daemon: the real host with the real engine, on a simulated clock and database. Never more than one life. */
export class SimulatedProcess implements Owner, Caller {
  state: 'up' | 'paused' | 'dead' = 'up'
  readonly host: Promise<Host>
  readonly db: SimulatedDatabase
  private built: Host | undefined

  constructor(
    readonly name: string,
    private readonly world: World,
  ) {
    const { schedule, notifications, random } = world
    const connections = Array.from({ length: connectionsPerProcess }, () => new Connection({ ...world, owner: this }))
    this.db = new SimulatedDatabase(connections, this, schedule, notifications, () => random.next())
    this.host = this.build()
  }

  /** It has started, and takes requests. */
  get ready(): boolean {
    return this.state === 'up' && this.built !== undefined
  }

  get mayAct(): boolean {
    return this.built?.workers.alive === true
  }

  async kill(): Promise<void> {
    const { random, schedule } = this.world
    this.state = 'dead'
    const dropped = schedule.forget(this)
    for (const connection of this.db.connections) {
      // What was on its way to the server when the process died may have arrived.
      const commits = dropped.some(({ label, on }) => label === 'COMMIT' && on === connection)
      if (commits && random.chance(0.5)) await connection.fireUnheard('COMMIT')
      await connection.rollBack()
    }
  }

  private async build(): Promise<Host> {
    const { options, schedule, cloud, random } = this.world
    const skew = random.between(-skewMs, skewMs)
    const clock: Clock = {
      now: () => schedule.now + skew,
      after: (ms, fn) => schedule.after(ms, { owner: this, label: 'timer', fire: fn }),
    }
    const host = await Host.build({
      db: this.db as unknown as HearthDatabase,
      options,
      plugins: [convergence, legacy, heatResources, thingPlugin(this, cloud)],
      log: this.log(),
      encryptionKey: 'the same key for all of them, 32 b',
      clock,
    })
    await host.start()
    this.built = host
    return host
  }

  private log(): Logger {
    const { trace } = this.world
    const write =
      (level: string) =>
      (fields: object, message: string): void => {
        const { err } = fields as { err?: Error }
        trace(`  ${this.name} ${level}: ${message}${err === undefined ? '' : ` (${err.message})`}`)
      }
    const debug = (): void => undefined
    return { debug, info: write('info'), warn: write('warn'), error: write('error') }
  }
}
