import type { Budget } from './budget.js'
import { YaqlError } from './error.js'
import { Dict, Float, isIterable, Regex, type Value } from './values.js'
import { Moment, Span } from './moment.js'
import { textOf } from './text.js'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** Levels of lists and maps in an answer. */
const deepest = 100

export function fromJson(json: Json): Value {
  if (Array.isArray(json)) return (json as readonly Json[]).map(fromJson)
  if (typeof json !== 'object' || json === null || json instanceof Float) return json as Value
  return Dict.of(Object.entries(json).map(([key, item]) => [key, fromJson(item)]))
}

/** Collections of all kinds become lists; a key that is no text becomes one. @throws YaqlError */
export function toJson(value: Value, budget: Budget, depth = 0): Json {
  budget.take(1)
  if (depth > deepest) throw new YaqlError(`The result has more than ${deepest} levels of lists and maps`)
  if (value instanceof Float) return value as unknown as Json
  if (value instanceof Regex) throw new YaqlError('A regular expression cannot be the result')
  if (value instanceof Moment) throw new YaqlError('A datetime cannot be the result; make it a text with format()')
  if (value instanceof Span) throw new YaqlError('A timespan cannot be the result; ask for its seconds, for example')
  if (isIterable(value)) return Array.from(budget.limited(value), item => toJson(item, budget, depth + 1))
  if (!(value instanceof Dict)) return value as Json
  budget.checkLength(value.size)
  const map: Record<string, Json> = {}
  for (const [key, item] of value.entries()) {
    const name = typeof key === 'string' ? key : textOf(key)
    // A name like any other, `__proto__` included.
    Object.defineProperty(map, name, {
      value: toJson(item, budget, depth + 1),
      enumerable: true,
      configurable: true,
      writable: true,
    })
  }
  return map
}
