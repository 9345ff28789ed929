import { createHash } from 'node:crypto'
import {
  again,
  type Json,
  type JsonMap,
  type Progress,
  ResourceFailure,
  type StepContext,
  secretsIn,
  withoutSecrets,
} from '@hearth/core/plugin'
import { type Answer, NotAllowed, type Outbound, type Request, Unreached } from '../outbound/index.js'
import { type Wanted, wantedOf } from './declared.js'
import { valueAt } from './json-path.js'
import { fill, placeholdersIn, type Variables } from './placeholders.js'
import { unansweredKey, urlIn } from './unanswered.js'
import { type Declared, documentOf, holds, isGone, isSuccess, requestOf } from './requests.js'

/** How far a step has come; its cursor. */
export interface State {
  /** How often the request that is due was sent in vain. */
  attempt: number
  /** What the step is there for has been sent, and answered. */
  sent?: true
  id?: Json
  /** Since when it waits, in milliseconds of the epoch. */
  since?: number
}

/** What is due is to be tried again later; it leaves the step from wherever it is. */
class Later {
  constructor(
    readonly state: State,
    readonly afterMs: number,
  ) {}
}

/** Statuses after which the same request may succeed. */
const passing = [408, 425, 429, 500, 502, 503, 504]
/** Longest wait before a request is sent again, in seconds. */
const longestDelay = 300
/** Characters of an answer that a reason shows. */
const mostShown = 300

/** One call of a step: its requests, and when it is called again. */
export class Talk {
  readonly wanted: Wanted
  /** An earlier call may have sent the request that makes the object: the API may still be at it, or have made it. */
  mayRun = false
  /** The status by which the last request was refused or sent elsewhere (RFC 9110, 15.4, 15.5); undefined: it was not. */
  refusedBy: number | undefined
  /** Of the last request nobody has heard: there was no connection. */
  unsent = false

  constructor(
    private readonly outbound: Outbound,
    private readonly context: StepContext,
    readonly state: State,
  ) {
    this.wanted = wantedOf(context.properties)
  }

  /** Carries out a call of a step. A request that failed in passing has it called again, to go on from its state. */
  static async hold(
    outbound: Outbound,
    context: StepContext,
    cursor: Json | undefined,
    work: (talk: Talk) => Promise<Progress>,
  ): Promise<Progress> {
    const talk = new Talk(outbound, context, { attempt: 0, ...(cursor as JsonMap | undefined) })
    try {
      return await work(talk)
    } catch (error) {
      if (!(error instanceof Later)) throw error
      return again(error.state as unknown as Json, { afterMs: error.afterMs })
    }
  }

  /** The URL of the object; null: nobody knows of one. */
  get url(): string | null {
    return urlIn(this.context.physicalId)
  }

  /** What requests are known by that change something: that of an earlier step, if nobody has heard what became of it. */
  get key(): string {
    return unansweredKey(this.context.physicalId) ?? keyOf(this.context.idempotencyKey)
  }

  /** What placeholders stand for that only a step is told; it is kept for those who look at the object later. */
  get given(): JsonMap {
    const { stack, resource } = this.context
    return {
      name: resource.physicalName,
      key: this.key,
      project: stack.project,
      stack: stack.name,
    }
  }

  /** What placeholders stand for. */
  get variables(): Variables {
    const { resource, data } = this.context
    return {
      ...this.given,
      resource: resource.name,
      url: this.url,
      id: this.state.id ?? data.id ?? null,
    }
  }

  /**
   * Sends a request that changes something. @returns undefined: nothing is there.
   * @throws ResourceFailure if it does not succeed.
   */
  async change(declared: Declared): Promise<Answer | undefined> {
    if (placeholdersIn([declared.url, declared.headers ?? null, declared.body ?? null]).includes('id')) {
      await this.findId()
    }
    return this.send(declared, this.variables, { [this.wanted.idempotency_header]: this.key })
  }

  /** Looks at the object. @throws ResourceFailure if that does not succeed; undefined: nothing is there. */
  async look(declared: Declared): Promise<Answer | undefined> {
    return this.send(declared, this.variables)
  }

  /** An operation that broke off has not stored the id: the object says what it is. */
  private async findId(): Promise<void> {
    if (this.variables.id !== null || this.url === null) return
    const { read, id } = this.wanted
    const answer = await this.look({ method: 'GET', headers: null, ...read, url: '{{url}}' })
    if (answer !== undefined) this.state.id = valueAt(id, documentOf(answer))
  }

