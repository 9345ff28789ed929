/**
 * Work that is done piece by piece: between two of them it can be left for a while. What one piece takes is bounded by
 * whoever cuts it.
 */
export type Pieces<Result> = Generator<void, Result, void>

/** All pieces, one right after the other: nothing else happens in this process meanwhile. @throws what the work throws */
export function atOnce<Result>(pieces: Pieces<Result>): Result {
  for (;;) {
    const { done, value } = pieces.next()
    if (done === true) return value
  }
}

/** Milliseconds that all work may take before others have their turn. */
const sliceMs = 10
/** Of the time that has been taken, the part that is left to others afterwards; and milliseconds at most. */
const rest = { part: 0.1, mostMs: 25 }

/**
 * Shares the one thread of this process: whatever is worked on in pieces, by however many requests and steps, takes one
 * slice of time in a turn of the event loop. Who has just come takes turns with those who have had slices already, so that
 * little work does not wait for all of the large.
 */
class Turns {
  /** Milliseconds taken since others had their turn. */
  private spent = 0
  private ending = false
  private lastWasNew = false
  private readonly newcomers: (() => void)[] = []
  private readonly others: (() => void)[] = []

  async all<Result>(pieces: Pieces<Result>): Promise<Result> {
    if (this.isOver) await this.turn(this.newcomers)
    for (;;) {
      const started = performance.now()
      try {
        const { done, value } = pieces.next()
        if (done === true) return value
      } finally {
        this.spend(performance.now() - started)
      }
      if (this.isOver) await this.turn(this.others)
    }
  }

  private get isOver(): boolean {
    return this.spent >= sliceMs || this.newcomers.length > 0 || this.others.length > 0
  }

  private spend(ms: number): void {
    this.spent += ms
    this.endTurn()
  }

  private turn(queue: (() => void)[]): Promise<void> {
    this.endTurn()
    return new Promise(resolve => queue.push(resolve))
  }

  /** Once others have had theirs, the next one goes on. */
  private endTurn(): void {
    if (this.ending) return
    this.ending = true
    setImmediate(() => {
      const pause = Math.min(this.spent * rest.part, rest.mostMs)
      if (pause < 1) this.begin()
      else setTimeout(() => this.begin(), pause)
    })
  }

  private begin(): void {
    this.spent = 0
    this.ending = false
    const [first, second] = this.lastWasNew ? [this.others, this.newcomers] : [this.newcomers, this.others]
    const next = first.shift() ?? second.shift()
    if (next === undefined) return
    this.lastWasNew = !this.lastWasNew
    if (this.newcomers.length > 0 || this.others.length > 0) this.endTurn()
    next()
  }
}

/** As the event loop, there is one in a process. */
const turns = new Turns()

/** All pieces, leaving the event loop to others again and again. @throws what the work throws */
export const inTurns = <Result>(pieces: Pieces<Result>): Promise<Result> => turns.all(pieces)
