import { keyOf, Lazy, type Value } from './values.js'

export function equal(a: Value, b: Value): boolean {
  if (a === b) return true
  if (typeof a === 'string' || typeof b === 'string') return false
  // Like two generators in Python, equal only if they are one.
  if (a instanceof Lazy || b instanceof Lazy) return false
  return keyOf(a) === keyOf(b)
}

/** Order of Python's text: by code point, where JavaScript's goes by UTF-16 unit. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0
  const [one, other] = [[...a], [...b]]
  for (let index = 0; index < one.length && index < other.length; index++) {
    const difference = (one[index]?.codePointAt(0) ?? 0) - (other[index]?.codePointAt(0) ?? 0)
    if (difference !== 0) return difference
  }
  return one.length - other.length
}
