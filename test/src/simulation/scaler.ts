import { findLiveStack, signalResource } from '@hearth/core/use-cases'
import type { Random } from '@hearth/conformance'
import { scalingPolicy } from '../model/written.js'
import { Calls, isLost } from './calls.js'
import type { SimulatedProcess } from './process.js'
import type { Schedule } from './schedule.js'
import type { Server } from './server.js'

interface Policy {
  readonly id: string
  readonly name: string
  readonly project: string
  readonly stack: string
  readonly stackId: string
}

/** Time between two looks at what there is to scale, and until an alarm goes off, in milliseconds. */
const lookMs = 700
const alarmMs = 600
const policies = `SELECT r.id, r.name, s.project, s.name AS stack, s.id AS "stackId"
  FROM resource r JOIN stack s ON s.id = r.stack_id WHERE r.type = $1 AND r.status = 'COMPLETE' ORDER BY r.id`

/** Alarms that signal scaling policies, until it is told to stop. */
export class Scaler {
  signals = 0
  private active = true
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
      label: 'alarms',
      fire: async () => {
        if (!this.active) return
        for (const policy of await this.server.query<Policy>(policies, [scalingPolicy])) {
          if (this.random.chance(0.5)) continue
          const label = `alarm ${policy.name}`
          this.schedule.after(this.random.below(alarmMs), { label, fire: () => this.signal(policy) })
        }
        this.plan()
      },
    })
  }

  stop(): void {
    this.active = false
  }

  /** An alarm that was not answered is gone: the next one says the same. */
  died(process: SimulatedProcess): void {
    this.calls.died(process)
  }

  private signal({ id, name, project, stack, stackId }: Policy): void {
    if (!this.active || this.calls.has(id)) return
    this.calls.send(
      id,
      async process => {
        const host = await process.host
        await signalResource(host, await findLiveStack(host, { project }, stack, stackId), name, {})
      },
      () => void (this.signals += 1),
      error => {
        if (error.type === undefined && !isLost(error)) this.say(`an alarm for ${name} failed: ${error.stack}`)
      },
    )
  }
}
