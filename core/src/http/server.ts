import { randomUUID } from 'node:crypto'
import { createServer as createListener, type Server as HttpServer } from 'node:http'
import Hapi, { type Request, type ResponseObject, type ResponseToolkit, type Server } from '@hapi/hapi'
import { bindHost, debug, monitoringBindPort } from '@hearth/config'
import { codeOf, isReadOnly } from '@hearth/db'
import { HearthError } from '../errors.js'
import { sayable } from '../told.js'
import { takeArn } from './arn-path.js'
import { Availability, fullRetryAfterSeconds, retryAfterSeconds } from './availability.js'
import { type ApiServices, textsOf } from './context.js'
import { type Envelope, envelopeOf, httpError } from './errors.js'
import type { ReservedAddress } from './reserved.js'
import { eventRoutes } from './routes/events.js'
import { lookupRoutes } from './routes/lookup.js'
import { resourceTypeRoutes } from './routes/resource-types.js'
import { resourceRoutes } from './routes/resources.js'
import { serviceRoutes } from './routes/services.js'
import { loggedPath, signedSignalRoutes } from './routes/signed-signals.js'
import { softwareConfigRoutes } from './routes/software-configs.js'
import { softwareDeploymentRoutes } from './routes/software-deployments.js'
import { snapshotRoutes } from './routes/snapshots.js'
import { stackRoutes } from './routes/stack.js'
import { stacksRoutes } from './routes/stacks.js'
import { templateRoutes } from './routes/templates.js'

const routes = [
  stacksRoutes,
  lookupRoutes,
  stackRoutes,
  snapshotRoutes,
  resourceRoutes,
  signedSignalRoutes,
  eventRoutes,
  resourceTypeRoutes,
  templateRoutes,
  serviceRoutes,
  softwareConfigRoutes,
  softwareDeploymentRoutes,
]
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
/** Milliseconds that a request may take: then whatever it waits for is not coming. */
const answerMs = 60_000
/** Milliseconds that open requests get when the server stops. */
const stopMs = 3_000

/** A server at work. */
export interface Serving {
  readonly url: string
  /** Waits for open requests, for a while. */
  close(): Promise<void>
}

/** Answers the API's requests on the address that was reserved for it. */
export async function serveApi(services: ApiServices, address: ReservedAddress): Promise<Serving> {
  const server = createServer(services)
  await server.initialize()
  await address.handOver(server.listener as HttpServer)
  await server.start()
  return { url: address.url, close: () => server.stop({ timeout: stopMs }) }
}

