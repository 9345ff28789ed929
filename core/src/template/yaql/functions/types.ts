import { YaqlError } from '../error.js'
import { any } from '../parameters.js'
import { type FunctionSpec, functionOf } from '../registry.js'
import { textOf, kindOf } from '../text.js'
import {
  Dict,
  Float,
  isInteger,
  isIterable,
  isList,
  isNumber,
  numberOf,
  Regex,
  truthy,
  type Value,
  ValueSet,
} from '../values.js'
import { float, whole } from './numbers.js'

const test = (name: string, holds: (value: Value) => boolean): FunctionSpec =>
  functionOf(name, [any('value')], (_, value) => holds(value))

/** Conversions, and what kind a value is of. */
export const types: readonly FunctionSpec[] = [
  functionOf('int', [any('value')], (_, value) => toInteger(value)),
  functionOf('float', [any('value')], (_, value) => toFloat(value)),
  functionOf('bool', [any('value')], (_, value) => truthy(value)),
  functionOf('str', [any('value')], ({ budget }, value) => {
    budget.check(value)
    return textOf(value)
  }),
  test('isInteger', value => isInteger(value)),
  test('isNumber', value => isNumber(value)),
  test('isBoolean', value => typeof value === 'boolean'),
  test('isString', value => typeof value === 'string'),
  test('isList', isList),
  test('isDict', value => value instanceof Dict),
  test('isSet', value => value instanceof ValueSet),
  test('isIterable', isIterable),
  test('isRegex', value => value instanceof Regex),
]

const integerForm = /^[-+]?\d+(?:_\d+)*$/
const floatForm = /^[-+]?(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:[eE][-+]?\d+)?$/
/** Digits that a number may be written with. */
const longest = 400

function toInteger(value: Value): Value {
  if (value === null) return 0
  if (typeof value === 'boolean') return Number(value)
  if (isNumber(value)) return whole(Math.trunc(numberOf(value)))
  const text = typeof value === 'string' && value.length <= longest ? value.trim() : undefined
  if (text === undefined || !integerForm.test(text)) throw unfit('int', value)
  return whole(Number(text.replaceAll('_', '')))
}

function toFloat(value: Value): Value {
  if (value === null) return new Float(0)
  if (typeof value === 'boolean') return new Float(Number(value))
  if (isNumber(value)) return float(numberOf(value))
  const text = typeof value === 'string' && value.length <= longest ? value.trim() : undefined
  if (text === undefined || !floatForm.test(text)) throw unfit('float', value)
  return float(Number(text.replaceAll('_', '')))
}

const unfit = (name: string, value: Value): YaqlError =>
  new YaqlError(
    typeof value === 'string'
      ? `${name}() cannot read '${value.slice(0, 60)}' as a number`
      : `${name}() takes a number or text, not a ${kindOf(value)}`,
  )
