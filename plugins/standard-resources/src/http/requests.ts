import { isDeepStrictEqual } from 'node:util'
import type { Json, JsonMap } from '@hearth/core/plugin'
import { type Answer, httpUrl, type Request } from '../outbound/index.js'
import { find } from './json-path.js'
import { asText, fill, fillText, type Variables } from './placeholders.js'

/** A request as a template declares it. */
export interface Declared {
  readonly method: string
  readonly url: string
  readonly headers?: JsonMap | null
  readonly body?: Json
  readonly statuses?: readonly number[] | null
  readonly success?: Condition | null
}

export interface Condition {
  readonly path: string
  readonly values?: readonly Json[] | null
}

/** What all requests of a resource have. */
export interface Common {
  readonly headers: JsonMap
  readonly query: JsonMap
  readonly auth: {
    readonly bearer: string | null
    readonly username: string | null
    readonly password: string | null
  } | null
}

/** The request to send. @throws ResourceFailure if a placeholder has no value, or the URL is none that can be asked. */
export function requestOf(declared: Declared, common: Common, variables: Variables, more: JsonMap = {}): Request {
  const { method, body } = declared
  const filled = body === undefined || body === null ? undefined : fill(body, variables)
  const json = filled !== undefined && typeof filled !== 'string'
  const headers: Record<string, string> = { accept: 'application/json' }
  const given = {
    ...(json ? { 'content-type': 'application/json' } : {}),
    ...authorization(common.auth),
    ...more,
    ...common.headers,
    ...declared.headers,
  }
  for (const [name, value] of Object.entries(given))
    headers[name.toLowerCase()] = asText(fill(value as Json, variables))
  return {
    method,
    url: withQuery(urlOf(declared.url, variables), fill(common.query, variables) as JsonMap),
    headers,
    ...(filled === undefined ? {} : { body: json ? JSON.stringify(filled) : (filled as string) }),
  }
}

/** @throws ResourceFailure if it is no http or https URL, or names a user. */
export function urlOf(template: string, variables: Variables): URL {
  // The URL of the object is one already; everything else is a part of one.
  const { url } = variables
  const start = template.startsWith('{{url}}') && typeof url === 'string' ? url : ''
  const rest = start === '' ? template : template.slice('{{url}}'.length)
  const text = `${start}${fillText(rest, variables, encodeURIComponent)}`
  return httpUrl(text, "'auth'")
}

/** What the URL has in its query stays as it is written. */
function withQuery(url: URL, query: JsonMap): URL {
  const more = new URLSearchParams(
    Object.entries(query).map(([name, value]): [string, string] => [name, asText(value)]),
  ).toString()
  if (more !== '') url.search = url.search === '' ? more : `${url.search}&${more}`
  return url
}

function authorization(auth: Common['auth']): Record<string, string> {
  if (auth === null) return {}
  if (auth.bearer !== null) return { authorization: `Bearer ${auth.bearer}` }
  const pair = `${auth.username ?? ''}:${auth.password ?? ''}`
  return { authorization: `Basic ${Buffer.from(pair, 'utf8').toString('base64')}` }
}

/** What an answer says: its JSON, else its text, null if it is empty. */
export function documentOf({ text }: Answer): Json {
  if (text === '') return null
  try {
    return JSON.parse(text) as Json
  } catch {
    return text
  }
}

export const isSuccess = ({ status }: Answer, { statuses }: Declared): boolean =>
  statuses === undefined || statuses === null ? status >= 200 && status < 300 : statuses.includes(status)

export const isGone = ({ status }: Answer): boolean => status === 404 || status === 410

/** @throws ResourceFailure if the path is none. */
export function holds({ path, values }: Condition, document: Json): boolean {
  const found = find(path, document)
  if (values === undefined || values === null) return found.some(one => one !== null && one !== false)
  return found.some(one => values.some(value => equal(value, one)))
}

/** Numbers that a template has as texts are the same. */
export const equal = (one: Json, other: Json): boolean =>
  isDeepStrictEqual(one, other) ||
  (typeof one !== 'object' && typeof other !== 'object' && String(one) === String(other))
