import type { Json } from '../../plugin/json.js'
import { type MaybeUnknown, Unknown } from '../../plugin/schema.js'
import { Float, floatText, floatValue, numberText, plainScalar } from './float.js'

/** Python's text conventions: users see them in parameter values, in joined and replaced text, and in error messages. */

/** `str(value)`. */
export function str(value: MaybeUnknown): string {
  return typeof value === 'string' ? value : repr(value)
}

/** `repr(value)`. */
export function repr(value: MaybeUnknown): string {
  if (value === null) return 'None'
  if (Unknown.is(value)) return '<unknown>'
  if (typeof value === 'string') return quoted(value)
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'number') return numberText(value)
  if (Float.is(value)) return floatText(value.value)
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`
  return `{${Object.entries(value)
    .map(([key, item]) => `${quoted(key)}: ${repr(item)}`)
    .join(', ')}}`
}

/** The class as Python prints it, e.g. `<class 'str'>`. */
export const typeOf = (value: MaybeUnknown): string => `<class '${typeName(value)}'>`

export function typeName(value: MaybeUnknown): string {
  if (value === null) return 'NoneType'
  if (typeof value === 'string') return 'str'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float'
  if (Float.is(value)) return 'float'
  return Array.isArray(value) ? 'list' : 'dict'
}

/** `json.dumps(value, sort_keys=…)`. */
export function dumps(value: MaybeUnknown, { sorted = false }: { readonly sorted?: boolean } = {}): string {
  if (Array.isArray(value)) return `[${value.map(item => dumps(item, { sorted })).join(', ')}]`
  if (Float.is(value)) return floatText(value.value)
  if (typeof value === 'object' && value !== null && !Unknown.is(value)) {
    const entries = Object.entries(value)
    if (sorted) entries.sort(([a], [b]) => compare(a, b))
    return `{${entries.map(([key, item]) => `${ascii(key)}: ${dumps(item, { sorted })}`).join(', ')}}`
  }
  if (typeof value === 'string') return ascii(value)
  if (typeof value === 'number') {
    if (Number.isNaN(value)) return 'NaN'
    return Number.isFinite(value) ? numberText(value) : value > 0 ? 'Infinity' : '-Infinity'
  }
  return JSON.stringify(value)
}

/** `a == b`: booleans are numbers, containers are compared deeply. */
export function equal(one: MaybeUnknown, other: MaybeUnknown): boolean {
  const [a, b] = [plainScalar(one), plainScalar(other)]
  if (a === b) return true
  if (typeof a === 'boolean' && typeof b === 'number') return Number(a) === b
  if (typeof a === 'number' && typeof b === 'boolean') return a === Number(b)
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => equal(item, b[i] ?? null))
    )
  }
  const keys = Object.keys(a)
  const [mapA, mapB] = [a as Record<string, MaybeUnknown>, b as Record<string, MaybeUnknown>]
  return (
    keys.length === Object.keys(b).length &&
    keys.every(key => Object.hasOwn(b, key) && equal(mapA[key] ?? null, mapB[key] ?? null))
  )
}

/** `bool(value)`. */
export function truthy(value: MaybeUnknown): boolean {
  if (Float.is(value)) return value.value !== 0
  if (Array.isArray(value)) return value.length > 0
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0
  return value !== null && value !== false && value !== 0 && value !== ''
}

/**
 * `int(text)`, or undefined where Python raises ValueError, and where there is no such number here: Python's have any
 * size. Blanks around and `_` between digits are fine.
 */
export function parseInteger(text: string): number | undefined {
  const trimmed = text.trim()
  if (!/^[-+]?[0-9]+(_[0-9]+)*$/.test(trimmed)) return undefined
  const number = Number(trimmed.replaceAll('_', ''))
  return Number.isFinite(number) ? number : undefined
}

/** `int(value)`, or undefined where Python raises ValueError or TypeError. */
export function integer(given: MaybeUnknown): number | undefined {
  const value = plainScalar(given)
  if (typeof value === 'string') return parseInteger(value)
  if (typeof value === 'boolean') return Number(value)
  return typeof value === 'number' && Number.isFinite(value) ? Math.trunc(value) : undefined
}

const floatForm =
  /^[-+]?(?:[0-9]+(?:_[0-9]+)*\.?(?:[0-9]+(?:_[0-9]+)*)?|\.[0-9]+(?:_[0-9]+)*)(?:[eE][-+]?[0-9]+(?:_[0-9]+)*)?$/

/**
 * `int(text)`, else `float(text)`, which may be a `Float`, else undefined. Python's `nan` and `inf` are none: JSON has no such
 * numbers.
 */
export function parseNumber(text: string): Json | undefined {
  const integer = parseInteger(text)
  if (integer !== undefined) return integer
  const trimmed = text.trim()
  const value = floatForm.test(trimmed) ? Number(trimmed.replaceAll('_', '')) : Number.NaN
  return Number.isFinite(value) ? floatValue(value) : undefined
}

/** Order of Python's text: by code point, where JavaScript's goes by UTF-16 unit. */
export function compare(a: string, b: string): number {
  if (a === b) return 0
  const [one, other] = [a[Symbol.iterator](), b[Symbol.iterator]()]
  for (;;) {
    const left = one.next()
    const right = other.next()
    if (left.done || right.done) return left.done ? (right.done ? 0 : -1) : 1
    const difference = (left.value.codePointAt(0) ?? 0) - (right.value.codePointAt(0) ?? 0)
    if (difference !== 0) return difference
  }
}

/** `len(text)`. */
export function length(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}

function quoted(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'"
  const escaped = text.replace(/[\\\n\r\t\x00-\x1f\x7f]|'/g, char => {
    if (char === "'") return mark === "'" ? "\\'" : char
    if (char === '\\') return '\\\\'
    if (char === '\n') return '\\n'
    if (char === '\r') return '\\r'
    if (char === '\t') return '\\t'
    return `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`
  })
  return mark + escaped + mark
}

const ascii = (text: string): string =>
  JSON.stringify(text).replace(/[\x7f-\uffff]/g, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** What is asked of a resource, as Heat words it: the attribute, or all of the path as a tuple. */
export const attributeText = (attribute: string, path: readonly MaybeUnknown[]): string =>
  path.length === 0 ? attribute : `(${[attribute, ...path].map(step => repr(step)).join(', ')})`