  /** Has the step called again after some time, unless it has waited for too long. */
  wait({ interval, timeout }: { readonly interval: number; readonly timeout: number }, what: string): never {
    const now = this.context.now()
    const since = this.state.since ?? now
    if (now - since >= timeout * 1000) throw new ResourceFailure(`${what} within ${timeout} s.`)
    throw new Later({ ...this.state, attempt: 0, since }, interval * 1000)
  }

  private async send(declared: Declared, variables: Variables, more: JsonMap = {}): Promise<Answer | undefined> {
    const request = requestOf(declared, this.wanted, variables, more)
    const told = (answer: Answer): string =>
      toldOf(request, answer, {
        ofSender: [...secretHeaders(request.headers), this.wanted.auth?.password],
        ofRequest: [
          ...secretsIn(fill(declared.body ?? null, variables)),
          ...request.url.searchParams.values(),
          request.url.pathname,
        ],
      })
    const { signal } = this.context
    this.refusedBy = undefined
    this.unsent = false
    let answer: Answer
    try {
      answer = await this.outbound.send(request, { signal, seconds: this.wanted.request_timeout })
    } catch (error) {
      this.unsent = error instanceof NotAllowed || (error instanceof Unreached && error.unsent)
      if (!(error instanceof Unreached)) throw error
      return this.retry(error.message)
    }
    if (isSuccess(answer, declared)) {
      if (declared.success !== undefined && declared.success !== null && !holds(declared.success, documentOf(answer))) {
        throw new ResourceFailure(`${told(answer)}, which '${declared.success.path}' does not find success in`)
      }
      this.state.attempt = 0
      return answer
    }
    if (isGone(answer) && declared !== this.wanted.create) return undefined
    // 303: it was done, and what came of it is seen elsewhere.
    if (answer.status >= 300 && answer.status < 500 && answer.status !== 303) this.refusedBy = answer.status
    const message = told(answer)
    // An API that knows the key says so while it is at the first request (draft-ietf-httpapi-idempotency-key-header).
    const isBusy = answer.status === 409 && declared === this.wanted.create && this.mayRun
    if (isBusy || passing.includes(answer.status))
      return this.retry(message, this.secondsUntil(answer.headers['retry-after']))
    throw new ResourceFailure(message)
  }

  /** What Retry-After says: seconds, or a date (RFC 9110, 10.2.3); NaN: nothing that could be heeded. */
  private secondsUntil(value = ''): number {
    return /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - this.context.now()) / 1000
  }

  /** @param asked seconds that the other side asks to be left alone for. */
  private retry(message: string, asked = Number.NaN): never {
    const { retries, retry_delay } = this.wanted
    const { attempt } = this.state
    if (attempt >= retries)
      throw new ResourceFailure(attempt === 0 ? message : `${message} (sent ${attempt + 1} times)`)
    const delay = Number.isFinite(asked) && asked >= 0 ? asked : retry_delay * 2 ** attempt
    throw new Later({ ...this.state, attempt: attempt + 1 }, Math.min(delay, longestDelay) * 1000)
  }
}

/** The same for each call of one step on one resource, and for nothing else. */
export const keyOf = (idempotencyKey: string): string =>
  createHash('sha256').update(idempotencyKey).digest('hex').slice(0, 32)

interface Secrets {
  readonly ofSender: readonly (string | null | undefined)[]
  /** In its body and its URL. Whoever answers may repeat them; elsewhere the same words are not secret. */
  readonly ofRequest: readonly string[]
}

/** How a request was answered, for users to read. */
function toldOf({ method, url }: Request, { status, text }: Answer, { ofSender, ofRequest }: Secrets): string {
  const what = withoutSecrets(`${method} ${url.origin} was answered by ${status}`, ofSender)
  const said = withoutSecrets(text, [...ofSender, ...ofRequest])
  if (said === '') return what
  return `${what}: ${said.length > mostShown ? `${said.slice(0, mostShown)}…` : said}`
}

const secretHeaders = (headers: Request['headers']): string[] =>
  Object.entries(headers).flatMap(([name, value]) =>
    ['accept', 'content-type'].includes(name) ? [] : [value, value.replace(/^\S+ /, '')],
  )
