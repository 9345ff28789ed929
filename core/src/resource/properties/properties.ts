import * as errors from '../../errors.js'
import type { Json } from '../../plugin/json.js'
import { type MaybeUnknown, type PropertySchema, type PropertySchemas, Unknown } from '../../plugin/schema.js'
import { plainNumbers, plainScalar } from '../../template/values/float.js'
import { isMap, put } from '../../template/values/maps.js'
import { type Attempt, isIn, placed } from '../../template/problems.js'
import { integer, parseNumber, repr, str, typeName } from '../../template/values/python.js'
import { functionNames } from '../../template/functions/hot.js'
import { instead, suggestion } from '../../template/values/suggest.js'
import { plain, type Told, told } from '../../told.js'
import { isSecret } from '../secrets/hidden.js'
import { violation } from './constraints.js'
import type { NamedChecks } from './named-constraints.js'

type Values = Record<string, MaybeUnknown>

/**
 * Properties as a type wants them: every property of the schema, converted, with its default or null; unknown values
 * pass. `any` takes everything as it is.
 * @param at the path of the properties in errors: `resources.web.properties`, or `Properties` at run time.
 * @param checks knows the constraints that have names.
 * @param attempt converts each property by itself, however deep. Where it goes on after an error, `Unknown` stands for what is
 *   wrong.
 * @throws HearthError StackValidationFailed `Property error: <at>.<property>: …`
 */
export function coerceProperties(
  schemas: PropertySchemas | 'any',
  given: Readonly<Values>,
  at: string,
  checks: NamedChecks,
  attempt: Attempt = placed,
): Values {
  return schemas === 'any' ? { ...plainNumbers(given) } : coerceMap(schemas, given, at, { depth: 0, checks, attempt })
}

/** Converts each property by itself, telling nobody the values of those that are secret. */
export function keepingEach(secret: readonly string[], at: string, attempt: Attempt = placed): Attempt {
  if (secret.length === 0) return attempt
  const begins = secret.map(name => `${at}.${name}`)
  const isSecret = (path: string): boolean => begins.some(begin => path === begin || isIn(path, begin))
  return (path, work) => attempt(path, () => errors.keepingSecret(() => isSecret(path), work))
}

/** Refuses names that the schema lacks. @throws HearthError as coerceProperties. */
export function checkPropertyNames(
  schemas: PropertySchemas | 'any',
  names: Iterable<string>,
  at: string,
  attempt: Attempt,
): void {
  if (schemas === 'any') return
  for (const name of names) {
    if (Object.hasOwn(schemas, name)) continue
    attempt(at, () => {
      const known = Object.keys(schemas)
      throw wrong(at, told`Unknown Property ${plain(name)}${plain(instead(name, known))}`).at({
        path: `${at}.${name}`,
      })
    })
  }
}

/** A map where none is wanted may be a function with a misspelt name, which is data. */
function meantFunction(value: MaybeUnknown): string {
  const [name, ...others] = isMap<MaybeUnknown>(value) ? Object.keys(value) : []
  const meant = name === undefined || others.length > 0 ? undefined : suggestion(name, functionNames)
  return meant === undefined ? '' : ` (did you mean the function ${meant}?)`
}

const wrong = (path: string, message: string | Told): errors.HearthError =>
  errors.stackValidationFailed({ error: 'Property error', path, message })

function coerceMap(schemas: PropertySchemas, given: Readonly<Values>, at: string, within: Within): Values {
  checkPropertyNames(schemas, Object.keys(given), at, within.attempt)
  const meant = meantBy(Object.keys(given), schemas)
  const values: Values = {}
  for (const name of Object.keys(schemas)) {
    const schema = schemas[name] as PropertySchema
    const value = within.attempt(`${at}.${name}`, () =>
      errors.keepingSecret(
        () => isSecret(schema),
        () => (meant.has(name) ? wrongAlready : coerceEntry(name, schema, given, at, within)),
      ),
    )
    put(values, name, value === undefined ? wrongAlready : value)
  }
  return values
}

/** Properties that are given under a name that is nearly theirs: that was told, and they are not missed as well. */
function meantBy(given: readonly string[], schemas: PropertySchemas): ReadonlySet<string> {
  const wrong = given.filter(name => !Object.hasOwn(schemas, name))
  if (wrong.length === 0) return nothing
  const missing = Object.keys(schemas).filter(name => !given.includes(name))
  return new Set(wrong.flatMap(name => suggestion(name, missing) ?? []))
}
const nothing: ReadonlySet<string> = new Set()

/** In the place of what has been told to be wrong: it may have been anything. */
const wrongAlready = new Unknown('it is wrong')

