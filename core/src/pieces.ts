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

/** Milliseconds: what was long ago says nothing of what is fair now. */
const mostAheadMs = 100

/** Those who work, or wait for a turn, on behalf of one project. */
interface Account {
  /** Milliseconds that they have had. One that comes later begins with those of whoever has had the least. */
  used: number
  /** Milliseconds that those who have just come have had more than those who go on; never far from none. */
  ahead: number
  members: number
  readonly newcomers: (() => void)[]
  readonly others: (() => void)[]
}

/** How a work is taken. */
interface Taken {
  /** It goes before all others, if it must not wait for them. */
  readonly first?: boolean
  /** The project that it is done for; absent: for the house. */
  readonly whose?: string
}

/**
 * Shares the one thread of this process: whatever is worked on in pieces, by however many requests and steps, takes one
 * slice of time in a turn of the event loop. Projects have the same time, each: whose project has had the least goes on. Of one
 * project, who has just come goes before those who have had slices already, as long as all who have just come have not had more
 * time than they: so little work waits for one piece of the large, and not for all of it. A slice counts by time: whoever has one
 * goes on until it is over, however small the pieces, and what is left of it when the work is done goes to those who have just
 * come.
 */
export class Turns {
  /** Milliseconds taken since others had their turn. */
  private spent = 0
  private ending = false
  private waiting = 0
  private readonly urgent: (() => void)[] = []
  private readonly accounts = new Map<string, Account>()

  constructor(private readonly now = () => performance.now()) {}

  async all<Result>(pieces: Pieces<Result>, { first = false, whose = '' }: Taken = {}): Promise<Result> {
    const account = this.join(whose)
    try {
      if (this.isOver || (!first && this.waiting > 0)) await this.turn(first ? this.urgent : account.newcomers)
      for (let taken = 0, isNew = true; ; ) {
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
          if (!first) charge(account, took, isNew)
          // Who was first has more to do that others wait for.
          if (!goesOn && !first) this.next()
        }
        if (!this.isOver) continue
        await this.turn(first && taken < mostFirstMs ? this.urgent : account.others)
        isNew = false
      }
    } finally {
      this.leave(whose, account)
    }
  }

  private join(whose: string): Account {
    let account = this.accounts.get(whose)
    if (account === undefined) {
      const least = Math.min(...[...this.accounts.values()].map(({ used }) => used))
      account = { used: Number.isFinite(least) ? least : 0, ahead: 0, members: 0, newcomers: [], others: [] }
      this.accounts.set(whose, account)
    }
    account.members++
    return account
  }

  private leave(whose: string, account: Account): void {
    account.members--
    if (account.members === 0) this.accounts.delete(whose)
  }

  private get isOver(): boolean {
    return this.spent >= sliceMs
  }

  private spend(ms: number): void {
    this.spent += ms
    this.endTurn()
  }

  private turn(queue: (() => void)[]): Promise<void> {
    this.endTurn()
    this.waiting++
    return new Promise(resolve => queue.push(resolve))
  }

  /** What is left of a slice goes to others. */
  private next(): void {
    if (!this.isOver) this.wake(this.urgent.shift() ?? this.least(({ newcomers }) => newcomers)?.shift())
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
    const next = this.urgent.shift() ?? this.least(queueOf)?.shift()
    if (this.waiting > (next === undefined ? 0 : 1)) this.endTurn()
    this.wake(next)
  }

  private wake(next: (() => void) | undefined): void {
    if (next === undefined) return
    this.waiting--
    next()
  }

  /** The queue of the project that has had the least time, of those that have one which is not empty. */
  private least(queue: (account: Account) => (() => void)[]): (() => void)[] | undefined {
    let least: Account | undefined
    for (const account of this.accounts.values()) {
      if (queue(account).length > 0 && (least === undefined || account.used < least.used)) least = account
    }
    return least && queue(least)
  }
}

/** Who is next of one project. */
function queueOf({ ahead, newcomers, others }: Account): (() => void)[] {
  const [one, other] = ahead > 0 ? [others, newcomers] : [newcomers, others]
  return one.length > 0 ? one : other
}

function charge(account: Account, ms: number, isNew: boolean): void {
  account.used += ms
  account.ahead = Math.max(-mostAheadMs, Math.min(mostAheadMs, account.ahead + (isNew ? ms : -ms)))
}

/** As the event loop, there is one in a process. */
const turns = new Turns()

/**
 * All pieces, leaving the event loop to others again and again. @param whose the project that it is done for.
 * @throws what the work throws
 */
export const inTurns = <Result>(pieces: Pieces<Result>, whose?: string): Promise<Result> =>
  turns.all(pieces, whose === undefined ? {} : { whose })

/**
 * The same, for whoever reads on `on`. In a transaction the work goes before all others: it holds locks meanwhile, and the
 * database ends it when nothing is sent for long.
 */
export const inTurnsOn = <Result>(on: Queryable, pieces: Pieces<Result>, whose?: string): Promise<Result> =>
  turns.all(pieces, { first: isTransaction(on), ...(whose === undefined ? {} : { whose }) })
