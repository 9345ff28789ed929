import type { Request } from '@hapi/hapi'
import { sayable } from '../told.js'
import type { ApiServices } from './context.js'
import type { Envelope } from './envelope.js'
import { loggedPath } from './routes/signed-signals.js'

/** What an answered request leaves behind: its figures, and a line in the log. */
export function noteAnswered(request: Request, { log, metrics }: Pick<ApiServices, 'log' | 'metrics'>): void {
  const method = request.method.toUpperCase()
  const status = 'statusCode' in request.response ? request.response.statusCode : 500
  const ms = request.info.responded - request.info.received
  metrics.requested(method, status, ms / 1000)
  // Clients poll: what was read is worth a line only to whoever looks closely.
  const level = request.method === 'get' && status < 400 ? 'debug' : 'info'
  // What ails the daemon itself has lines of its own.
  const why = status >= 400 && status < 500 ? whyOf(request) : ''
  log[level]({ request: request.info.id, ms }, `${method} ${loggedPath(request.path)} ${status}${why}`)
}

/** What the parser quotes of a body that is no JSON. */
const quotedBody = /, \.*".*"\.* (?=is not valid JSON)/s

/**
 * Why a request was refused, on one line: whoever asked knows, and whoever reads the log wants to. Nothing is told of paths
 * and bodies that a log must not have.
 */
function whyOf({ response }: Request): string {
  const { error } = (('source' in response ? response.source : null) ?? {}) as Partial<Envelope>
  if (error === undefined) return ''
  const told = sayable(error.message.replace(quotedBody, ', it '))
  return `: ${loggedPath(told).replace(/\s+/g, ' ')}`
}
