import { findLiveStack, signalResource } from '@hearth/core/use-cases'
import type { Random } from '@hearth/conformance'
import { Calls, isLost } from './calls.js'
import type { SimulatedProcess } from './process.js'
import type { Schedule } from './schedule.js'
import type { Server } from './server.js'

interface Paused {
  readonly id: string
  readonly name: string
  readonly hook: string
  readonly project: string
  readonly stack: string
  readonly stackId: string
}

/** Time between two looks, and until somebody who has looked lets a resource go, in milliseconds. */
const lookMs = 500
const thinkMs = 600
const pausedResources = `SELECT r.id, r.name, r.hook, s.project, s.name AS stack, s.id AS "stackId"
  FROM resource r JOIN stack s ON s.id = r.stack_id WHERE r.hook IS NOT NULL ORDER BY r.id`

/** A user who lets resources go that are paused at hooks; now and then two do at once. */
export class Porter {
  cleared = 0
  private readonly calls: Calls<string>

  constructor(
    private readonly schedule: Schedule,
    private readonly random: Random,
    private readonly server: Server,
    processes: () => SimulatedProcess[],
    private readonly say: (problem: string) => void,
  ) {
    this.calls = new Calls(random, processes)
  }

  /** From now on. */
  plan(): void {
    this.schedule.after(lookMs, {
      label: 'hooks',
      fire: async () => {
        for (const paused of await this.server.query<Paused>(pausedResources)) {
          if (this.calls.has(paused.id)) continue
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
    this.calls.died(process)
  }

  private clear({ id, name, hook, project, stack, stackId }: Paused): void {
    this.calls.send(
      id,
      async process => {
        const host = await process.host
        await signalResource(host, await findLiveStack(host, { project }, stack, stackId), name, { unset_hook: hook })
      },
      () => void (this.cleared += 1),
      error => {
        // It is gone, or was let go, or its operation is over.
        if (error.type === undefined && !isLost(error)) this.say(`clearing ${hook} of ${name} failed: ${error.stack}`)
      },
    )
  }
}
