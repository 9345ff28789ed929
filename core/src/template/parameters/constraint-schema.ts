import * as errors from '../../errors.js'
import type { Json, JsonMap } from '../../plugin/json.js'
import type { ConstraintSchema } from '../../plugin/schema.js'
import { cameWith } from '../formats/since.js'
import { plainScalar } from '../values/float.js'
import { isMap, own } from '../values/maps.js'
import { parseNumber, str } from '../values/python.js'
import { instead } from '../values/suggest.js'
import type { HotVersion } from '../../plugin/template-format.js'

const invalid = (message: string): Error => errors.invalidSchemaError(message)

/** In this order: of several constraints in one map only the first counts. */
const kinds = ['modulo', 'range', 'length', 'allowed_values', 'allowed_pattern', 'custom_constraint'] as const

/** One entry of a parameter's `constraints`. @throws HearthError InvalidSchemaError */
export function parseConstraint(given: Json, since: (date: HotVersion) => boolean): ConstraintSchema {
  if (!isMap(given)) throw invalid('Invalid parameter constraints, expected a mapping')
  const extra = Object.keys(given).find(key => key !== 'description' && !(kinds as readonly string[]).includes(key))
  if (extra !== undefined) throw invalid(`Invalid key '${extra}' for parameter constraints${instead(extra, kinds)}`)
  const known = since('2017-02-24') ? kinds : kinds.filter(kind => kind !== 'modulo')
  const kind = known.find(one => Object.hasOwn(given, one))
  if (kind === undefined) {
    const hint = Object.hasOwn(given, 'modulo') ? cameWith('2017-02-24') : `; expected one of ${known.join(', ')}`
    throw invalid(`No constraint expressed${hint}`)
  }
  const description = own(given, 'description') ?? null
  return { ...parseKind(kind, given[kind] ?? null), ...(description === null ? {} : { description: str(description) }) }
}

function parseKind(kind: (typeof kinds)[number], value: Json): ConstraintSchema {
  switch (kind) {
    case 'range':
      return { range: bounds(kind, value, 'min/max must be numeric') }
    case 'length': {
      const length = bounds(kind, value, 'min/max length must be integral')
      if (!Object.values(length).every(Number.isInteger)) throw invalid('min/max length must be integral')
      return { length }
    }
    case 'modulo':
      return { modulo: modulo(value) }
    case 'allowed_values':
      if (!Array.isArray(value)) throw invalid('AllowedValues must be a list')
      return { allowed_values: value }
    case 'allowed_pattern':
      if (typeof value !== 'string') throw invalid('AllowedPattern must be a string')
      return { allowed_pattern: value }
    case 'custom_constraint':
      return { custom_constraint: str(value) }
  }
}

function bounds(kind: 'range' | 'length', value: Json, wrong: string): { min?: number; max?: number } {
  const map = mapOf(kind, value, ['min', 'max'])
  const min = numeric(map, 'min', wrong)
  const max = numeric(map, 'max', wrong)
  if (min === undefined && max === undefined) {
    throw invalid(`A ${kind} constraint must have a min value and/or a max value specified.`)
  }
  return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) }
}

function modulo(value: Json): { step: number; offset: number } {
  const map = mapOf('modulo', value, ['step', 'offset'])
  const step = numeric(map, 'step', 'step/offset must be numeric')
  const offset = numeric(map, 'offset', 'step/offset must be numeric')
  if (step === undefined || offset === undefined) {
    throw invalid('A modulo constraint must have a step value and an offset value specified.')
  }
  if (!Number.isInteger(step) || !Number.isInteger(offset)) throw invalid('step/offset must be integer')
  if (step === 0) throw invalid('step cannot be 0.')
  if (Math.abs(offset) >= Math.abs(step)) throw invalid('offset must be smaller (by absolute value) than step.')
  if ((step > 0 && offset < 0) || (step < 0 && offset > 0)) {
    throw invalid('step and offset must be both positive or both negative.')
  }
  return { step, offset }
}

function mapOf(kind: string, value: Json, keys: readonly string[]): JsonMap {
  if (!isMap(value)) throw invalid(`Invalid ${kind} constraint, expected a mapping`)
  const extra = Object.keys(value).find(key => !keys.includes(key))
  if (extra !== undefined) throw invalid(`Invalid key '${extra}' for ${kind} constraint; expected ${keys.join(', ')}`)
  return value
}

/** A number, also one written as text. */
function numeric(map: JsonMap, key: string, wrong: string): number | undefined {
  const value = own(map, key) ?? null
  if (value === null) return undefined
  const number = plainScalar(typeof value === 'string' ? parseNumber(value) : value)
  if (typeof number !== 'number' || Number.isNaN(number)) throw invalid(wrong)
  return number
}
