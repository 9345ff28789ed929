import type { Random } from '@hearth/conformance'
import { scalingPolicy } from '../model/written.js'
import type { SimulatedProcess } from './process.js'
import { ResourceSignals, type Signalled, signalledColumns } from './resource-signals.js'
import type { Schedule } from './schedule.js'
import type { Server } from './server.js'

/** Time between two looks at what there is to scale, and until an alarm goes off, in milliseconds. */
const lookMs = 700
const alarmMs = 600
const policies = `SELECT ${signalledColumns}
  FROM resource r JOIN stack s ON s.id = r.stack_id WHERE r.type = $1 AND r.status = 'COMPLETE' ORDER BY r.id`

/** Alarms that signal scaling policies, until it is told to stop. */
export class Scaler {
  signals = 0
  private active = true
  private readonly alarms: ResourceSignals

  constructor(
    private readonly schedule: Schedule,
    private readonly random: Random,
    private readonly server: Server,
    processes: () => SimulatedProcess[],
    say: (problem: string) => void,
  ) {
    this.alarms = new ResourceSignals(random, processes, say)
  }

  /** From now on. */
  plan(): void {
    this.schedule.after(lookMs, {
      label: 'alarms',
      fire: async () => {
        if (!this.active) return
        for (const policy of await this.server.query<Signalled>(policies, [scalingPolicy])) {
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
    this.alarms.died(process)
  }

  private signal(policy: Signalled): void {
    if (!this.active || this.alarms.has(policy)) return
    this.alarms.send(policy, {}, `an alarm for ${policy.name}`, () => void (this.signals += 1))
  }
}
