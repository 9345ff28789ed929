import type { Json } from '../../plugin/json.js'
import { Unknown } from '../../plugin/schema.js'
import { Float } from './float.js'

/** Safe handling of maps whose keys users choose: `__proto__` and `constructor` are names like any other. */

/** An own entry, or undefined. */
export const own = <Value>(map: Readonly<Record<string, Value>>, key: string): Value | undefined =>
  Object.hasOwn(map, key) ? map[key] : undefined

/** Sets an entry, also one of the name `__proto__`. */
export function put<Value>(map: Record<string, Value>, key: string, value: Value): void {
  if (key === '__proto__')
    Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true })
  else map[key] = value
}

/** A JSON object; lists, null, floats and unknown values are none. */
export const isMap = <Value = Json>(value: unknown): value is Record<string, Value> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !Float.is(value) && !Unknown.is(value)
