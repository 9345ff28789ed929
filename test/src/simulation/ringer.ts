import type { JsonMap } from '@hearth/core/plugin'
import { signalBySignature } from '@hearth/core/use-cases'
import type { Random } from '@hearth/conformance'
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
/** Refusals that pass: a suspended resource takes no signal. */
const passing: ReadonlySet<string> = new Set(['NotSupported'])

/** What things do once they stand: each signals its handle so often, and no more. */
export class Ringer {
  signals = 0
  private readonly rung = new Set<string>()
  private readonly calls: Calls<Signal>

  constructor(
    private readonly schedule: Schedule,
    private readonly random: Random,
    processes: () => SimulatedProcess[],
    private readonly say: (problem: string) => void,
  ) {
    this.calls = new Calls(random, processes)
  }

  ring(thing: string, { url, whole }: Rings): void {
    if (this.rung.has(`${thing} ${url}`)) return
    this.rung.add(`${thing} ${url}`)
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