/** The API. It listens once its listener is told where. */
function createServer(services: ApiServices): Server {
  const { clock, metrics, options, log } = services
  const server = Hapi.server({
    host: options.get(bindHost),
    listener: createListener(),
    autoListen: false,
    routes: { security: false, timeout: { server: answerMs } },
    router: { stripTrailingSlash: true },
    info: { remote: false },
    operations: { cleanStop: true },
  } as Hapi.ServerOptions)
  const availability = new Availability(services.db, clock, services.outage, services.schema)
  for (const make of routes) server.route(make({ ...services, availability }))

  server.route({ method: 'GET', path: '/', handler: discover })
  server.route({ method: 'GET', path: '/versions', handler: discover })
  server.route({
    method: 'GET',
    path: '/healthcheck',
    handler: async (_request, h) => {
      const trouble = await availability.trouble()
      return h
        .response(trouble ?? 'OK')
        .type('text/plain')
        .code(trouble === undefined ? 200 : 503)
    },
  })

  // Where there is an address for those who monitor, users need not see how busy others are.
  if (options.get(monitoringBindPort) === undefined)
    server.route({
      method: 'GET',
      path: '/metrics',
      handler: async (_request, h) => h.response(await metrics.text()).type(metrics.contentType),
    })

  server.ext('onRequest', (request, h) => {
    request.info.id = `req-${randomUUID()}`
    chooseVersion(request)
    takeArn(request)
    if (request.method === 'head')
      return answer(h, httpError(405, 'The method HEAD is not allowed for this resource.')).takeover()
    if (request.method === 'options') return allowed(server, request, h).takeover()
    return h.continue
  })
  server.ext('onPreHandler', (request, h) => {
    const { version } = request.params as Record<string, string | undefined>
    return version === undefined || /^v1(\.0)?$/.test(version) ? h.continue : discover(request, h).takeover()
  })
  server.ext('onPreResponse', (request, h) => {
    const { response } = request
    if ('isBoom' in response && response.isBoom) return failed(server, services, request, h, response)
    if (request.path.startsWith('/v1')) availability.answered()
    return finish(request, response as ResponseObject)
  })
  server.events.on('start', () => services.address.listensAt(server.info.port))
  server.events.on('response', request => {
    const status = 'statusCode' in request.response ? request.response.statusCode : 500
    // Clients poll: what was read is worth a line only to whoever looks closely.
    const ms = request.info.responded - request.info.received
    metrics.requested(request.method.toUpperCase(), status, ms / 1000)
    const level = request.method === 'get' && status < 400 ? 'debug' : 'info'
    // What ails the daemon itself has lines of its own.
    const why = status >= 400 && status < 500 ? whyOf(request) : ''
    log[level](
      { request: request.info.id, ms },
      `${request.method.toUpperCase()} ${loggedPath(request.path)} ${status}${why}`,
    )
  })
  return server

  function failed(
    on: Server,
    { options: opts }: ApiServices,
    request: Request,
    h: ResponseToolkit,
    error: Error & { output: { statusCode: number } },
  ): ResponseObject {
    if (error instanceof HearthError) {
      const traceback = opts.get(debug) ? (error.stack ?? null) : null
      return finish(request, answer(h, envelopeOf(error, traceback, textsOf(request))))
    }
    const status = error.output.statusCode
    if (status === 404) {
      const others = methods.filter(method => on.match(method.toLowerCase() as 'get', request.path) !== null)
      if (others.length > 0) {
        const text = `The method ${request.method.toUpperCase()} is not allowed for this resource; allowed: ${others.join(', ')}.`
        return finish(request, answer(h, httpError(405, text)).header('allow', others.join(',')))
      }
      return finish(request, answer(h, httpError(404, `There is nothing at ${request.path}.`)))
    }
    if (status === 413)
      return finish(
        request,
        answer(h, httpError(400, 'Request limit exceeded: the body is too large ([DEFAULT] max_json_body_size).')),
      )
    if (status < 500)
      return finish(request, answer(h, httpError(status === 415 || status === 414 ? 400 : status, error.message)))
    if (status === 503 || availability.isAway(error)) {
      const what = isReadOnly(error) ? 'takes no writes now: it is read-only' : 'cannot be reached now'
      const body = httpError(503, `The database ${what}; try again.`)
      return finish(request, answer(h, body).header('retry-after', String(retryAfterSeconds)))
    }
    if (availability.isFull(error)) {
      const body = httpError(503, 'The database has no room for this now; try again later.')
      return finish(request, answer(h, body).header('retry-after', String(fullRetryAfterSeconds)))
    }
    if (isUnstorable(error)) {
      const text = 'The request has text that cannot be stored: a NUL character, or half of a surrogate pair.'
      return finish(request, answer(h, httpError(400, text)))
    }
    log.error({ err: error, request: request.info.id }, `Unexpected error occurred serving API: ${error.message}`)
    const unexpected = 'Internal Error. The daemon has logged what happened, with the id of this request.'
    return finish(request, answer(h, httpError(500, unexpected)))
  }
}

/** PostgreSQL's codes for text that is no UTF-8, or that jsonb does not take. */
const unstorable = new Set(['22021', '22P05', '22P02'])
const isUnstorable = (error: unknown): boolean => unstorable.has(codeOf(error) ?? '')

function answer(h: ResponseToolkit, body: Envelope): ResponseObject {
  return h.response(body).code(body.code)
}

/** What the parser quotes of a body that is no JSON. */
const quotedBody = /, \.*".*"\.* (?=is not valid JSON)/s

/** Why a request was refused, on one line: whoever asked knows, and whoever reads the log wants to. Nothing is told of paths and bodies that a log must not have. */
function whyOf({ path, response }: Request): string {
  const { error } = (('source' in response ? response.source : null) ?? {}) as Partial<Envelope>
  if (error === undefined) return ''
  const told = error.message.replaceAll(path, loggedPath(path)).replace(quotedBody, ', it ')
  return `: ${sayable(told).replace(/\s+/g, ' ')}`
}

/** Heat's content type has no charset; every response carries its request's id. */
function finish(request: Request, response: ResponseObject): ResponseObject {
  if (response.source !== null && response.variety === 'plain' && typeof response.source === 'object')
    response.type('application/json')
  response.charset('')
  return response.header('x-openstack-request-id', request.info.id)
}

/** Without a version in the path, the Accept header may name one. */
function chooseVersion(request: Request): void {
  const { pathname, search } = request.url
  if (/^\/(v\d|versions|healthcheck|metrics|$)/.test(pathname)) return
  if (/application\/vnd\.openstack\.orchestration-v1(\.0)?\b/.test(request.raw.req.headers.accept ?? '')) {
    request.setUrl(`/v1${pathname}${search}`)
  }
}

function discover(request: Request, h: ResponseToolkit): ResponseObject {
  const href = `${request.url.protocol}//${request.info.host || request.url.host}/v1/`
  return h.response({ versions: [{ id: 'v1.0', status: 'CURRENT', links: [{ rel: 'self', href }] }] }).code(300)
}

function allowed(server: Server, request: Request, h: ResponseToolkit): ResponseObject {
  const known = methods.filter(method => server.match(method.toLowerCase() as 'get', request.path) !== null)
  return h.response().code(204).header('allow', known.join(','))
}
