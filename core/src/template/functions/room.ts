import * as errors from '../../errors.js'

/** Characters, items and comparisons that the functions of one resource or output may make, all together: more than a
 *  request could hold, far less than memory. */
export const roomOfOne = 4 * 1024 * 1024

/** Characters that the values of one resource or output may have, all together: what a request could hold. They are kept
 *  in several rows, and many resources are worked on at once. */
export const largestValues = 1024 * 1024

/** What is left of it. Resolving is synchronous, so one counter serves a whole definition. */
export class Room {
  private left = roomOfOne
  private unkept = largestValues

  refill(): void {
    this.left = roomOfOne
    this.unkept = largestValues
  }

  /** Characters of values that may still be kept. */
  get free(): number {
    return this.unkept
  }

  keep(characters: number): void {
    this.unkept -= characters
  }

  /** Called before the work is done. @throws HearthError when there is not that much left. */
  take(name: string, amount: number): void {
    if (amount > this.left) {
      throw errors.valueError(
        `"${name}" makes the value too large: more than ${roomOfOne} characters, items or comparisons`,
      )
    }
    this.left -= amount
  }
}
