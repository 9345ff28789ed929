import type { JsonMap } from '@hearth/core/plugin'
import { signalBySignature } from '@hearth/core/use-cases'
import type { Random } from '@hearth/conformance'
import { ringsEach } from '../model/waiting.js'
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
  private readonly unanswered = new Map<Signal, SimulatedProcess>()

  constructor(
    private readonly schedule: Schedule,
    private readonly random: Random,
    private readonly processes: () => SimulatedProcess[],
    private readonly say: (problem: string) => void,
  ) {}

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
    for (const [signal, by] of [...this.unanswered]) {
      if (by === process) this.again(signal)
    }
  }

  private later(signal: Signal, ms: number): void {
    this.schedule.after(ms, { label: `signal ${signal.id}`, fire: () => this.send(signal) })
  }

  private again(signal: Signal): void {
    this.unanswered.delete(signal)
    this.later(signal, retryMs)
  }

  private send(signal: Signal): void {
    const up = this.processes().filter(({ ready }) => ready)
    if (up.length === 0) return this.later(signal, retryMs)
    const process = this.random.pick(up)
    this.unanswered.set(signal, process)
    process.host
      .then(host => signalBySignature(host, addressOf(signal.url), detailsOf(signal)))
      .then(
        () => {
          this.signals += 1
          this.unanswered.delete(signal)
        },
        (error: Error & { code?: string; type?: string }) => {
          if (error.code === '57P01' || passing.has(error.type ?? '')) return this.again(signal)
          this.unanswered.delete(signal)
          // Else whoever is signalled is gone.
          if (error.type !== 'Forbidden') this.say(`a signal to ${signal.url} failed: ${error.stack}`)
        },
      )
  }
}

const path = /\/v1\/([^/]+)\/stacks\/([^/]+)\/([^/]+)\/resources\/([^/]+)\/signal\/([^/]+)$/

function addressOf(url: string) {
  const [, project, name, id, resource, signature] = path.exec(url) as unknown as [string, ...string[]]
  return { project, name, id, resource, signature } as Parameters<typeof signalBySignature>[1]
}

const detailsOf = ({ id, whole }: Signal): JsonMap =>
  whole ? { UniqueId: id, Status: 'SUCCESS', Reason: id, Data: '' } : { id, reason: id }
