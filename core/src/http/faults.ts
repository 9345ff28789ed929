import type { Request } from '@hapi/hapi'
import { debug } from '@hearth/config'
import { codeOf, isReadOnly } from '@hearth/db'
import { HearthError } from '../errors.js'
import { methodsAt } from './allowed-methods.js'
import { fullRetryAfterSeconds, retryAfterSeconds } from './availability.js'
import { type HttpServices, textsOf } from './context.js'
import { type Envelope, envelopeOf, httpError } from './envelope.js'

/** What the answer to a request that failed holds. */
interface Fault {
  readonly body: Envelope
  readonly headers?: Readonly<Record<string, string>>
}

/** hapi's form of an error: one of its own, or whatever a handler threw. */
type Failure = Error & { readonly output: { readonly statusCode: number } }

/** What a request that failed is answered. The log is told of what nobody expected. */
export function faultOf(error: Failure, request: Request, services: HttpServices): Fault {
  const { availability, log, options } = services
  if (error instanceof HearthError) {
    const traceback = options.get(debug) ? (error.stack ?? null) : null
    return { body: envelopeOf(error, traceback, textsOf(request)) }
  }
  const { statusCode: status } = error.output
  if (status === 404) return nothingThere(request)
  if (status === 413) {
    return { body: httpError(400, 'Request limit exceeded: the body is too large ([DEFAULT] max_json_body_size).') }
  }
  if (status < 500) return { body: httpError(status === 415 || status === 414 ? 400 : status, error.message) }
  if (status === 503 || availability.isAway(error)) {
    const what = isReadOnly(error) ? 'takes no writes now: it is read-only' : 'cannot be reached now'
    return unavailable(`The database ${what}; try again.`, retryAfterSeconds)
  }
  if (availability.isFull(error)) {
    return unavailable('The database has no room for this now; try again later.', fullRetryAfterSeconds)
  }
  if (isUnstorable(error)) {
    const text = 'The request has text that cannot be stored: a NUL character, or half of a surrogate pair.'
    return { body: httpError(400, text) }
  }
  log.error({ err: error, request: request.info.id }, `Unexpected error occurred serving API: ${error.message}`)
  return { body: httpError(500, 'Internal Error. The daemon has logged what happened, with the id of this request.') }
}

/** No route has this path, or not with this method. */
function nothingThere(request: Request): Fault {
  const others = methodsAt(request.server, request.path)
  if (others.length === 0) return { body: httpError(404, `There is nothing at ${request.path}.`) }
  const text = `The method ${request.method.toUpperCase()} is not allowed for this resource; allowed: ${others.join(', ')}.`
  return { body: httpError(405, text), headers: { allow: others.join(',') } }
}

const unavailable = (text: string, retryAfter: number): Fault => ({
  body: httpError(503, text),
  headers: { 'retry-after': String(retryAfter) },
})

/** PostgreSQL's codes for text that is no UTF-8, or that jsonb does not take. */
const unstorable = new Set(['22021', '22P05', '22P02'])
const isUnstorable = (error: unknown): boolean => unstorable.has(codeOf(error) ?? '')
