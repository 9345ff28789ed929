import type { Random } from '@hearth/conformance'
import type { SimulatedProcess } from './process.js'
import { ResourceSignals, type Signalled, signalledColumns } from './resource-signals.js'
import type { Schedule } from './schedule.js'
import type { Server } from './server.js'

interface Paused extends Signalled {
  readonly hook: string
}

/** Time between two looks, and until somebody who has looked lets a resource go, in milliseconds. */
const lookMs = 500
const thinkMs = 600
const pausedResources = `SELECT ${signalledColumns}, r.hook
  FROM resource r JOIN stack s ON s.id = r.stack_id WHERE r.hook IS NOT NULL ORDER BY r.id`

/** A user who lets resources go that are paused at hooks; now and then two do at once. */
export class Porter {
  cleared = 0
  private readonly answers: ResourceSignals

  constructor(
    private readonly schedule: Schedule,
    private readonly random: Random,
    private readonly server: Server,
    processes: () => SimulatedProcess[],
    say: (problem: string) => void,
  ) {
    this.answers = new ResourceSignals(random, processes, say)
  }

  /** From now on. */
  plan(): void {
    this.schedule.after(lookMs, {
      label: 'hooks',
      fire: async () => {
        for (const paused of await this.server.query<Paused>(pausedResources)) {
          if (this.answers.has(paused)) continue
          for (let users = this.random.chance(0.2) ? 2 : 1; users > 0; users--) {
            this.schedule.after(this.random.below(thinkMs), {
              label: `clear ${paused.name}`,
              fire: () => this.clear(paused),
            })
          }
        }
        this.plan()
      },
    })
  }

  /** Who asked it looks again. */
  died(process: SimulatedProcess): void {
    this.answers.died(process)
  }

  private clear(paused: Paused): void {
    const { name, hook } = paused
    this.answers.send(paused, { unset_hook: hook }, `clearing ${hook} of ${name}`, () => void (this.cleared += 1))
  }
}
