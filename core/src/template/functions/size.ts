import * as errors from '../../errors.js'

/** Characters that a function's value may have: more than a template could hold, far less than memory. */
export const mostCharacters = 16 * 1024 * 1024

/** @throws HearthError before the value is made. */
export function checkGrowth(name: string, characters: number): void {
  if (characters <= mostCharacters) return
  throw errors.valueError(`The value of "${name}" would have more than ${mostCharacters} characters`)
}
