import type { Json } from '../../plugin/json.js'
import type { MaybeUnknown } from '../../plugin/schema.js'

/**
 * A floating point number that is whole: Python tells 5.0 from 5 when it makes text of it, or divides. It stands where a
 * `Json` stands in what the language reads and computes with; whoever gets a value out of the language gets `plainNumbers`.
 * JSON.stringify writes it as the number that it is.
 */
export class Float extends Number {
  get value(): number {
    return this.valueOf()
  }
  override toString(): string {
    return floatText(this.value)
  }
  static is(value: unknown): value is Float {
    return value instanceof Float
  }
}

/** What a float is as a value: a number, unless it is whole. */
export const floatValue = (value: number): Json =>
  Number.isInteger(value) ? (new Float(value) as unknown as Json) : value

/** The number that a scalar is, if it is a `Float`; all else as it is. What JSON stores tells no -0 from 0. */
export const plainScalar = <Value>(value: Value): Value | number => (value instanceof Float ? value.value + 0 : value)

/** A value with plain numbers alone; the same one if it has no others. */
export function plainNumbers<Value extends MaybeUnknown>(value: Value): Value {
  return (holdsFloats(value) ? plainCopy(value) : value) as Value
}

function plainCopy(value: unknown): unknown {
  if (value instanceof Float) return plainScalar(value)
  if (Array.isArray(value)) return value.map(plainCopy)
  if (!isTree(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainCopy(item)]))
}

export function holdsFloats(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (value instanceof Float) return true
  if (Array.isArray(value)) return value.some(holdsFloats)
  if (!isTree(value)) return false
  for (const key of Object.keys(value)) if (holdsFloats(value[key])) return true
  return false
}

/** What is no map, such as an unknown value, is a value of its own. */
function isTree(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** `repr(value)` of a float in Python: the shortest digits that are read as the same number. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) return value.toExponential().replace(/e([-+])(\d)$/, 'e$10$2')
  const digits = Object.is(value, -0) ? '-0' : String(value)
  return Number.isInteger(value) ? `${digits}.0` : digits
}

/** The same of a plain number: of what is whole nothing tells that it is a float. */
export const numberText = (value: number): string =>
  Number.isInteger(value) && Math.abs(value) < 1e21 ? String(value) : floatText(value)
