import type { RE2JS } from 're2js'
import { Float } from '../values/float.js'
import { YaqlError } from './error.js'
import { Moment, Span } from './moment.js'

/** What an expression computes with. Lists are sequences; lazies can only be gone through. */
export type Value =
  | null
  | boolean
  | number
  | string
  | Float
  | readonly Value[]
  | Dict
  | ValueSet
  | Lazy
  | Regex
  | Moment
  | Span

export { Float }

/** A map from values to values, in the order of insertion. Immutable. */
export class Dict {
  private constructor(private readonly pairs: ReadonlyMap<string, readonly [Value, Value]>) {}

  /** Of equal keys the last one wins. */
  static of(entries: Iterable<readonly [Value, Value]>): Dict {
    const pairs = new Map<string, readonly [Value, Value]>()
    for (const entry of entries) pairs.set(keyOf(entry[0]), entry)
    return new Dict(pairs)
  }

  get size(): number {
    return this.pairs.size
  }
  has(key: Value): boolean {
    return this.pairs.has(keyOf(key))
  }
  /** Undefined: there is no such key. */
  get(key: Value): Value | undefined {
    return this.pairs.get(keyOf(key))?.[1]
  }
  with(entries: Iterable<readonly [Value, Value]>): Dict {
    return Dict.of([...this.entries(), ...entries])
  }
  without(keys: Iterable<Value>): Dict {
    const pairs = new Map(this.pairs)
    for (const key of keys) pairs.delete(keyOf(key))
    return new Dict(pairs)
  }
  entries(): Iterable<readonly [Value, Value]> {
    return this.pairs.values()
  }
}

/** A set of values, in the order of insertion. Immutable. */
export class ValueSet implements Iterable<Value> {
  private constructor(private readonly members: ReadonlyMap<string, Value>) {}

  static of(values: Iterable<Value>): ValueSet {
    const members = new Map<string, Value>()
    for (const value of values) {
      const key = keyOf(value)
      if (!members.has(key)) members.set(key, value)
    }
    return new ValueSet(members)
  }

  get size(): number {
    return this.members.size
  }
  has(value: Value): boolean {
    return this.members.has(keyOf(value))
  }
  [Symbol.iterator](): Iterator<Value> {
    return this.members.values()
  }
}

/** A collection that is made while it is gone through, perhaps without end. */
export class Lazy implements Iterable<Value> {
  constructor(private readonly make: () => Iterator<Value>) {}
  [Symbol.iterator](): Iterator<Value> {
    return this.make()
  }
}

/** A regular expression, matched in a time that grows linearly with the text. */
export class Regex {
  constructor(
    readonly source: string,
    readonly compiled: RE2JS,
  ) {}
}

export const isNumber = (value: Value): value is number | Float => typeof value === 'number' || value instanceof Float
export const isInteger = (value: Value): value is number => typeof value === 'number' && Number.isInteger(value)
export const isList = (value: Value): value is readonly Value[] => Array.isArray(value)
export const isIterable = (value: Value): value is readonly Value[] | ValueSet | Lazy =>
  isList(value) || value instanceof ValueSet || value instanceof Lazy
export const numberOf = (value: number | Float): number => (value instanceof Float ? value.value : value)

/** `bool(value)` in Python. */
export function truthy(value: Value): boolean {
  if (value instanceof Dict || value instanceof ValueSet) return value.size > 0
  if (value instanceof Span) return value.microseconds !== 0n
  if (value instanceof Float) return value.value !== 0
  if (isList(value)) return value.length > 0
  return value !== null && value !== false && value !== 0 && value !== ''
}

const known = new WeakMap<object, string>()

/** Equal values have equal keys, and only they. As in Python, `1 = 1.0 = true`. @throws YaqlError */
export function keyOf(value: Value): string {
  if (value === null) return '-'
  if (typeof value === 'string') return `"${value}`
  if (typeof value === 'number' || typeof value === 'boolean') return String(Number(value))
  let key = known.get(value)
  if (key === undefined) {
    key = make(value)
    // Values never change, so a large one is looked at once.
    known.set(value, key)
  }
  return key
}

function make(value: object & Value): string {
  if (value instanceof Float) return String(value.value)
  if (isList(value)) return `[${joined(value.map(keyOf))}`
  if (value instanceof ValueSet) return `<${joined([...value].map(keyOf).sort())}`
  if (value instanceof Dict) {
    return `{${joined([...value.entries()].map(([key, item]) => joined([keyOf(key), keyOf(item)])).sort())}`
  }
  if (value instanceof Regex) return `/${value.source}`
  if (value instanceof Moment) return `@${value.instant}`
  if (value instanceof Span) return `~${value.microseconds}`
  throw new YaqlError('A collection that is still being computed cannot be compared; make it a list with toList()')
}

/** Each part with its length in front, so that no two lists of parts give the same text. */
const joined = (parts: readonly string[]): string => parts.map(part => `${part.length}:${part}`).join('')
