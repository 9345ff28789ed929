import type { JsonMap } from '@hearth/core/plugin'
import { signalBySignature } from '@hearth/core/use-cases'
import type { Random } from '@hearth/conformance'
import type { Queryable } from '../model/rows.js'
import { ringsEach } from '../model/waiting.js'
import { Calls, isLost } from './calls.js'
import type { Rings } from './cloud.js'
import type { SimulatedProcess } from './process.js'
import type { Schedule } from './schedule.js'

interface Signal extends Rings {
  /** One that is sent again, since nobody knows whether it came, is no other one. */
  readonly id: string
}

/** From the moment when a thing stands until it signals, at most, and until it tries again, in milliseconds. */
const bootMs = [100, 600, 2_000]
const retryMs = 400
/** Time between two looks at what was deleted, in milliseconds. */
const lookMs = 500
/** Refusals that pass: a suspended resource takes no signal. */
const passing: ReadonlySet<string> = new Set(['NotSupported'])
/** A condition that is deleted takes with it what its handle has been signalled, as in Heat. */
const deletedConditions = `SELECT e.id, e.stack_id AS stack FROM event e JOIN stack s ON s.id = e.stack_id
  WHERE e.resource_type LIKE '%::WaitCondition' AND e.action = 'DELETE' AND e.status = 'COMPLETE' AND s.deleted_at IS NULL
  ORDER BY e.seq`

/**
 * What things do once they stand: each signals its handle so often, and no more. Only where a condition was deleted
 * does somebody have them signal again: an update may be cut off after that, and what it goes back to waits anew while
 * handle and thing have stayed.
 */
export class Ringer {
  signals = 0
  private readonly rung = new Map<string, Rings & { readonly thing: string }>()
  /** Events of conditions that were deleted, each of which things have been told of. */
  private readonly told = new Set<string>()
  private readonly calls: Calls<Signal>

  constructor(
    private readonly schedule: Schedule,
    private readonly random: Random,
    private readonly on: Queryable,
    processes: () => SimulatedProcess[],
    private readonly stands: (thing: string) => boolean,
    private readonly say: (problem: string) => void,
  ) {
    this.calls = new Calls(random, processes)
  }

  /** From now on somebody looks at what was deleted. */
  plan(): void {
    this.schedule.after(lookMs, {
      label: 'conditions',
      fire: async () => {
        for (const { id, stack } of await this.on.query<{ id: string; stack: string }>(deletedConditions)) {
          if (this.told.has(id)) continue
          this.told.add(id)
          for (const one of this.rung.values()) {
            if (addressOf(one.url).id === stack && this.stands(one.thing)) this.signalAll(one.thing, one)
          }
        }
        this.plan()
      },
    })
  }

  ring(thing: string, rings: Rings): void {
    const key = `${thing} ${rings.url}`
    if (this.rung.has(key)) return
    this.rung.set(key, { ...rings, thing })
    this.signalAll(thing, rings)
  }

  private signalAll(thing: string, { url, whole }: Rings): void {
    const most = this.random.pick(bootMs)
    for (let index = 0; index < ringsEach; index++) {
      this.later({ url, whole, id: `${thing}-${index}` }, this.random.below(most))
    }
  }

  /** What it did not answer is sent again. */
  died(process: SimulatedProcess): void {
    for (const signal of this.calls.died(process)) this.later(signal, retryMs)
  }

  private later(signal: Signal, ms: number): void {
    this.schedule.after(ms, { label: `signal ${signal.id}`, fire: () => this.send(signal) })
  }

  private send(signal: Signal): void {
    const sent = this.calls.send(
      signal,
      async process => signalBySignature(await process.host, addressOf(signal.url), detailsOf(signal)),
      () => void (this.signals += 1),
      error => {
        if (isLost(error) || passing.has(error.type ?? '')) this.later(signal, retryMs)
        // Else whoever is signalled is gone.
        else if (error.type !== 'Forbidden') this.say(`a signal to ${signal.url} failed: ${error.stack}`)
      },
    )
    if (!sent) this.later(signal, retryMs)
  }
}

const path = /\/v1\/([^/]+)\/stacks\/([^/]+)\/([^/]+)\/resources\/([^/]+)\/signal\/([^/]+)$/

function addressOf(url: string) {
  const [, project, name, id, resource, signature] = path.exec(url) as unknown as [string, ...string[]]
  return { project, name, id, resource, signature } as Parameters<typeof signalBySignature>[1]
}

const detailsOf = ({ id, whole }: Signal): JsonMap =>
  whole ? { UniqueId: id, Status: 'SUCCESS', Reason: id, Data: '' } : { id, reason: id }
