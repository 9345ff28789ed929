import { migrateTrees, type Verdict } from '@hearth/core/use-cases'
import type { Random } from '@hearth/conformance'
import { Calls, isLost } from './calls.js'
import type { SimulatedProcess } from './process.js'
import type { Schedule } from './schedule.js'

export const engines = ['legacy', 'convergence'] as const

/** Time between two moves at most, in milliseconds. */
const betweenMs = 2_000

/** An operator who moves stacks from one engine to another, while users work. */
export class Mover {
  moved = 0
  private moves = 0
  private readonly calls: Calls<number>

  constructor(
    private readonly schedule: Schedule,
    private readonly random: Random,
    processes: () => SimulatedProcess[],
    private readonly roots: () => readonly string[],
    private readonly say: (problem: string) => void,
  ) {
    this.calls = new Calls(random, processes)
  }

  /** From now on. */
  plan(): void {
    this.schedule.after(this.random.below(betweenMs), {
      label: 'move',
      fire: () => {
        this.move()
        this.plan()
      },
    })
  }

  /** What it was at when its process died is moved, or is not. */
  died(process: SimulatedProcess): void {
    this.calls.died(process)
  }

  private move(): void {
    const roots = this.roots().filter(() => this.random.chance(0.6))
    const to = this.random.pick(engines)
    const waitMs = this.random.pick([0, 0, 3_000])
    this.moves += 1
    this.calls.send(
      this.moves,
      async process => {
        const host = await process.host
        const { signal } = new AbortController()
        const report = (root: string, verdict: Verdict): void => {
          if (verdict.kind === 'moved') this.moved += 1
          if (verdict.kind === 'refused') this.say(`${root} could not be moved to ${to}: ${verdict.reason}`)
        }
        await migrateTrees({ roots, to, dryRun: false, waitMs, signal, report }, host)
      },
      () => undefined,
      error => {
        if (!isLost(error)) this.say(`moving stacks to ${to} failed: ${error.stack}`)
      },
    )
  }
}
