import { isTransaction, type Queryable } from '@hearth/db'

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
/** Milliseconds that work may take which goes first: afterwards the transaction that it is for is over anyway. */
const mostFirstMs = 4_000

/**
 * Shares the one thread of this process: whatever is worked on in pieces, by however many requests and steps, takes one
 * slice of time in a turn of the event loop. Who has just come takes turns with those who have had slices already, so that
 * little work does not wait for all of the large. A slice counts by time: whoever has one goes on until it is over, however
 * small the pieces, and what is left of it when the work is done goes to those who have just come.
 */
export class Turns {
  /** Milliseconds taken since others had their turn. */
  private spent = 0
  private ending = false
  private lastWasNew = false
  private readonly urgent: (() => void)[] = []
  private readonly newcomers: (() => void)[] = []
  private readonly others: (() => void)[] = []

  constructor(private readonly now = () => performance.now()) {}

  /** @param first goes before all others, if it must not wait for them. */
  async all<Result>(pieces: Pieces<Result>, { first = false } = {}): Promise<Result> {
    if (this.isOver || (!first && this.isAwaited)) await this.turn(first ? this.urgent : this.newcomers)
    for (let taken = 0; ; ) {
      const started = this.now()
      let goesOn = false
      try {
        const { done, value } = pieces.next()
        if (done === true) return value
        goesOn = true
      } finally {
        const took = this.now() - started
        taken += took
        this.spend(took)
        // Who was first has more to do that others wait for.
        if (!goesOn && !first) this.next()
      }
      if (this.isOver) await this.turn(first && taken < mostFirstMs ? this.urgent : this.others)
    }
  }

  private get isOver(): boolean {
    return this.spent >= sliceMs
  }

  private get isAwaited(): boolean {
    return this.urgent.length > 0 || this.newcomers.length > 0 || this.others.length > 0
  }

  private spend(ms: number): void {
    this.spent += ms
    this.endTurn()
  }

  private turn(queue: (() => void)[]): Promise<void> {
    this.endTurn()
    return new Promise(resolve => queue.push(resolve))
  }

  /** What is left of a slice goes to others. */
  private next(): void {
    if (!this.isOver) (this.urgent.shift() ?? this.newcomers.shift())?.()
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
    const next = this.urgent.shift() ?? this.nextOfTheRest()
    if (this.isAwaited) this.endTurn()
    next?.()
  }

  private nextOfTheRest(): (() => void) | undefined {
    const [one, other] = this.lastWasNew ? [this.others, this.newcomers] : [this.newcomers, this.others]
    this.lastWasNew = !this.lastWasNew
    return one.shift() ?? other.shift()
  }
}

/** As the event loop, there is one in a process. */
const turns = new Turns()

/** All pieces, leaving the event loop to others again and again. @throws what the work throws */
export const inTurns = <Result>(pieces: Pieces<Result>): Promise<Result> => turns.all(pieces)

/**
 * The same, for whoever reads on `on`. In a transaction the work goes before all others: it holds locks meanwhile, and the
 * database ends it when nothing is sent for long.
 */
export const inTurnsOn = <Result>(on: Queryable, pieces: Pieces<Result>): Promise<Result> =>
  turns.all(pieces, { first: isTransaction(on) })
