import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { JsonMap, ResourceType, StepContext } from '@hearth/core/plugin'
import { httpResource } from '../http/resource.js'
import { allow } from '../outbound/options.js'
import { ruleList } from '../outbound/rules.js'
import { contextOf, surroundings } from './context.js'

/** What the next requests are answered by; the last answer stays. */
export type Answers = Record<string, [status: number, body?: unknown, headers?: Record<string, string>][]>

/** An API on loopback that answers what each case says, and a resource that is on it. */
export interface AnsweringApi {
  readonly url: string
  /** By method and path; emptied before each case, as is what was asked. */
  readonly answers: Answers
  readonly asked: string[]
  /** Idempotency keys, one a request. */
  readonly keys: unknown[]
  readonly type: ResourceType
  request(method: string, at?: string, more?: JsonMap): JsonMap
  properties(more?: JsonMap): JsonMap
  context(more?: JsonMap, rest?: Partial<StepContext>): ReturnType<typeof contextOf>
}

/** Runs it for the suite that calls this. */
export function answeringApi(): AnsweringApi {
  let server: Server
  let url = ''
  const answers: Answers = {}
  const asked: string[] = []
  const keys: unknown[] = []
  before(async () => {
    server = createServer((request, response) => {
      const what = `${request.method} ${request.url}`
      asked.push(what)
      keys.push(request.headers['idempotency-key'])
      const left = answers[what] ?? [[500]]
      const [status, body, headers] = (left.length > 1 ? left.shift() : left[0]) as Answers[string][number]
      response.writeHead(status, headers)
      response.end(body === undefined ? '' : JSON.stringify(body))
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  beforeEach(() => {
    for (const what of Object.keys(answers)) delete answers[what]
    asked.length = 0
    keys.length = 0
  })
  after(async () => {
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  })

  const request: AnsweringApi['request'] = (method, at = '{{url}}', more = {}) => ({ method, url: at, ...more })
  const properties: AnsweringApi['properties'] = (more = {}) => ({
    create: request('POST', `${url}/things`),
    read: request('GET'),
    update: null,
    delete: request('DELETE'),
    id: '$.id',
    values: {},
    ready: null,
    gone: null,
    expect: {},
    headers: {},
    query: {},
    auth: null,
    idempotency_header: 'Idempotency-Key',
    request_timeout: 5,
    retries: 1,
    retry_delay: 2,
    ...more,
  })
  return {
    get url() {
      return url
    },
    answers,
    asked,
    keys,
    type: httpResource(surroundings([[allow, ruleList.parse('127.0.0.1')]])),
    request,
    properties,
    context: (more = {}, rest = {}) => contextOf(properties(more), rest),
  }
}
