import * as errors from '../../errors.js'

/** Characters, items and comparisons that the functions of one resource or output may make, all together: more than a
 *  request could hold, far less than memory. */
export const roomOfOne = 4 * 1024 * 1024

/** Characters that the values of one resource or output may have, all together: what a request could hold. They are kept
 *  in several rows, and many resources are worked on at once. */
export const largestValues = 1024 * 1024

/** Steps of expressions that one resource or output may take: half a second. */
export const stepsOfOne = 500_000

/** How much of it there is for all resources or outputs that are evaluated in one go, while nothing else is done: they
 *  take a second or two. */
const timesForAll = { room: 16, steps: 4 }

/** What is left of it. Resolving is synchronous, so one counter serves a whole definition. */
export class Room {
  private left = roomOfOne
  private unkept = largestValues
  private steps = stepsOfOne
  private all: { left: number; unkept: number; steps: number; readonly mostKept: number } | undefined

  refill(): void {
    this.left = roomOfOne
    this.unkept = largestValues
    this.steps = stepsOfOne
  }

  /** Does work that evaluates many resources or outputs. @param mostKept characters of all of their values that are kept. */
  together<Result>(mostKept: number, work: () => Result): Result {
    if (this.all !== undefined) return work()
    this.all = {
      left: roomOfOne * timesForAll.room,
      unkept: mostKept,
      mostKept,
      steps: stepsOfOne * timesForAll.steps,
    }
    try {
      return work()
    } finally {
      this.all = undefined
    }
  }

  /** Characters of values that one resource or output may still keep. */
  get free(): number {
    return this.unkept
  }

  /** @throws HearthError when all that are evaluated together keep too many. */
  keep(characters: number): void {
    this.unkept -= characters
    if (this.all === undefined) return
    if (characters > this.all.unkept) {
      throw errors.valueError(`The values are too large together: more than ${this.all.mostKept} characters in all`)
    }
    this.all.unkept -= characters
  }

  /** Called before the work is done. @throws HearthError when there is not that much left. */
  take(name: string, amount: number): void {
    if (amount > this.left) throw tooMuch(name, `${roomOfOne} characters, items or comparisons`)
    this.left -= amount
    if (this.all === undefined) return
    if (amount > this.all.left) {
      throw tooMuch(name, `${roomOfOne * timesForAll.room} characters, items or comparisons in all of the template`)
    }
    this.all.left -= amount
  }

  /** The same for steps of an expression, each of which takes much longer. */
  spend(name: string, steps: number): void {
    this.steps -= steps
    if (this.steps < 0) throw tooLong(name, `${stepsOfOne} steps`)
    if (this.all === undefined) return
    this.all.steps -= steps
    if (this.all.steps < 0) throw tooLong(name, `${stepsOfOne * timesForAll.steps} steps in all of the template`)
  }
}

const tooMuch = (name: string, most: string): Error =>
  errors.valueError(`"${name}" makes the value too large: more than ${most}`)

const tooLong = (name: string, most: string): Error => errors.valueError(`"${name}" takes too long: more than ${most}`)
