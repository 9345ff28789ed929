import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Random } from '@hearth/conformance'
import type { Thing } from '../model/check.js'
import { type Caller, callerOf, Callers } from './callers.js'

/** A server that somebody pays for until it is deleted. */
export interface CloudServer extends Thing {
  value: string
  needs: readonly string[]
  /** Names of the resources that its template has it depend on. */
  after: readonly string[]
  /** Grows with every change; a change names the version it is made on. */
  version: number
  readonly builtAt: number
  readonly broken: boolean
}

type Body = Record<string, unknown>

class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message)
  }
}

/** How long a request takes to arrive, and its answer to come back; sometimes much longer. In milliseconds. */
const usualMs = 120
const slowMs = 2_500
const slowly = 0.04
/** How long a server takes to be built. */
const buildMs = 1_200
/** Chances, while there is trouble, that a call is refused, and that what is built breaks. */
const refused = 0.006
const breaks = 0.01

/**
 * A cloud that keeps count, behind HTTP. It honours idempotency keys: a key creates once, and never again after a delete.
 * A request whose connection breaks before it took effect takes it at that moment, or never. What must not happen is
 * noted: in `violations`, or, where it depends on what became of the processes, as meetings of `callers`.
 */
export class Cloud {
  readonly servers = new Map<string, CloudServer>()
  readonly violations: string[] = []
  readonly callers = new Callers()
  readonly counts = { calls: 0, creates: 0, updates: 0, deletes: 0, refusals: 0, lostAnswers: 0 }
  /** Calls are refused, and servers break. */
  trouble = true
  private readonly gone = new Set<string>()
  private readonly creators = new Map<string, { readonly pid: number; readonly at: number; readonly lost: boolean }>()
  private ids = 0

  private constructor(
    private readonly http: Server,
    private readonly random: Random,
  ) {
    http.on('request', (request, response) => {
      this.handle(request, response).catch(error => response.destroy(error as Error))
    })
  }

  static async start(random: Random): Promise<Cloud> {
    const http = createServer()
    const cloud = new Cloud(http, random)
    await new Promise<void>((resolve, reject) => {
      http.once('error', reject)
      http.listen(0, '127.0.0.1', resolve)
    })
    return cloud
  }

