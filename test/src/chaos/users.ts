import { Api, type Answer, type Random, until } from '@hearth/conformance'
import type * as model from '../model/check.js'
import { anyTemplate, type Shape, type Wanted } from '../model/templates.js'
import { templateOf } from '../model/written.js'
import { servers } from './templates.js'

/** A stack that was made, as the users' knowledge of it grows. */
export interface KnownStack extends model.KnownStack {
  readonly id: string
  readonly sent: Map<string, Wanted>
  readonly accepted: Set<string>
  newest: Wanted
  deleted: boolean
}

export interface UserCounts {
  creates: number
  updates: number
  cancels: number
  deletes: number
  refusals: number
  unanswered: number
}

/** Milliseconds that a user thinks between two requests. */
const thinkMs = [200, 3_500] as const
/** A request is answered, or known to be lost, within this time. */
const answerMs = 90_000
/** Milliseconds before a request is sent again. */
const retryMs = 250
/** An operation that is refused because another runs is possible in the end. */
const freeMs = 60_000
const mostUpdates = 60

interface Habits extends Shape {
  /** A second operation is refused while one runs. */
  readonly exclusive: boolean
}

type Think = (ms: number) => Promise<boolean>

/** Users of the API, each at work on one stack at a time. They remember what was accepted. */
export class Users {
  readonly stacks: KnownStack[] = []
  readonly problems: string[] = []
  readonly counts: UserCounts = { creates: 0, updates: 0, cancels: 0, deletes: 0, refusals: 0, unanswered: 0 }
  private marks = 0
  private names = 0

  constructor(
    private readonly address: () => string | undefined,
    private readonly habits: Habits,
  ) {}

  /** One user: creates a stack, works on it, deletes it, and so on. */
  async work(random: Random, think: Think): Promise<void> {
    while (await think(random.between(...thinkMs))) {
      const stack = await this.create(random)
      if (stack === undefined) return
      for (let left = mostUpdates; left > 0 && !stack.deleted; left--) {
        if (!(await think(random.between(...thinkMs)))) return
        const dice = random.next()
        if (dice < 0.7) await this.update(stack, this.any(random), random.chance(0.4))
        else if (dice < 0.88) await this.cancel(stack, random.chance(0.5))
        else await this.delete(stack)
      }
    }
  }

  async create(random: Random, wanted: Wanted = this.any(random)): Promise<KnownStack | undefined> {
    this.names += 1
    const name = `s${this.names}`
    const rollback = random.chance(0.4)
    const body = { stack_name: name, template: templateOf(wanted, servers), disable_rollback: !rollback }
    for (;;) {
      const answer = await this.send('POST', '/stacks', body)
      // Its answer may have been lost, of this request or of the one before.
      const id = answer?.status === 201 ? answer.body.stack.id : await this.idOf(name)
      if (id !== undefined) {
        this.counts.creates += 1
        const stack: KnownStack = {
          name,
          id,
          sent: new Map([[wanted.mark, wanted]]),
          accepted: new Set([wanted.mark]),
          newest: wanted,
          deleted: false,
        }
        this.stacks.push(stack)
        return stack
      }
      if (answer !== undefined) return this.unexpected(`create of ${name}`, answer)
    }
  }

  /** @returns whether it was accepted. */
  async update(stack: KnownStack, wanted: Wanted, rollback: boolean): Promise<boolean> {
    stack.sent.set(wanted.mark, wanted)
    const path = pathOf(stack)
    for (;;) {
      const answer = await this.send('PUT', path, {
        template: templateOf(wanted, servers),
        disable_rollback: !rollback,
      })
      const accepted = answer === undefined ? await this.hasTemplate(stack, wanted.mark) : answer.status === 202
      if (accepted) {
        this.counts.updates += 1
        stack.accepted.add(wanted.mark)
        stack.newest = wanted
        return true
      }
      if (answer === undefined) continue
      this.refused(`update of ${stack.name}`, answer, [409])
      return false
    }
  }

  async cancel(stack: KnownStack, rollback: boolean): Promise<void> {
    const action = rollback ? 'cancel_update' : 'cancel_without_rollback'
    const answer = await this.send('POST', `${pathOf(stack)}/actions`, { [action]: null })
    if (answer !== undefined && answer.status < 300) this.counts.cancels += 1
    else if (answer !== undefined) this.refused(`cancel of ${stack.name}`, answer, [400])
  }

  async delete(stack: KnownStack): Promise<void> {
    for (;;) {
      const answer = await this.send('DELETE', pathOf(stack))
      if (answer?.status === 204 || (answer === undefined && (await this.isDeleting(stack)))) {
        this.counts.deletes += 1
        stack.deleted = true
        return
      }
      if (answer === undefined) continue
      this.refused(`delete of ${stack.name}`, answer, [])
      return
    }
  }

  /** A good update that is accepted in the end, also where the last operation still holds the stack. */
  async mend(stack: KnownStack, random: Random): Promise<void> {
    const wanted = anyTemplate(random, this.mark(), { failing: 0, keeping: false })
    await until(`an update of ${stack.name} to be accepted`, freeMs, async () =>
      (await this.update(stack, wanted, false)) ? true : undefined,
    )
  }

  private any(random: Random): Wanted {
    return anyTemplate(random, this.mark(), this.habits)
  }

  private mark(): string {
    this.marks += 1
    return `m${this.marks}`
  }

  /** @returns undefined if there was no answer that says whether it was accepted. */
  private async send(method: string, path: string, body?: unknown): Promise<Answer | undefined> {
    const address = await until('the API to be up', answerMs, async () => this.address())
    try {
      const answer = await new Api(address).send(method, path, body)
      if (answer.status !== 503) return answer
    } catch {
      // The daemon died while it had the request.
    }
    this.counts.unanswered += 1
    await new Promise(resolve => setTimeout(resolve, retryMs))
    return undefined
  }

  /** Asks until somebody answers. */
  private ask(path: string): Promise<Answer> {
    return until(`an answer to ${path}`, answerMs, () => this.send('GET', path))
  }

  private async idOf(name: string): Promise<string | undefined> {
    return (await this.ask(`/stacks?name=${name}`)).body.stacks[0]?.id
  }

  private async hasTemplate(stack: KnownStack, mark: string): Promise<boolean> {
    return (await this.ask(`${pathOf(stack)}/template`)).body.description === mark
  }

  private async isDeleting(stack: KnownStack): Promise<boolean> {
    const { status, body } = await this.ask(pathOf(stack))
    return status === 404 || String(body.stack?.stack_status).startsWith('DELETE')
  }

  private refused(what: string, answer: Answer, expected: readonly number[]): void {
    this.counts.refusals += 1
    const busy = this.habits.exclusive && answer.body?.error?.type === 'ActionInProgress'
    if (!busy && !expected.includes(answer.status)) this.unexpected(what, answer)
  }

  private unexpected(what: string, { status, body }: Answer): undefined {
    this.problems.push(`${what} was answered with ${status}: ${JSON.stringify(body)}`)
  }
}

const pathOf = ({ name, id }: KnownStack): string => `/stacks/${name}/${id}`
