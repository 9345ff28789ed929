import type { Random } from '@hearth/conformance'
import type { SimulatedProcess } from './process.js'

/** What a request was refused with. A refusal has Heat's type; a lost connection rolled the request back. */
export type CallError = Error & { readonly code?: string; readonly type?: string }

export const isLost = ({ code }: CallError): boolean => code === '57P01'

/** Requests under way, each with the process that is to answer it: one that is up when it is sent. */
export class Calls<Key> {
  private readonly unanswered = new Map<Key, SimulatedProcess>()

  constructor(
    private readonly random: Random,
    private readonly processes: () => SimulatedProcess[],
  ) {}

  has(key: Key): boolean {
    return this.unanswered.has(key)
  }

  /** Neither is called if the process dies. @returns false: nobody is up. */
  send(
    key: Key,
    work: (process: SimulatedProcess) => Promise<unknown>,
    answered: () => void,
    refused: (error: CallError) => void,
  ): boolean {
    const up = this.processes().filter(({ ready }) => ready)
    if (up.length === 0) return false
    const process = this.random.pick(up)
    this.unanswered.set(key, process)
    work(process).then(
      () => {
        this.unanswered.delete(key)
        answered()
      },
      (error: CallError) => {
        this.unanswered.delete(key)
        refused(error)
      },
    )
    return true
  }

  /** @returns what a process that has died did not answer. */
  died(process: SimulatedProcess): Key[] {
    const lost = [...this.unanswered].flatMap(([key, by]) => (by === process ? [key] : []))
    for (const key of lost) this.unanswered.delete(key)
    return lost
  }
}