  get url(): string {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`
  }

  async stop(): Promise<void> {
    this.http.closeAllConnections()
    await new Promise<void>(resolve => this.http.close(() => resolve()))
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const caller = callerOf(request)
    let text = ''
    for await (const chunk of request) text += chunk
    const body = text === '' ? {} : (JSON.parse(text) as Body)
    const url = new URL(request.url ?? '/', this.url)
    this.counts.calls += 1
    const leave = this.callers.enter(caller, `${request.method} ${url.pathname}`)
    const within = (): number => this.random.below(this.random.chance(slowly) ? slowMs : usualMs)
    const moody = this.trouble && this.random.chance(refused)
    const [there, back, either] = [within(), within(), this.random.chance(0.5)]
    const broken = new Promise<'broken'>(resolve => response.once('close', () => resolve('broken')))

    const lost = (await Promise.race([broken, wait(there)])) === 'broken'
    if (lost && (moody || !either)) return leave('broken')
    let [status, result]: [number, unknown] = [200, undefined]
    try {
      if (moody) throw new Refusal(503, 'the cloud is in a mood')
      result = this.effect(request.method ?? '', url, body, caller, lost) ?? null
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      this.counts.refusals += 1
      status = error.status
      result = { message: error.message }
    }
    if (lost || (await Promise.race([broken, wait(back)])) === 'broken') {
      this.counts.lostAnswers += 1
      return leave('broken')
    }
    leave('answered')
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(result))
  }

  private effect(method: string, url: URL, body: Body, caller: Caller, lost: boolean): unknown {
    const id = /^\/servers\/(.+)$/.exec(url.pathname)?.[1]
    const key = url.searchParams.get('key') ?? ''
    switch (method) {
      case 'GET':
        return id === undefined ? this.find(key) : this.view(this.get(id))
      case 'POST':
        return this.view(this.create(body as unknown as CloudServer, caller, lost))
      case 'PUT':
        return this.view(this.update(this.get(id ?? ''), body as unknown as CloudServer))
      case 'DELETE':
        return this.remove(id, key)
      default:
        throw new Refusal(405, `${method} is not known`)
    }
  }

  private find(key: string): unknown {
    const found = [...this.servers.values()].find(server => server.key === key)
    return found === undefined ? null : this.view(found)
  }

  private create(wanted: CloudServer, { pid, stack, name }: Caller, lost: boolean): CloudServer {
    const { key, value, fixed, needs, after } = wanted
    const same = [...this.servers.values()].find(server => server.key === key)
    if (same !== undefined) {
      // Whoever comes second has looked before: the first was at work at the same time, or is no more.
      const first = this.creators.get(key)
      if (first !== undefined && !first.lost)
        this.callers.meetings.push({
          what: `created ${name} of ${stack}`,
          pids: [first.pid, pid],
          from: first.at,
          to: Date.now(),
        })
      return same
    }
    if (this.gone.has(key)) throw new Refusal(410, `${key} was deleted`)
    this.checkOrder(name, stack, needs, after)
    this.counts.creates += 1
    this.ids += 1
    const broken = this.trouble && this.random.chance(breaks)
    const builtAt = Date.now() + this.random.below(buildMs)
    const server = {
      id: `server-${this.ids}`,
      key,
      stack,
      name,
      fixed,
      value,
      needs,
      after,
      version: 1,
      builtAt,
      broken,
    }
    this.servers.set(server.id, server)
    this.creators.set(key, { pid, at: Date.now(), lost })
    return server
  }

  private update(server: CloudServer, wanted: CloudServer): CloudServer {
    const { value, needs, after, version } = wanted
    if (version !== server.version) throw new Refusal(412, `${server.id} has changed since`)
    this.checkOrder(server.name, server.stack, needs, after)
    this.counts.updates += 1
    Object.assign(server, { value, needs, after, version: version + 1 })
    return server
  }

  /** By id, or by the key of a create whose answer never came. Deleting what is gone is fine. */
  private remove(id: string | undefined, key: string): void {
    this.gone.add(key)
    for (const server of [...this.servers.values()]) {
      if (server.id !== id && server.key !== key) continue
      this.servers.delete(server.id)
      this.counts.deletes += 1
      const others = [...this.servers.values()].filter(({ stack }) => stack === server.stack)
      const succeeded = others.some(({ name }) => name === server.name)
      for (const other of others) {
        const leans = other.needs.includes(server.id) || (!succeeded && other.after.includes(server.name))
        if (leans) this.violations.push(`${text(server)} was deleted while ${text(other)} stood on it`)
      }
    }
  }

  /** What a server stands on is there, and whole. */
  private checkOrder(name: string, stack: string, needs: readonly string[], after: readonly string[]): void {
    const ready = ({ builtAt, broken }: CloudServer): boolean => builtAt <= Date.now() && !broken
    for (const id of needs) {
      const needed = this.servers.get(id)
      if (needed === undefined) this.violations.push(`${name} of ${stack} was to stand on ${id}, which is not there`)
      else if (!ready(needed)) this.violations.push(`${name} of ${stack} was to stand on ${id}, which is not ready`)
    }
    for (const one of after) {
      const candidates = [...this.servers.values()].filter(server => server.stack === stack && server.name === one)
      if (!candidates.some(ready)) this.violations.push(`${name} of ${stack} came before ${one}`)
    }
  }

  private get(id: string): CloudServer {
    const server = this.servers.get(id)
    if (server === undefined) throw new Refusal(404, `${id} is not there`)
    return server
  }

  private view(server: CloudServer) {
    const { id, value, version, builtAt, broken } = server
    return { id, value, version, status: builtAt > Date.now() ? 'BUILD' : broken ? 'ERROR' : 'ACTIVE' }
  }
}

const text = ({ name, stack, id }: CloudServer): string => `${name} of ${stack} (${id})`
const wait = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))
