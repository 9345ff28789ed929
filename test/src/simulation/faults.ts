import { leaseSeconds } from './options.js'
import type { Random } from '@hearth/conformance'
import type { Schedule } from './schedule.js'
import type { SimulatedProcess } from './process.js'

export interface Faulty {
  readonly schedule: Schedule
  readonly random: Random
  processes(): SimulatedProcess[]
  /** Kills a process; another one takes its place. */
  restart(process: SimulatedProcess, afterMs: number): Promise<void>
  /** Notifications are lost for so long. */
  deafen(process: SimulatedProcess, ms: number): void
}

/** Time between two faults, and how long what is away stays away, in milliseconds. */
const betweenMs = 3_000
const awayMs = 5_000

/** Deaths, pauses and lost connections, at any moment, until it is told to stop. */
export class Faults {
  count = 0
  private active = true

  constructor(private readonly world: Faulty) {}

  plan(): void {
    const { schedule, random } = this.world
    schedule.after(random.below(betweenMs), {
      label: 'fault',
      fire: async () => {
        if (!this.active) return
        await this.strike()
        this.plan()
      },
    })
  }

  /** No more of it; whoever is paused goes on. */
  stop(): void {
    this.active = false
    for (const process of this.world.processes()) if (process.state === 'paused') process.state = 'up'
  }

  private async strike(): Promise<void> {
    const { random, schedule } = this.world
    const alive = this.world.processes().filter(({ state }) => state !== 'dead')
    if (alive.length === 0) return
    this.count += 1
    const victim = random.pick(alive)
    const away = random.below(awayMs)
    switch (random.below(6)) {
      case 0:
        return this.world.restart(victim, away)
      case 1:
        for (const process of alive) await this.world.restart(process, random.below(awayMs))
        return
      case 2:
        victim.state = 'paused'
        schedule.after(away, {
          label: `${victim.name} goes on`,
          fire: () => {
            if (victim.state === 'paused') victim.state = 'up'
          },
        })
        schedule.after(leaseSeconds * 1000, { label: 'patience', fire: () => this.loseIdle(victim) })
        return
      case 3:
        return this.loseConnections(victim, 0.6)
      case 4:
        // The server itself restarts: every connection is gone.
        for (const process of alive) {
          await this.loseConnections(process, 1)
          this.world.deafen(process, random.below(awayMs))
        }
        return
      default:
        this.world.deafen(victim, away)
    }
  }

  private async loseConnections(process: SimulatedProcess, chance: number): Promise<void> {
    for (const connection of [...process.db.connections]) {
      if (this.world.random.chance(chance)) await connection.lose()
    }
  }

  private async loseIdle(process: SimulatedProcess): Promise<void> {
    if (process.state !== 'paused') return
    for (const connection of process.db.connections) if (connection.inTransaction) await connection.lose()
  }
}