function coerceEntry(
  name: string,
  schema: PropertySchema,
  given: Readonly<Values>,
  at: string,
  within: Within,
): MaybeUnknown {
  if (Object.hasOwn(given, name)) return coerce(schema, given[name] ?? null, `${at}.${name}`, within)
  if (schema.required === true) throw wrong(at, told`Property ${plain(name)} not assigned`)
  return schema.default === undefined ? null : coerce(schema, schema.default, `${at}.${name}`, within)
}

/** Where in the properties it is, and whom to ask of their values. */
interface Within {
  readonly depth: number
  readonly checks: NamedChecks
  readonly attempt: Attempt
}

const deeper = (within: Within): Within => ({ ...within, depth: within.depth + 1 })

/** Levels of inner schemas; a type that nests deeper is a bug of its plugin. */
const deepest = 50

function coerce(schema: PropertySchema, given: MaybeUnknown, path: string, within: Within): MaybeUnknown {
  if (Unknown.is(given)) return given
  if (within.depth > deepest) throw wrong(path, told`nested more than ${plain(String(deepest))} levels deep`)
  const value = convert(schema, given ?? insteadOfNull(schema), path, within)
  if (schema.constraints === undefined || Unknown.within(value)) return value
  const why = violation(schema.constraints, value as Json, undefined, within.checks)
  if (why !== undefined) throw wrong(path, why)
  return value
}

const zeros: Readonly<Record<PropertySchema['type'], () => Json>> = {
  string: () => '',
  integer: () => 0,
  number: () => 0,
  boolean: () => false,
  map: () => ({}),
  list: () => [],
  any: () => null,
}

const insteadOfNull = ({ type, default: fallback, zero }: PropertySchema): Json =>
  type === 'any' ? (zero ?? null) : (fallback ?? zeros[type]())

function convert(schema: PropertySchema, value: MaybeUnknown, path: string, within: Within): MaybeUnknown {
  switch (schema.type) {
    case 'any':
      return plainNumbers(value)
    case 'string':
      if (typeof value === 'string') return value
      if (typeof value === 'boolean' || Number.isInteger(value)) return str(value)
      throw wrong(path, told`Value must be a string; got ${repr(value)}${plain(meantFunction(value))}`)
    case 'integer':
      return integer(value) ?? refuse(path, told`Value '${str(value)}' is not an integer${plain(meantFunction(value))}`)
    case 'number':
      return number(value, path)
    case 'boolean':
      return boolean(value) ?? refuse(path, told`"${str(value)}" is not a valid boolean${plain(meantFunction(value))}`)
    case 'map':
      if (!isMap<MaybeUnknown>(value)) throw wrong(path, told`"${str(value)}" is not a map`)
      return schema.schema === undefined ? plainNumbers(value) : innerMap(schema.schema, value, path, deeper(within))
    case 'list':
      if (!Array.isArray(value)) throw wrong(path, told`"${repr(value)}" is not a list${plain(meantFunction(value))}`)
      return items(schema, value, path, within)
  }
}

/** With a name in it that there is none of, nobody can tell what was meant. */
function innerMap(schemas: PropertySchemas, value: Readonly<Values>, path: string, within: Within): MaybeUnknown {
  const values = coerceMap(schemas, value, path, within)
  return Object.keys(value).every(name => Object.hasOwn(schemas, name)) ? values : wrongAlready
}

function refuse(path: string, message: string | Told): never {
  throw wrong(path, message)
}

function items(schema: PropertySchema, list: readonly MaybeUnknown[], path: string, within: Within): MaybeUnknown {
  const inner = schema.schema?.['*']
  if (inner === undefined) return [...plainNumbers(list as MaybeUnknown[])]
  return list.map((item, index) => {
    const at = `${path}[${index}]`
    const value = within.attempt(at, () => coerce(inner, item, at, deeper(within)))
    return value === undefined ? wrongAlready : value
  })
}

function number(given: MaybeUnknown, path: string): number | boolean {
  const read = typeof given === 'string' ? parseNumber(given) : given
  if (read === undefined) throw wrong(path, told`could not convert string to float: ${repr(given)}`)
  const value = plainScalar(read)
  if (typeof value === 'number' || typeof value === 'boolean') return value
  throw wrong(
    path,
    told`float() argument must be a string or a real number, not '${plain(typeName(value))}'${plain(meantFunction(value))}`,
  )
}

function boolean(value: MaybeUnknown): boolean | undefined {
  if (typeof value === 'boolean') return value
  const text = typeof value === 'string' ? value.toLowerCase() : undefined
  return text === 'true' ? true : text === 'false' ? false : undefined
}
