import type { Clock } from '../plugin/index.js'

/** How long a request waits for its turn at a stack, in milliseconds: as patient as clients are. */
const patienceMs = 30_000

/**
 * Requests of one process that get in each other's way at the same stack go on one behind the other. It holds nothing that
 * others could wait for: who changes a stack still finds out whether somebody else has.
 */
export class StackTurns {
  private readonly last = new Map<string, Promise<void>>()

  constructor(private readonly clock: Pick<Clock, 'after'>) {}

  /** Does the work after all that came before for this stack. @throws what `late` says when that takes too long. */
  async take<Result>(stack: string, work: () => Promise<Result>, late: () => Error): Promise<Result> {
    const turn = this.after(this.last.get(stack), late).then(work)
    const over = turn.then(
      () => undefined,
      () => undefined,
    )
    this.last.set(stack, over)
    try {
      return await turn
    } finally {
      if (this.last.get(stack) === over) this.last.delete(stack)
    }
  }

  private async after(before: Promise<void> | undefined, late: () => Error): Promise<void> {
    if (before === undefined) return
    let cancel = (): void => undefined
    const patience = new Promise<never>((_, reject) => {
      cancel = this.clock.after(patienceMs, () => reject(late()))
    })
    await Promise.race([before, patience]).finally(cancel)
  }
}
