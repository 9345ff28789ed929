import { type LookupFunction, isIP } from 'node:net'
import { type Options, ResourceFailure } from '@hearth/core/plugin'
import type { Agent, buildConnector, Dispatcher } from 'undici'
import { allow, deny, maxResponseBytes, timeout } from './options.js'
import { allowedAddresses, allowedOf, Unreached } from './resolve.js'

type Undici = typeof import('undici')

/** A request to somebody outside. */
export interface Request {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** What they answered, whole. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

/** How a request may go. */
export interface Limits {
  /** Ends it. */
  readonly signal: AbortSignal
  /** Less than what the operator gives. */
  readonly seconds?: number
}

/** One after the other; then it is a circle. */
const mostRedirects = 5
/** What says what is in a message, and to whom; all else was meant for who was asked first. */
const harmless = ['accept', 'user-agent']

/** Sends requests to whom the operator allows, and to nobody else. */
export class Outbound {
  private pool: { readonly agent: Agent; readonly rules: readonly unknown[] } | undefined

  constructor(private readonly options: Options) {}

  /** Connections are kept for the next request; none that was made under rules that hold no more. */
  private agentOf({ Agent, buildConnector }: Undici): Dispatcher {
    const rules = [this.options.get(allow), this.options.get(deny)]
    const { pool } = this
    if (pool !== undefined && rules.every((one, at) => one === pool.rules[at])) return pool.agent
    void pool?.agent.close()
    const agent = new Agent({ connect: guarded(this.options, buildConnector) })
    this.pool = { agent, rules }
    return agent
  }

  /**
   * A redirect of a GET or HEAD is followed, to whom the operator allows; what the request carries for its receiver is not
   * sent to another one.
   * @throws ResourceFailure if the operator does not allow it, or the answer is too long.
   * @throws Unreached if there is no answer, or none in time.
   */
  async send(first: Request, { signal, seconds = Number.POSITIVE_INFINITY }: Limits): Promise<Answer> {
    const most = Math.min(seconds, this.options.get(timeout))
    const late = AbortSignal.timeout(most * 1000)
    const either = AbortSignal.any([signal, late])
    try {
      let sent = first
      for (let redirects = 0; ; redirects++) {
        const answer = await this.once(sent, either)
        const next = redirected(sent, answer)
        if (next === undefined) return answer
        if (redirects === mostRedirects) {
          throw new ResourceFailure(`${nameOf(first)} is redirected more than ${mostRedirects} times.`)
        }
        sent = next
      }
    } catch (error) {
      if (signal.aborted) throw error
      if (late.aborted) throw new Unreached(`${nameOf(first)}: no answer within ${most} s`)
      throw unreached(first, error)
    }
  }

  private async once({ method, url, headers, body }: Request, signal: AbortSignal): Promise<Answer> {
    // It is large, and few daemons send anything.
    const undici: Undici = await import('undici')
    // Content encodings are not asked for: what is read has the size that it has on the wire.
    const {
      statusCode,
      headers: found,
      body: stream,
    } = await undici.request(url, {
      dispatcher: this.agentOf(undici),
      method: method as Dispatcher.HttpMethod,
      headers: { 'user-agent': 'hearth', ...headers },
      body: body ?? null,
      signal,
    })
    const most = this.options.get(maxResponseBytes)
    const chunks: Buffer[] = []
    let length = 0
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      length += chunk.length
      if (length > most) {
        stream.destroy()
        throw new ResourceFailure(
          `${nameOf({ method, url })}: the answer has more than ${most} bytes ([outbound] max_response_bytes).`,
        )
      }
      chunks.push(chunk)
    }
    return { status: statusCode, headers: single(found), text: Buffer.concat(chunks).toString('utf8') }
  }
}

/** Connects to checked addresses only: the socket is given no name to resolve by itself. */
function guarded(options: Options, connector: Undici['buildConnector']): buildConnector.connector {
  const lookup: LookupFunction = (host, { all }, answer) => {
    allowedAddresses(host, options).then(
      found => (all === true ? answer(null, found) : answer(null, found[0]?.address ?? '', found[0]?.family)),
      error => answer(error as Error, '', 0),
    )
  }
  const connect = connector({ lookup, autoSelectFamily: true })
  return (target, done) => {
    const host = target.hostname.replace(/^\[|\]$/g, '')
    const family = isIP(host)
    try {
      // An address is not looked up by the socket.
      if (family !== 0) allowedOf(host, [{ address: host, family }], options)
    } catch (error) {
      return done(error as Error, null)
    }
    return connect(target, done)
  }
}

function redirected({ method, url, headers }: Request, { status, headers: found }: Answer): Request | undefined {
  if (![301, 302, 303, 307, 308].includes(status) || !['GET', 'HEAD'].includes(method)) return undefined
  const target = found.location
  if (target === undefined || !URL.canParse(target, url.href)) return undefined
  const next = new URL(target, url)
  if (next.protocol !== 'https:' && next.protocol !== 'http:') return undefined
  const kept = Object.entries(headers).filter(([name]) => harmless.includes(name.toLowerCase()))
  return { method, url: next, headers: next.origin === url.origin ? headers : Object.fromEntries(kept) }
}

/** Without what may be secret, which a path may be as well as a query. */
const nameOf = ({ method, url }: Pick<Request, 'method' | 'url'>): string => `${method} ${url.origin}`

const single = (headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  )

function unreached(sent: Request, error: unknown): unknown {
  // Attempts on several addresses fail together.
  const causes = error instanceof AggregateError ? (error.errors as unknown[]) : [error]
  const own = causes.find(one => ResourceFailure.is(one) || one instanceof Unreached)
  if (own !== undefined) return own
  if (error instanceof Error && 'code' in error && error.code === 'UND_ERR_INVALID_ARG') {
    return new ResourceFailure(`${nameOf(sent)}: this is no request that can be sent: ${error.message}.`)
  }
  const { code, message } = (causes[0] ?? error) as NodeJS.ErrnoException
  return new Unreached(`${nameOf(sent)}: ${code ?? message}`, causes.every(isUnconnected))
}

const unconnected = ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'UND_ERR_CONNECT_TIMEOUT']
const isUnconnected = (cause: unknown): boolean =>
  unconnected.includes((cause as NodeJS.ErrnoException | null)?.code ?? '')
