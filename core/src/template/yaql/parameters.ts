import { Moment, Span } from './moment.js'
import type { Context } from './registry.js'
import { Dict, isInteger, isIterable, isList, isNumber, Lazy, numberOf, Regex, type Value, ValueSet } from './values.js'

/** An argument that is evaluated by the function, as often as it likes, or not at all. */
export interface Lambda {
  /** Its value for these as `$1`, `$2`, …; `$` is the first. */
  (...args: readonly Value[]): Value
  /** Its value where these variables are set. */
  in(variables: ReadonlyMap<string, Value>): Value
}

/** `source => value` as an argument, each evaluated when it is asked for. */
export interface Rule {
  source(): Value
  value(): Value
}

/** One parameter of a function, `T` being what the implementation gets. */
export interface Param<T> {
  readonly name: string
  readonly takes: 'value' | 'lambda' | 'rules' | 'names'
  /** Takes all further arguments; the implementation gets a list. */
  readonly rest?: boolean
  readonly optional?: { readonly fallback: T }
  accepts(value: Value): boolean
  convert(value: Value, context: Context): T
}

const plain =
  <T extends Value>(accepts: (value: Value) => value is T) =>
  (name: string): Param<T> => ({ name, takes: 'value', accepts, convert: value => value as T })

export const any = plain((_value): _value is Value => true)
export const given = plain((value): value is Exclude<Value, null> => value !== null)
export const text = plain(value => typeof value === 'string')
export const textOrNull = plain(value => value === null || typeof value === 'string')
export const integer = plain(isInteger)
export const bool = plain(value => typeof value === 'boolean')
export const number = plain(isNumber)
export const dict = plain(value => value instanceof Dict)
export const list = plain(isList)
export const set = plain(value => value instanceof ValueSet)
export const regex = plain(value => value instanceof Regex)
export const moment = plain(value => value instanceof Moment)
export const span = plain(value => value instanceof Span)
export const nothing = plain(value => value === null)

/** Lists, sets and lazies; no text, no dict. What goes past the limit throws. */
export const iterable = (name: string): Param<Iterable<Value>> => ({
  name,
  takes: 'value',
  accepts: isIterable,
  convert: (value, { budget }) => budget.limited(value as readonly Value[] | ValueSet | Lazy),
})

/** What can only be gone through, and is: no limit, but each item is a step. */
export const lazy = (name: string): Param<Iterable<Value>> => ({
  name,
  takes: 'value',
  accepts: value => value instanceof Lazy,
  convert: (value, { budget }) => budget.stepping(value as Lazy),
})

/** A number, whether whole or not. */
export const real = (name: string): Param<number> => ({
  name,
  takes: 'value',
  accepts: isNumber,
  convert: value => numberOf(value as number),
})

export const lambda = (name: string): Param<Lambda> => ({
  name,
  takes: 'lambda',
  accepts: () => true,
  convert: unused,
})

/** All arguments, each `source => value`. */
export const rules = (name: string): Param<readonly Rule[]> => ({
  name,
  takes: 'rules',
  accepts: () => true,
  convert: unused,
})

/** All arguments that are named and no other parameter's. */
export const names = (name: string): Param<ReadonlyMap<string, Value>> => ({
  name,
  takes: 'names',
  accepts: () => true,
  convert: unused,
})

function unused(): never {
  throw new Error('made by the call, not converted')
}

export const optional = <T>(param: Param<T>, fallback: T): Param<T> => ({ ...param, optional: { fallback } })

/** For parameters that need no value and have none to fall back on. */
export const maybe = <T>(param: Param<T>): Param<T | undefined> => ({
  ...(param as Param<T | undefined>),
  optional: { fallback: undefined },
})

export const rest = <T>(param: Param<T>): Param<readonly T[]> => ({
  ...(param as unknown as Param<readonly T[]>),
  rest: true,
})
