import type { Random } from '@hearth/conformance'
import { findLiveStack, signalResource } from '@hearth/core/use-cases'
import type { JsonMap } from '@hearth/core/plugin'
import { Calls, isLost } from './calls.js'
import type { SimulatedProcess } from './process.js'

/** A resource as the API knows it, by its row. */
export interface Signalled {
  readonly id: string
  readonly name: string
  readonly project: string
  readonly stack: string
  readonly stackId: string
}

/** The columns of a `Signalled`, of `resource r JOIN stack s`. */
export const signalledColumns = `r.id, r.name, s.project, s.name AS stack, s.id AS "stackId"`

/** Signals to resources by the API, each with the process that is to answer it. */
export class ResourceSignals {
  private readonly calls: Calls<string>

  constructor(
    random: Random,
    processes: () => SimulatedProcess[],
    private readonly say: (problem: string) => void,
  ) {
    this.calls = new Calls(random, processes)
  }

  has({ id }: Signalled): boolean {
    return this.calls.has(id)
  }

  died(process: SimulatedProcess): void {
    this.calls.died(process)
  }

  /**
   * What is refused is nobody's fault: the resource may be gone, or its operation over. @param what it is, for who
   * reads of a failure.
   */
  send({ id, name, project, stack, stackId }: Signalled, details: JsonMap, what: string, answered: () => void): void {
    this.calls.send(
      id,
      async process => {
        const host = await process.host
        await signalResource(host, await findLiveStack(host, { project }, stack, stackId), name, details)
      },
      answered,
      error => {
        if (error.type === undefined && !isLost(error)) this.say(`${what} failed: ${error.stack}`)
      },
    )
  }
}
