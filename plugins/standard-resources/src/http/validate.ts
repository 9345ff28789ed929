import { type MaybeUnknown, type Options, PropertyFailure, ResourceFailure, Unknown } from '@hearth/core/plugin'
import { flawOfHeader, refusalOf } from '../outbound/index.js'
import { fixedUrl, updateOf, type Wanted } from './declared.js'
import { checkPath } from './json-path.js'
import { placeholdersIn, type Variables } from './placeholders.js'
import { urlOf } from './requests.js'

type Values = Record<string, MaybeUnknown>

/** What a placeholder may be, before there is an object and after. */
const before = ['name', 'key', 'project', 'stack', 'resource']
const after = [...before, 'url', 'id']

/** Refuses what no request could be made of. What is not known yet passes. @throws PropertyFailure */
export function validate(properties: Values): void {
  for (const name of requests) {
    const request = properties[name]
    if (isMap(request)) checkRequest(name, request)
  }
  checkHeaders('headers', properties.headers)
  checkPlaceholders('query', [properties.query], before)
  checkAuth(properties.auth)
  checkJsonPath('id', properties.id)
  for (const [name, path] of entries(properties.values)) checkJsonPath(`values.${name}`, path)
  for (const [path] of entries(properties.expect)) checkJsonPath('expect', path)
  if (isMap(properties.ready)) checkJsonPath('ready.path', properties.ready.path)
  for (const name of ['ready', 'gone', 'expect']) {
    const used = properties[name]
    if (properties.read === null && isMap(used) && Object.keys(used).length > 0) {
      throw new PropertyFailure(name, "it looks at the answer to 'read', which is not given")
    }
  }
  if (!Unknown.within(properties)) checkPlace(properties as unknown as Wanted)
}

/**
 * Refuses addresses that the operator does not allow now; names are looked at when they are connected to. @throws
 * PropertyFailure
 */
export function checkHosts(properties: Values, options: Options): void {
  for (const name of requests) {
    const request = properties[name]
    if (!isMap(request) || typeof request.url !== 'string') continue
    const refusal = refusalOf(urlOf(request.url, standIns(name)).hostname, options)
    if (refusal !== undefined) throw new PropertyFailure(`${name}.url`, refusal)
  }
}

/** The same of the URL of an object that exists. @throws ResourceFailure */
export function checkId(url: string, options: Options): void {
  const refusal = refusalOf(urlOf('{{url}}', { url }).hostname, options)
  if (refusal !== undefined) throw new ResourceFailure(refusal)
}

const requests = ['create', 'read', 'update', 'delete'] as const

const knownIn = (name: string): readonly string[] => (name === 'create' ? before : after)

/** For placeholders, whose values are known in a step only. */
const standIns = (name: string): Variables =>
  Object.fromEntries(knownIn(name).map(one => [one, one === 'url' ? 'http://x/' : 'x']))

function checkRequest(name: string, request: Values): void {
  checkPlaceholders(name, [request.url, request.headers, request.body], knownIn(name))
  if (typeof request.url === 'string') {
    try {
      urlOf(request.url, standIns(name))
    } catch (error) {
      throw new PropertyFailure(`${name}.url`, (error as Error).message)
    }
  }
  checkHeaders(`${name}.headers`, request.headers)
  if (isMap(request.success)) checkJsonPath(`${name}.success.path`, request.success.path)
}

function checkPlaceholders(
  place: string,
  values: readonly (MaybeUnknown | undefined)[],
  known: readonly string[],
): void {
  const unknown = placeholdersIn(values as MaybeUnknown).find(one => !known.includes(one))
  if (unknown === undefined) return
  const allowed = known.map(one => `{{${one}}}`).join(', ')
  throw new PropertyFailure(place, `there is no {{${unknown}}}; allowed are ${allowed}`)
}

/** An object that stays where it is can only be changed there: a second one would take its place, and go with it. */
function checkPlace(wanted: Wanted): void {
  if (fixedUrl(wanted) !== undefined && updateOf(wanted) === null) {
    throw new PropertyFailure(
      'update',
      `the URL of the object would be the same for what replaces it; give the request that changes it, or use {{name}} or {{id}} in 'read.url'`,
    )
  }
}

function checkHeaders(place: string, headers: MaybeUnknown | undefined): void {
  for (const [name, value] of entries(headers)) {
    const flaw = flawOfHeader(name, value)
    if (flaw !== undefined) throw new PropertyFailure(place, flaw)
  }
}

function checkAuth(auth: MaybeUnknown | undefined): void {
  if (!isMap(auth)) return
  const { bearer = null, username = null, password = null } = auth
  if ((bearer === null) === (username === null) || (username === null && password !== null)) {
    throw new PropertyFailure('auth', "expected either 'bearer', or 'username' and 'password'")
  }
}

function checkJsonPath(place: string, path: MaybeUnknown | undefined): void {
  if (path === undefined || path === null || Unknown.is(path)) return
  try {
    checkPath(typeof path === 'string' ? path : JSON.stringify(path))
  } catch (error) {
    throw new PropertyFailure(place, (error as Error).message)
  }
}

const isMap = (value: MaybeUnknown | undefined): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !Unknown.is(value)

const entries = (value: MaybeUnknown | undefined): [string, MaybeUnknown][] =>
  isMap(value) ? Object.entries(value) : []
