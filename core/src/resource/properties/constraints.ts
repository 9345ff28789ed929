import type { Json } from '../../plugin/json.js'
import type { ConstraintSchema } from '../../plugin/schema.js'
import { plainNumbers, plainScalar } from '../../template/values/float.js'
import { dumps, equal, length, repr, str } from '../../template/values/python.js'
import { plain, type Told, told } from '../../told.js'
import type { NamedChecks } from './named-constraints.js'
import { compilePattern, PatternError } from './patterns.js'

/** Constraints of properties and of parameters: the same kinds, the same texts. */

/** How a value that is allowed is read before it is compared; parameters convert it to their type. */
export type Convert = (allowed: Json) => Json

const asIs: Convert = allowed => allowed
const none: NamedChecks = { absent: () => 'constraint not found', refuse: () => undefined }

/** Why `value` is refused: the first broken constraint's description, else Heat's text. Undefined if it is not. */
export function violation(
  constraints: readonly ConstraintSchema[],
  value: Json,
  convert: Convert = asIs,
  named: NamedChecks = none,
): Told | undefined {
  for (const constraint of constraints) {
    const text = broken(constraint, value, convert, named)
    if (text !== undefined) return constraint.description === undefined ? text : plain(constraint.description)
  }
  return undefined
}

function broken(constraint: ConstraintSchema, value: Json, convert: Convert, named: NamedChecks): Told | undefined {
  if ('range' in constraint) {
    const { range } = constraint
    const number = plainScalar(value)
    if (typeof number !== 'number' && typeof number !== 'boolean') return undefined
    return inside(Number(number), range) ? undefined : told`${str(value)} is out of range ${plain(bounds(range))}`
  }
  if ('length' in constraint) {
    const count = lengthOf(value)
    if (count === undefined) return told`length of ${str(value)} cannot be told: expected text, a list or a map`
    return inside(count, constraint.length)
      ? undefined
      : told`length (${plain(String(count))}) is out of range ${plain(bounds(constraint.length))}`
  }
  if ('modulo' in constraint) return moduloBroken(constraint.modulo, value)
  if ('allowed_values' in constraint) return allowedBroken(constraint.allowed_values, value, convert)
  if ('allowed_pattern' in constraint) return patternBroken(constraint.allowed_pattern, value)
  return customBroken(constraint.custom_constraint, value, named)
}

/** Of a list every item is asked. */
function customBroken(name: string, value: Json, named: NamedChecks): Told | undefined {
  const absent = named.absent(name)
  if (absent !== undefined) return told`"${str(value)}" does not validate ${plain(name)} (${plain(absent)})`
  for (const item of Array.isArray(value) ? value : [value]) {
    const why = named.refuse(name, plainNumbers(item))
    if (why === '') return told`"${str(item)}" does not validate ${plain(name)}`
    if (why !== undefined) return told`Error validating value ${repr(item)}: ${why}`
  }
  return undefined
}

interface Bounds {
  readonly min?: number
  readonly max?: number
}

const inside = (value: number, { min, max }: Bounds): boolean =>
  !Number.isNaN(value) && (min === undefined || value >= min) && (max === undefined || value <= max)

/** Heat's words, which call a bound that is not there None; so what is allowed is said once more. */
function bounds({ min, max }: Bounds): string {
  const heats = `(min: ${str(min ?? null)}, max: ${str(max ?? null)})`
  if (min !== undefined && max !== undefined) return heats
  return `${heats}; expected ${min === undefined ? `at most ${str(max ?? null)}` : `at least ${str(min)}`}`
}

function lengthOf(value: Json): number | undefined {
  if (typeof value === 'string') return length(value)
  if (Array.isArray(value)) return value.length
  return typeof value === 'object' && value !== null ? Object.keys(value).length : undefined
}

/** Python's remainder has the sign of the step. */
function moduloBroken({ step, offset }: { step: number; offset: number }, given: Json): Told | undefined {
  const value = plainScalar(given)
  if (typeof value !== 'number' && typeof value !== 'boolean') return undefined
  const rest = Number(value) % step
  const remainder = rest !== 0 && Math.sign(rest) !== Math.sign(step) ? rest + step : rest
  if (remainder === offset || (remainder === 0 && offset === 0)) return undefined
  return told`${str(given)} is not a multiple of ${plain(String(step))} with an offset of ${plain(String(offset))}`
}

function allowedBroken(allowed: readonly Json[], value: Json, convert: Convert): Told | undefined {
  const fits = Array.isArray(value)
    ? value.every(item => allowed.some(one => equal(one, item)))
    : allowed.some(one => equal(convert(one), value))
  return fits ? undefined : told`${dumps(value)} is not an allowed value ${plain(dumps([...allowed]))}`
}

function patternBroken(source: string, value: Json): Told | undefined {
  if (typeof value !== 'string') return told`${str(value)} is not text, which pattern "${plain(source)}" needs`
  try {
    return compilePattern(source).matches(value)
      ? undefined
      : told`"${value}" does not match pattern "${plain(source)}"`
  } catch (error) {
    if (error instanceof PatternError) return told`pattern ${plain(error.message)}`
    throw error
  }
}

/** Why no value matches a pattern; undefined: it is one. */
export function flawOfPattern(source: string): string | undefined {
  try {
    compilePattern(source)
    return undefined
  } catch (error) {
    if (error instanceof PatternError) return `pattern ${error.message}`
    throw error
  }
}
