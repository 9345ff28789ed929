import type { Json } from '../plugin/json.js'

/** A number that JavaScript has no number for. */
export class JsonNumberError extends Error {}

/** Only then is it worth to look at every number: a long run of digits, or a large exponent. */
const suspicious = /\d{16}|[eE]\+?\d{3}/
/** Texts, so that what stands in them is left alone, and numbers. */
const tokens = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g

/**
 * Parses JSON without changing a number on the way: a whole number that a double cannot hold stays the text it was, as in
 * YAML. @throws SyntaxError, or JsonNumberError for a number that is beyond all bounds.
 */
export function readJson(text: string): Json {
  return JSON.parse(suspicious.test(text) ? text.replace(tokens, kept) : text) as Json
}

function kept(token: string): string {
  if (token.startsWith('"')) return token
  const value = Number(token)
  if (!Number.isFinite(value)) throw new JsonNumberError(`The number ${token} is too large; expected at most 1.7e308.`)
  return /^-?\d+$/.test(token) && !Number.isSafeInteger(value) ? `"${token}"` : token
}
