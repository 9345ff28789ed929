import * as errors from '../../errors.js'

/** Characters, items and comparisons that the functions of one resource or output may make, all together: more than a
 *  request could hold, far less than memory. */
export const roomOfOne = 4 * 1024 * 1024

/** What is left of it. Resolving is synchronous, so one counter serves a whole definition. */
export class Room {
  private left = roomOfOne

  refill(): void {
    this.left = roomOfOne
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
