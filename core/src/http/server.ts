import { randomUUID } from 'node:crypto'
import { createServer as createListener, type Server as HttpServer } from 'node:http'
import Hapi, { type Request, type ResponseObject, type ResponseToolkit, type Server } from '@hapi/hapi'
import { bindHost, monitoringBindPort } from '@hearth/config'
import { methodsAt } from './allowed-methods.js'
import { noteAnswered } from './answered.js'
import { takeArn } from './arn-path.js'
import { Availability } from './availability.js'
import type { ApiServices, HttpServices } from './context.js'
import { type Envelope, httpError } from './envelope.js'
import { faultOf } from './faults.js'
import type { ReservedAddress } from './reserved.js'
import type { Serving } from './serve.js'
import { eventRoutes } from './routes/events.js'
import { lookupRoutes } from './routes/lookup.js'
import { resourceTypeRoutes } from './routes/resource-types.js'
import { resourceRoutes } from './routes/resources.js'
import { serviceRoutes } from './routes/services.js'
import { signedSignalRoutes } from './routes/signed-signals.js'
import { softwareConfigRoutes } from './routes/software-configs.js'
import { softwareDeploymentRoutes } from './routes/software-deployments.js'
import { snapshotRoutes } from './routes/snapshots.js'
import { stackRoutes } from './routes/stack.js'
import { stacksRoutes } from './routes/stacks.js'
import { templateRoutes } from './routes/templates.js'
import { chooseVersion, discover, isKnownVersion } from './versions.js'

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
/** Milliseconds that a request may take: then whatever it waits for is not coming. */
const answerMs = 60_000
/** Milliseconds that open requests get when the server stops. */
const stopMs = 3_000

/** See `serveApi`. */
export async function serve(services: ApiServices, address: ReservedAddress): Promise<Serving> {
  const server = createServer(services)
  await server.initialize()
  await address.handOver(server.listener as HttpServer)
  await server.start()
  return { url: address.url, close: () => server.stop({ timeout: stopMs }) }
}

/** The API. It listens once its listener is told where. */
function createServer(services: ApiServices): Server {
  const { clock, options } = services
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
  addRoutes(server, { ...services, availability })
  addSteps(server, { ...services, availability })
  server.events.on('start', () => services.address.listensAt(server.info.port))
  server.events.on('response', request => noteAnswered(request, services))
  return server
}

function addRoutes(server: Server, services: HttpServices): void {
  const { availability, metrics, options } = services
  for (const make of routes) server.route(make(services))
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
}

/** What every request goes through, whichever its route. */
function addSteps(server: Server, services: HttpServices): void {
  server.ext('onRequest', (request, h) => {
    request.info.id = `req-${randomUUID()}`
    chooseVersion(request)
    takeArn(request)
    if (request.method === 'head')
      return answer(h, httpError(405, 'The method HEAD is not allowed for this resource.')).takeover()
    if (request.method === 'options')
      return h.response().code(204).header('allow', methodsAt(server, request.path).join(',')).takeover()
    return h.continue
  })
  server.ext('onPreHandler', (request, h) =>
    isKnownVersion(request.params.version as string | undefined) ? h.continue : discover(request, h).takeover(),
  )
  server.ext('onPreResponse', (request, h) => {
    const { response } = request
    if ('isBoom' in response && response.isBoom) {
      const { body, headers = {} } = faultOf(response, request, services)
      const answered = answer(h, body)
      for (const [name, value] of Object.entries(headers)) answered.header(name, value)
      return finish(request, answered)
    }
    if (request.path.startsWith('/v1')) services.availability.answered()
    return finish(request, response as ResponseObject)
  })
}

function answer(h: ResponseToolkit, body: Envelope): ResponseObject {
  return h.response(body).code(body.code)
}

/** Heat's content type has no charset; every response carries its request's id. */
function finish(request: Request, response: ResponseObject): ResponseObject {
  if (response.source !== null && response.variety === 'plain' && typeof response.source === 'object')
    response.type('application/json')
  response.charset('')
  return response.header('x-openstack-request-id', request.info.id)
}
