import * as errors from '../../errors.js'
import type { Json } from '../../plugin/json.js'
import type { ParameterType } from '../../plugin/template-format.js'
import { plain, type Told, told } from '../../told.js'
import { Float } from '../values/float.js'
import { readJson } from '../reading/json.js'
import { excess } from '../reading/limits.js'
import { dumps, parseNumber, repr, str, typeName } from '../values/python.js'
import { didYouMean } from '../values/suggest.js'

export const parameterTypes: readonly ParameterType[] = ['string', 'number', 'boolean', 'comma_delimited_list', 'json']

/** The names that template-validate answers. */
export const apiTypes: Readonly<Record<ParameterType, string>> = {
  string: 'String',
  number: 'Number',
  boolean: 'Boolean',
  comma_delimited_list: 'CommaDelimitedList',
  json: 'Json',
}

/**
 * A type by the name that a declaration gives it.
 * @param names what the format calls the types. @throws HearthError InvalidSchemaError
 */
export function parameterType(
  parameter: string,
  given: Json,
  names: (type: ParameterType) => string = type => type,
): ParameterType {
  if (given === null) throw errors.invalidSchemaError(`Missing parameter type for parameter: ${parameter}`)
  const type = parameterTypes.find(one => names(one) === given)
  if (type !== undefined) return type
  const known = parameterTypes.map(names)
  const expected = `${known.slice(0, -1).join(', ')} or ${known.at(-1)}`
  throw errors.invalidSchemaError(`Invalid type (${str(given)}); expected ${expected}${didYouMean(str(given), known)}`)
}

/** The value does not fit the type; the message is Heat's. */
export class Unfit extends Error {
  constructor(readonly told: Told) {
    super(told.open)
  }
}

/** The value that get_param sees. @throws Unfit */
export function convertParameter(type: ParameterType, value: Json): Json {
  switch (type) {
    case 'string':
      return str(value)
    case 'number':
      return toNumber(value)
    case 'boolean':
      return toBoolean(value)
    case 'comma_delimited_list':
      return toList(value)
    case 'json':
      return typeof value === 'string' ? parseJson(value) : value
  }
}

/** The text that a stack's parameters show. */
export function formatParameter(type: ParameterType, value: Json): string {
  if (type === 'json') return value === '' ? '' : dumps(value)
  return Array.isArray(value) ? value.map(str).join(',') : str(value)
}

function toNumber(value: Json): Json {
  if (typeof value === 'number' || typeof value === 'boolean' || Float.is(value)) return value
  if (typeof value !== 'string') {
    throw new Unfit(told`float() argument must be a string or a real number, not '${plain(typeName(value))}'`)
  }
  const number = parseNumber(value)
  // It stays exact for whoever makes text of it.
  if (typeof number === 'number' && !Number.isSafeInteger(number) && /^[-+]?\d+$/.test(value.trim()))
    return value.trim()
  if (number === undefined) throw new Unfit(told`could not convert string to float: ${repr(value)}`)
  return number
}

const yes = ['1', 'on', 't', 'true', 'y', 'yes']
const no = ['0', 'f', 'false', 'n', 'no', 'off']

function toBoolean(value: Json): boolean {
  if (typeof value === 'boolean') return value
  const text = str(value).trim().toLowerCase()
  if (yes.includes(text)) return true
  if (no.includes(text)) return false
  const acceptable = [...yes, ...no].sort().map(repr).join(', ')
  throw new Unfit(told`Unrecognized value ${repr(str(value))}, acceptable values are: ${plain(acceptable)}`)
}

function toList(value: Json): string[] {
  if (Array.isArray(value)) return value.map(str)
  if (typeof value === 'string') return value === '' ? [] : value.split(',')
  throw new Unfit(told`Value must be a comma-delimited list string: ${str(value)}`)
}

/** Levels that lists and maps in JSON text may be nested. */
const deepest = 100

function parseJson(text: string): Json {
  if (text === '') return ''
  let value: Json
  try {
    value = readJson(text, { floats: true })
  } catch (error) {
    const start = text.search(/\S/)
    const nothing = start === -1 || !/[[{"\d\-tfn]/.test(text[start] ?? '')
    const why = nothing
      ? `Expecting value: line 1 column ${Math.max(start, 0) + 1} (char ${Math.max(start, 0)})`
      : (error as Error).message
    throw new Unfit(told`Value must be valid JSON: ${nothing ? plain(why) : why}`)
  }
  const why = excess(value, { size: Number.POSITIVE_INFINITY, depth: deepest })
  if (why !== undefined) throw new Unfit(told`Value must be valid JSON: ${plain(why)}`)
  return value
}
