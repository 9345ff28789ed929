import type { Json } from '../plugin/json.js'

/** A number that JavaScript has no number for. */
export class JsonNumberError extends Error {}

/** Only then is it worth to look at every number: a long run of digits, or a large exponent. */
const suspicious = /\d{16}|[eE]\+?\d{3}/
/** Texts, so that what stands in them is left alone, and numbers. */
const tokens = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g

/**
 * Parses JSON without changing a number on the way: a whole number that a double cannot hold stays the text it was, as in
 * YAML. @param stored it was taken before: a number that is beyond all bounds is null, as it was kept then.
 * @throws SyntaxError, or JsonNumberError for such a number.
 */
export function readJson(text: string, { stored = false }: { readonly stored?: boolean } = {}): Json {
  return JSON.parse(suspicious.test(text) ? text.replace(tokens, token => kept(token, stored)) : text) as Json
}

function kept(token: string, stored: boolean): string {
  if (token.startsWith('"')) return token
  const value = Number(token)
  if (!Number.isFinite(value) && stored) return 'null'
  if (!Number.isFinite(value)) throw new JsonNumberError(`The number ${token} is too large; expected at most 1.7e308.`)
  return /^-?\d+$/.test(token) && !Number.isSafeInteger(value) ? `"${token}"` : token
}
