import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as it came in. */
export interface Received {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export type Thing = Record<string, unknown>

/**
 * A REST API on loopback, real enough: `/things` makes things with ids of its own, once for each idempotency key;
 * `/named/<name>` holds what is PUT there; both want a bearer token. A thing is BUILDING for two looks, then what it
 * `becomes`. `/open` wants no token, and `/repeats` answers 400 with all that it was sent. `/busy/…` is the same but
 * fails the first time with 503, each key for itself.
 */
export class RestServer {
  readonly received: Received[] = []
  readonly things = new Map<string, Thing>()
  private readonly byKey = new Map<string, string>()
  private readonly looks = new Map<string, number>()
  private readonly refused = new Set<string>()
  /** Answers to what changes something wait for it. */
  held: Promise<void> = Promise.resolve()

  private constructor(private readonly server: Server) {}

  static async start(): Promise<RestServer> {
    const server = createServer((request, response) => void rest.answer(request, response))
    const rest = new RestServer(server)
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    return rest
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise(resolve => this.server.close(resolve))
  }

  /** Those of a method, at paths that contain a text. */
  requests(method: string, path = ''): Received[] {
    return this.received.filter(one => one.method === method && one.path.includes(path))
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    const body = Buffer.concat(chunks).toString()
    const { method = '', url = '', headers } = request
    this.received.push({ method, path: url, headers, body })
    const say = (status: number, what?: unknown, more: Record<string, string> = {}): void => {
      response.writeHead(status, { 'content-type': 'application/json', ...more })
      response.end(what === undefined ? '' : JSON.stringify(what))
    }
    if (url.startsWith('/open')) return url === '/open' ? say(200, { id: 'o', answer: 42 }) : say(404)
    if (url.startsWith('/repeats')) return say(400, { url, headers, body })
    if (headers.authorization !== 'Bearer opensesame') return say(401, { error: `not ${headers.authorization}` })
    const key = String(headers['idempotency-key'])
    if (url.startsWith('/busy') && method !== 'GET' && !this.refused.has(key)) {
      this.refused.add(key)
      return say(503, undefined, { 'retry-after': '0' })
    }
    const path = url.replace(/^\/busy/, '').replace(/\?.*/, '')
    const before = this.things.get(path)
    if (method === 'POST') {
      const known = this.byKey.get(key)
      const id = known ?? String(this.byKey.size + 1)
      this.byKey.set(key, id)
      if (known === undefined) this.things.set(`${path}/${id}`, { ...(JSON.parse(body) as Thing), id })
      await this.held
      return say(201, this.things.get(`${path}/${id}`), { location: `${path}/${id}` })
    }
    if (method === 'PUT') {
      if (before === undefined && path.startsWith('/things')) return say(404)
      this.things.set(path, { ...before, ...(JSON.parse(body) as Thing) })
      await this.held
      return say(200, this.things.get(path))
    }
    if (before === undefined) return say(404)
    if (method === 'DELETE') {
      this.things.delete(path)
      await this.held
      return say(204)
    }
    const looked = (this.looks.get(path) ?? 0) + 1
    this.looks.set(path, looked)
    return say(200, { ...before, state: looked > 2 ? (before.becomes ?? 'ACTIVE') : 'BUILDING' })
  }
}
