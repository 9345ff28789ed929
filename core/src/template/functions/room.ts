import * as errors from '../../errors.js'
import type { Pieces } from '../../pieces.js'
import type { Allowance } from './allowance.js'

/** Characters, items and comparisons that the functions of one resource or output may make, all together: more than a
 *  request could hold, far less than memory. */
const roomOfOne = 4 * 1024 * 1024

/** Characters that the values of one resource or output may have, all together: what a request could hold. They are kept
 *  in several rows, and many resources are worked on at once. */
const largestValues = 1024 * 1024

/** Steps of expressions that one resource or output may take, while nothing else is done: a tenth of a second or two. */
const stepsOfOne = 250_000

/** What is left of it for one resource or output, each of which is resolved in one go: one counter serves a whole definition. */
export class Room {
  private left = roomOfOne
  private unkept = largestValues
  private steps = stepsOfOne
  private all: Allowance | undefined

  refill(): void {
    this.left = roomOfOne
    this.unkept = largestValues
    this.steps = stepsOfOne
  }

  /** Does work that evaluates many resources or outputs, each in a piece of its own, from one allowance. */
  *together<Result>(allowance: Allowance, work: Pieces<Result>): Pieces<Result> {
    for (;;) {
      const around = this.all
      this.all = allowance
      try {
        const { done, value } = work.next()
        if (done === true) return value
      } finally {
        this.all = around
      }
      yield
    }
  }

  /** There is nothing left of what all have together. */
  get exhausted(): boolean {
    return this.all?.exhausted === true
  }

  /** Characters of values that one resource or output may still keep. */
  get free(): number {
    return this.unkept
  }

  /** @throws HearthError when all that are evaluated together keep too many. */
  keep(characters: number): void {
    this.unkept -= characters
    this.all?.keep(characters)
  }

  /** Called before the work is done. @throws HearthError when there is not that much left. */
  take(name: string, amount: number): void {
    if (amount > this.left) {
      throw errors.valueError(
        `"${name}" makes the value too large: more than ${roomOfOne} characters, items or comparisons`,
      )
    }
    this.left -= amount
    this.all?.takeCharacters(name, amount)
  }

  /** The same for steps of an expression, each of which takes much longer. */
  spend(name: string, steps: number): void {
    this.steps -= steps
    if (this.steps < 0) throw errors.valueError(`"${name}" takes too long: more than ${stepsOfOne} steps`)
    this.all?.take(name, steps)
  }
}
