import { YaqlError } from '../error.js'
import { any, integer, maybe, number, optional, real } from '../parameters.js'
import { type Context, type FunctionSpec, functionOf } from '../registry.js'
import { Float, isInteger, numberOf, type Value } from '../values.js'
import { float, made, whole } from './numbers.js'

/** Numbers of 32 bits and more, as Python's have no end: JavaScript's operators see 32. */
const bits = (name: string, combine: (left: bigint, right: bigint) => bigint): FunctionSpec =>
  functionOf(name, [integer('left'), integer('right')], (_, left, right) =>
    whole(Number(combine(BigInt(left), BigInt(right)))),
  )

/** Bits that a number can be shifted by and still be one. */
const mostShifted = 64

const shift = (name: string, move: (value: bigint, by: bigint) => bigint): FunctionSpec =>
  functionOf(name, [integer('value'), integer('bitsNumber')], (_, value, count) => {
    if (count < 0) throw new YaqlError('negative shift count')
    return whole(Number(move(BigInt(value), BigInt(Math.min(count, mostShifted)))))
  })

const greater = ({ invoke }: Context, a: Value, b: Value): boolean => invoke('>', a, b) === true

export const math: readonly FunctionSpec[] = [
  functionOf('abs', [number('op')], (_, value) => made(Math.abs(numberOf(value)), value)),
  functionOf('sign', [real('num')], (_, value) => Math.sign(value) + 0),
  functionOf('round', [number('number'), optional(integer('ndigits'), 0)], (_, value, digits) =>
    isInteger(value) && digits >= 0 ? value : round(value, digits),
  ),
  functionOf('max', [any('a'), any('b')], (context, a, b) => (greater(context, b, a) ? b : a)),
  functionOf('min', [any('a'), any('b')], (context, a, b) => (greater(context, b, a) ? a : b)),
  functionOf('pow', [number('a'), number('b'), maybe(integer('c'))], (_, a, b, c) =>
    c === undefined ? power(a, b) : powerModulo(a, b, c),
  ),
  bits('bitwiseAnd', (a, b) => a & b),
  bits('bitwiseOr', (a, b) => a | b),
  bits('bitwiseXor', (a, b) => a ^ b),
  functionOf('bitwiseNot', [integer('arg')], (_, value) => whole(-value - 1)),
  shift('shiftBitsLeft', (value, by) => value << by),
  shift('shiftBitsRight', (value, by) => value >> by),
]

/** Halves go to the even neighbour, as in Python. */
function round(value: number | Float, digits: number): number | Float {
  const number = numberOf(value)
  const scale = 10 ** Math.abs(digits)
  const scaled = digits < 0 ? number / scale : number * scale
  if (!Number.isFinite(scaled)) return digits < 0 ? made(0, value) : value
  const floor = Math.floor(scaled)
  const half = scaled - floor === 0.5
  const rounded = half ? floor + Math.abs(floor % 2) : Math.round(scaled)
  return made(digits < 0 ? rounded * scale : rounded / scale, value)
}

function power(a: number | Float, b: number | Float): number | Float {
  const value = numberOf(a) ** numberOf(b)
  if (Number.isNaN(value)) throw new YaqlError('A negative number has no such power')
  return numberOf(b) < 0 ? float(value) : made(value, a, b)
}

function powerModulo(a: number | Float, b: number | Float, modulus: number): number {
  if (!isInteger(a) || !isInteger(b) || b < 0) throw new YaqlError('pow() with three arguments takes whole numbers')
  if (modulus === 0) throw new YaqlError('pow() third argument cannot be 0')
  const m = BigInt(modulus)
  let result = 1n
  let base = BigInt(a) % m
  for (let rest = BigInt(b); rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * base) % m
    base = (base * base) % m
  }
  result %= m
  return Number(result !== 0n && result < 0n !== m < 0n ? result + m : result)
}
