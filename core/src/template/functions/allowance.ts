import * as errors from '../../errors.js'

/** Characters, items and comparisons that count as one step: they take as long. */
const charactersPerStep = 16

/** Steps and characters that the functions of all resources or outputs may use which are evaluated for one request. */
export class Allowance {
  private used = 0
  /** Something was refused. */
  exhausted = false
  private kept = 0

  /**
   * @param most steps in all. Infinity: any number.
   * @param mostKept characters of all values that are kept. Absent: they are let go.
   */
  constructor(
    private readonly most: number,
    private readonly mostKept = Number.POSITIVE_INFINITY,
  ) {}

  /** Called before the work is done, which some function takes. @throws HearthError when there is not that much left. */
  take(name: string, steps: number): void {
    if (this.used + steps > this.most) {
      this.exhausted = true
      throw errors.valueError(
        `"${name}" takes too long: more than ${this.most} steps in all of the template ([DEFAULT] max_function_steps)`,
      )
    }
    this.used += steps
  }

  /** The same for characters, items or comparisons, each of which takes little. */
  takeCharacters(name: string, characters: number): void {
    this.take(name, characters / charactersPerStep)
  }

  /** @throws HearthError when all values together are too large. */
  keep(characters: number): void {
    if (this.kept + characters > this.mostKept) {
      throw errors.valueError(`The values are too large together: more than ${this.mostKept} characters in all`)
    }
    this.kept += characters
  }
}
