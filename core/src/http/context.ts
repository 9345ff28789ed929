import type { Request, ResponseObject, ResponseToolkit, RouteOptions, ServerRoute } from '@hapi/hapi'
import { limits } from '@hearth/config'
import type { HearthDatabase } from '@hearth/db'
import type { Outage } from '../host/outage.js'
import type { SchemaFit } from '../host/schema-fit.js'
import type { Workforce } from '../host/workforce.js'
import type { Metrics } from '../monitor/index.js'
import type { Clock, JsonMap } from '../plugin/index.js'
import { type ParseLimits, plainNumbers, type ReadJson, writeJson } from '../template/index.js'
import type { Caller, StackServices } from '../stack/services.js'
import type { Availability } from './availability.js'
import { readBody } from './body.js'
import type { Texts } from './places.js'
import { Links } from '../stack/links.js'
import { Query } from './query.js'

/** What the API is made with. */
export type ApiServices = StackServices & {
  readonly db: HearthDatabase
  readonly clock: Clock
  readonly outage: Outage
  readonly schema: SchemaFit
  readonly metrics: Metrics
  readonly workforce: Pick<Workforce, 'waitingFor'>
  /** Is told where the API listens. */
  readonly address: { listensAt(port: number | string): void }
}
/** What routes are made with. */
export type HttpServices = ApiServices & { readonly availability: Availability }

/** One request, as route handlers see it. */
export interface Asked {
  readonly caller: Caller
  readonly params: Readonly<Record<string, string>>
  readonly query: Query
  readonly links: Links
  readonly requestLimits: ParseLimits
  /** The JSON body; empty if there is none. @throws HTTPBadRequest, RequestLimitExceeded */
  body(): JsonMap
  /** The same, of a request with parts that the language reads: in those floats that are whole are told from integers. */
  languageBody(): JsonMap
  /** The same, undefined if there is none. @param type instead of what the request says that its body is. */
  maybeBody(type?: string): JsonMap | undefined
  readonly h: ResponseToolkit
  readonly request: Request
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
export type Handler = (asked: Asked) => unknown

/** Below the project: `/v1/{project}` stands before every path. */
export type RouteMaker = (services: HttpServices) => ServerRoute[]

/** Declares one route; its answer is a value (200), or a response made with `asked.h`. */
export function route(services: HttpServices, method: Method | Method[], path: string, handler: Handler): ServerRoute {
  return {
    method,
    path: `/{version}/{project}${path}`,
    options: withBody(method, services),
    handler: async (request, h) => {
      const answer = await services.availability.unlessSilent(Promise.resolve(handler(askedOf(services, request, h))))
      // hapi answers 204 to null; in this API nothing to say is the JSON literal.
      return answer === null ? h.response('null').type('application/json') : (answer as object)
    },
  }
}

/** Every method but GET takes a body as it comes; `readBody` decides what it means. */
function withBody(method: Method | Method[], { options }: HttpServices): RouteOptions {
  const only = Array.isArray(method) ? method : [method]
  // One byte more than allowed is read, so that the error can be Heat's.
  return only.includes('GET')
    ? {}
    : {
        payload: { parse: false, output: 'data', maxBytes: Math.max(options.get(limits.maxJsonBodySize) * 2, 1 << 20) },
      }
}

function askedOf({ options, language }: HttpServices, request: Request, h: ResponseToolkit): Asked {
  const params = request.params as Record<string, string>
  const user = request.headers['x-auth-user']
  const declared = request.headers['content-type'] as string | undefined
  const bodyLimits = { bytes: options.get(limits.maxJsonBodySize), depth: options.get(limits.maxJsonBodyDepth) }
  const maybeBody = (type = declared, how: Pick<ReadJson, 'floats'> = {}): JsonMap | undefined =>
    readBody((request.payload as Buffer | null) ?? null, type, bodyLimits, how)
  return {
    caller: {
      project: params.project as string,
      user: typeof user === 'string' && user !== '' ? user : 'admin',
      requestId: request.info.id,
    },
    params,
    query: new Query(request.url.searchParams),
    links: new Links(`${request.url.protocol}//${request.info.host || request.url.host}/${params.version}`),
    requestLimits: {
      formats: language.formats,
      maxSize: options.get(limits.maxTemplateSize),
      maxDepth: options.get(limits.maxJsonBodyDepth),
    },
    body: () => remembered(request, maybeBody()) ?? {},
    languageBody: () => plainBesides(languageParts, remembered(request, maybeBody(declared, { floats: true })) ?? {}),
    maybeBody: type => remembered(request, maybeBody(type)),
    h,
    request,
  }
}

/** What of a body the language reads. */
const languageParts: readonly string[] = ['template', 'environment', 'parameters', 'adopt_stack_data']

const plainBesides = (parts: readonly string[], body: JsonMap): JsonMap =>
  Object.fromEntries(Object.entries(body).map(([key, part]) => [key, parts.includes(key) ? part : plainNumbers(part)]))

/** An answer with what users gave to the language, as they gave it. */
export const asGiven = (h: ResponseToolkit, given: object): ResponseObject =>
  h.response(writeJson(given)).type('application/json')

const bodies = new WeakMap<Request, JsonMap>()

/** An error of this request may then say line and column. */
function remembered(request: Request, body: JsonMap | undefined): JsonMap | undefined {
  if (body !== undefined) bodies.set(request, body)
  return body
}

/** The texts of a request that was read. */
export function textsOf(request: Request): Texts {
  const { template, environment, environment_files: names, files } = bodies.get(request) ?? {}
  const environmentFiles = Array.isArray(names) ? names.filter(name => typeof name === 'string') : []
  return {
    template: typeof template === 'string' ? template : undefined,
    environment: typeof environment === 'string' && environmentFiles.length === 0 ? environment : undefined,
    environmentFiles,
    files: typeof files === 'object' && files !== null && !Array.isArray(files) ? files : {},
  }
}
