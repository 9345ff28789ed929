import type { JsonValue } from './rows.js'

const unstorable = /\\u(?:0000|d[89a-f])/
const escapes = /\\(?:u(?:0000|d[89a-f]..)|.)/g

/**
 * A value as text that jsonb takes: it has neither NUL nor half of a surrogate pair. Whoever writes them is told before,
 * where that can be; here one row must not keep the others of its batch from being written.
 */
export function jsonbText(value: unknown): string {
  const text = JSON.stringify(value)
  return unstorable.test(text) ? text.replace(escapes, escape => (unstorable.test(escape) ? '\ufffd' : escape)) : text
}

/** A value as jsonb gives it back: what is made of it now is the same as what is made of it once it has been read. */
export const asJsonb = <Value extends JsonValue>(value: Value): Value => ordered(JSON.parse(jsonbText(value))) as Value

/** Keys are sorted by their length in bytes, then byte by byte. Source: PostgreSQL, jsonb_util.c, `lengthCompareJsonbString`. */
function ordered(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(ordered)
  const keys = Object.keys(value)
  if (keys.length > 1) keys.sort(byBytes)
  return Object.fromEntries(keys.map(key => [key, ordered(value[key] as JsonValue)]))
}

const ascii = /^[\0-\x7f]*$/

function byBytes(one: string, other: string): number {
  if (ascii.test(one) && ascii.test(other)) return one.length - other.length || (one < other ? -1 : 1)
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length - b.length || a.compare(b)
}
