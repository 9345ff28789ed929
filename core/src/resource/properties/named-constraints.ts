import { setMaxListeners } from 'node:events'
import type { AskingConstraint, Constraint } from '../../plugin/constraint.js'
import type { Json } from '../../plugin/json.js'
import { dumps } from '../../template/values/python.js'
import { didYouMean } from '../../template/values/suggest.js'

/** Checks values by the names of constraints. */
export interface NamedChecks {
  /** Why there is no constraint of a name; undefined: there is one. */
  absent(name: string): string | undefined
  /** What is wrong with a value, as the constraint says it. The constraint is there. */
  refuse(name: string, value: Json): string | undefined
}

/** Milliseconds that all who are asked at once have for their answers. */
const patienceMs = 10_000
/** Milliseconds that an answer counts. */
const freshMs = 60_000
/** Answers that are kept. */
const mostKept = 10_000
/** Questions that are open at the same moment. */
const mostAtOnce = 16
/** Rounds of questions; answers never lead to as many. */
const mostRounds = 10

interface Question {
  readonly key: string
  readonly constraint: AskingConstraint
  readonly value: Json
}

/**
 * The constraints that plugins bring. Asked directly, those that answer later have no objection: whoever needs their
 * answers works inside `answered`.
 */
export class NamedConstraints implements NamedChecks {
  private readonly kept = new Map<string, { readonly answer: string | undefined; readonly until: number }>()

  constructor(
    private readonly all: ReadonlyMap<string, Constraint>,
    private readonly now: () => number,
    private readonly patience = patienceMs,
  ) {}

  absent(name: string): string | undefined {
    if (this.all.has(name)) return undefined
    const [service = ''] = name.split('.')
    if (name.includes('.') && services.has(service)) {
      return `constraint not found: it asks the service ${service}, and no loaded plugin does`
    }
    return `constraint not found${didYouMean(name, this.all.keys())}`
  }

  refuse(name: string, value: Json): string | undefined {
    return this.check(name, value, ({ key }) => this.known(key))
  }

  /** The same, telling `asked` of each answer that is not known yet. */
  noting(asked: () => void): NamedChecks {
    return this.with(({ key }) => {
      if (!this.isFresh(key)) asked()
      return this.known(key)
    })
  }

  /**
   * Does the work, gets the answers it asked for, and does it again with them: its result, or what it throws, is that
   * of all values checked. @param work has no effects. @param isFutile whether it will not end otherwise, whatever is answered.
   */
  async answered<Result>(
    work: (checks: NamedChecks) => Result | Promise<Result>,
    isFutile = () => false,
  ): Promise<Result> {
    const answers = new Map<string, string | undefined>()
    for (let round = 0; ; round++) {
      const open = new Map<string, Question>()
      const checks = this.with(question => {
        const { key } = question
        if (!answers.has(key) && this.isFresh(key)) answers.set(key, this.known(key))
        if (!answers.has(key)) open.set(key, question)
        return answers.get(key)
      })
      const done = await attempt(() => work(checks))
      if (open.size === 0 || round >= mostRounds || isFutile()) return done()
      for (const [key, answer] of await this.ask([...open.values()])) answers.set(key, answer)
    }
  }

  private with(answer: (question: Question) => string | undefined): NamedChecks {
    return {
      absent: name => this.absent(name),
      refuse: (name, value) => this.check(name, value, answer),
    }
  }

  private check(name: string, value: Json, answer: (question: Question) => string | undefined): string | undefined {
    const constraint = this.all.get(name)
    if (constraint === undefined) return this.absent(name)
    return 'refuse' in constraint
      ? constraint.refuse(value)
      : answer({ key: `${name} ${dumps(value)}`, constraint, value })
  }

  private isFresh(key: string): boolean {
    const kept = this.kept.get(key)
    return kept !== undefined && kept.until > this.now()
  }

  private known(key: string): string | undefined {
    return this.isFresh(key) ? this.kept.get(key)?.answer : undefined
  }

  private async ask(questions: readonly Question[]): Promise<[string, string | undefined][]> {
    const waiting = [...questions]
    const answers: [string, string | undefined][] = []
    const until = this.now() + freshMs
    const signal = AbortSignal.timeout(this.patience)
    setMaxListeners(mostAtOnce + 1, signal)
    const ended = new Promise<void>(resolve => signal.addEventListener('abort', () => resolve(), { once: true }))
    const next = async (): Promise<void> => {
      for (let question = waiting.shift(); question !== undefined; question = waiting.shift()) {
        const { key, constraint } = question
        const late = `${constraint.name} did not answer within ${this.patience / 1000} seconds`
        const asked = signal.aborted ? undefined : answerTo(question, signal)
        const said = await Promise.race([asked, ended.then(() => undefined)])
        answers.push([key, said === undefined ? late : said.answer])
        if (said?.certain !== true) continue
        if (this.kept.size >= mostKept) this.kept.clear()
        this.kept.set(key, { answer: said.answer, until })
      }
    }
    await Promise.all(Array.from({ length: Math.min(mostAtOnce, questions.length) }, next))
    return answers
  }
}

/** OpenStack's services that Heat's constraints ask. */
const services: ReadonlySet<string> = new Set([
  ...[
    'barbican',
    'blazar',
    'cinder',
    'designate',
    'glance',
    'heat',
    'ironic',
    'keystone',
    'magnum',
    'manila',
    'mistral',
  ],
  ...['monasca', 'neutron', 'nova', 'octavia', 'sahara', 'senlin', 'swift', 'trove', 'zaqar', 'zun'],
])

/** The result of some work, or what it threw, to be had later. */
async function attempt<Result>(work: () => Result | Promise<Result>): Promise<() => Result> {
  try {
    const result = await work()
    return () => result
  } catch (error) {
    return () => {
      throw error
    }
  }
}

/** @returns an answer, or that there is none, which is not certain: it is asked for again the next time. */
const answerTo = (
  { constraint, value }: Question,
  signal: AbortSignal,
): Promise<{ answer: string | undefined; certain: boolean }> =>
  Promise.resolve()
    .then(() => constraint.ask(value, signal))
    .then(
      answer => ({ answer, certain: true }),
      error => ({
        answer: `${constraint.name} cannot be asked: ${String((error as Error)?.message ?? error)}`,
        certain: false,
      }),
    )
