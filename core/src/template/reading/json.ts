import type { Json } from '../../plugin/json.js'
import { Float, floatText, floatValue, holdsFloats } from '../values/float.js'
import { isMap, put } from '../values/maps.js'

/** A number that JavaScript has no number for. */
export class JsonNumberError extends Error {}

export interface ReadJson {
  /** It was taken before: a number that is beyond all bounds is null, as it was kept then. */
  readonly stored?: boolean
  /** `writeJson` has written it: each number in it is one. */
  readonly written?: boolean
  /** The language reads it: a float that is whole is a `Float`, as Python has it. */
  readonly floats?: boolean
}

/** Only then is it worth to look at every number: a long run of digits, or a large exponent. */
const suspicious = /\d{16}|[eE]\+?\d{3}/
/** A number that may be a float and whole; or a text that looks so. */
const mayBeFloat = /(?:^|[:,[])\s*-?\d+(?:\.0+\b|(?:\.\d+)?[eE])/
/** Texts, so that what stands in them is left alone, and numbers. */
const tokens = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g
/** Stands before what is to be a float in a text of JSON. Where texts have it themselves, no float is told from others. */
const mark = '\\u0000'

/**
 * Parses JSON without changing a number on the way: a whole number that a double cannot hold stays the text it was, as in
 * YAML. @throws SyntaxError, or JsonNumberError for such a number.
 */
export function readJson(text: string, { stored = false, written = false, floats = false }: ReadJson = {}): Json {
  const marks = floats && mayBeFloat.test(text) && !text.includes(mark)
  if (!marks && (written || !suspicious.test(text))) return JSON.parse(text) as Json
  const tree = JSON.parse(
    text.replace(tokens, token => (written && /^-?\d+$/.test(token) ? token : kept(token, stored, marks))),
  ) as Json
  return marks ? withFloats(tree) : tree
}

function kept(token: string, stored: boolean, marks: boolean): string {
  if (token.startsWith('"')) return token
  const value = Number(token)
  if (!Number.isFinite(value) && stored) return 'null'
  if (!Number.isFinite(value)) throw new JsonNumberError(`The number ${token} is too large; expected at most 1.7e308.`)
  if (/^-?\d+$/.test(token)) return Number.isSafeInteger(value) ? token : `"${token}"`
  return marks && Number.isInteger(value) ? `"${mark}${token}"` : token
}

function withFloats(value: Json): Json {
  if (typeof value === 'string') return value.startsWith('\0') ? floatValue(Number(value.slice(1))) : value
  if (Array.isArray(value)) return value.map(withFloats)
  if (!isMap(value)) return value
  const map: Record<string, Json> = {}
  for (const key of Object.keys(value)) put(map, key, withFloats(value[key] ?? null))
  return map
}

/** The text of JSON that `readJson` makes the same value of. */
export const writeJson = (value: unknown): string => (holdsFloats(value) ? written(value) : JSON.stringify(value))

function written(value: unknown): string {
  if (value instanceof Float) return floatText(value.value)
  if (Array.isArray(value)) return `[${value.map(written).join(',')}]`
  if (!isMap<unknown>(value)) return JSON.stringify(value)
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${written(item)}`).join(',')}}`
}
