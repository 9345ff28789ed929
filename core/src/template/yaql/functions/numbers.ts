import { YaqlError } from '../error.js'
import { Float, isInteger, numberOf } from '../values.js'

/** What arithmetic of these operands gives: whole only if all of them are. @throws YaqlError beyond what is exact. */
export function made(value: number, ...operands: readonly (number | Float)[]): number | Float {
  return operands.every(isInteger) ? whole(value) : float(value)
}

/** @throws YaqlError for a whole number that a double cannot hold. */
export function whole(value: number): number {
  // Minus zero is zero among whole numbers.
  if (Number.isSafeInteger(value)) return value === 0 ? 0 : value
  throw new YaqlError(`The whole number is beyond ±${Number.MAX_SAFE_INTEGER}`)
}

/** @throws YaqlError for what JSON has no number for. */
export function float(value: number): number | Float {
  if (!Number.isFinite(value)) throw new YaqlError('The number is beyond all bounds')
  return Number.isInteger(value) ? new Float(value) : value
}

/** Python's `//` and `%`: rounded down, the remainder has the sign of the divisor. @throws YaqlError */
export function modulo(left: number | Float, right: number | Float): number | Float {
  const divisor = notZero(right, 'integer modulo by zero')
  const rest = numberOf(left) % divisor
  return made(rest !== 0 && Math.sign(rest) !== Math.sign(divisor) ? rest + divisor : rest, left, right)
}

/** Whole numbers are divided without a rest. @throws YaqlError */
export function quotient(left: number | Float, right: number | Float): number | Float {
  const divisor = notZero(right, 'division by zero')
  const value = numberOf(left) / divisor
  return isInteger(left) && isInteger(right) ? whole(Math.floor(value)) : float(value)
}

function notZero(value: number | Float, message: string): number {
  const number = numberOf(value)
  if (number === 0) throw new YaqlError(message)
  return number
}
