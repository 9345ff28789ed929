import { until } from './until.js'

/** Parsed JSON, of whatever shape: the cases check it by what they expect. */
export type Body = ReturnType<typeof JSON.parse>

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Body
}

export interface StackOptions {
  readonly parameters?: object
  readonly environment?: object
  readonly disable_rollback?: boolean
  readonly timeout_mins?: number
  readonly tags?: string
  readonly files?: object
  readonly environment_files?: readonly string[]
  readonly converge?: boolean
}

const settleMs = 40_000

/** The HTTP API of one project, as a client sees it. */
export class Api {
  /** @param settled called, once for each `Stack` object, when a case sees that stack settled; the case goes on after it. */
  constructor(
    readonly base: string,
    readonly settled: (stack: Stack) => Promise<void> = async () => undefined,
  ) {}

  async send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await fetch(`${this.base}${path}`, {
      method,
      redirect: 'manual',
      headers: { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    const json = (response.headers.get('content-type') ?? '').startsWith('application/json')
    return { status: response.status, headers: response.headers, body: json && text !== '' ? JSON.parse(text) : text }
  }

  get(path: string): Promise<Answer> {
    return this.send('GET', path)
  }

  /** A stack that exists. */
  stack(name: string, id: string): Stack {
    return new Stack(this, name, id)
  }

  /** A stack that was known by another daemon. */
  again({ name, id }: Pick<Stack, 'name' | 'id'>): Stack {
    return this.stack(name, id)
  }

  /** Creates a stack. @throws Error with the answer if it is refused. */
  async create(name: string, template: unknown, options: StackOptions = {}): Promise<Stack> {
    const answer = await this.send('POST', '/stacks', { stack_name: name, template, ...options })
    if (answer.status !== 201) throw new Error(`create of ${name} was refused: ${JSON.stringify(answer.body)}`)
    return new Stack(this, name, answer.body.stack.id)
  }
}

/** One stack, by its canonical path. */
export class Stack {
  readonly path: string
  private seenSettled: Promise<void> | undefined

  constructor(
    readonly api: Api,
    readonly name: string,
    readonly id: string,
  ) {
    this.path = `/stacks/${name}/${id}`
  }

  update(template: unknown, options: StackOptions = {}): Promise<Answer> {
    return this.api.send('PUT', this.path, { template, ...options })
  }

  delete(): Promise<Answer> {
    return this.api.send('DELETE', this.path)
  }

  action(name: string): Promise<Answer> {
    return this.api.send('POST', `${this.path}/actions`, { [name]: null })
  }

  async show(): Promise<Body> {
    return (await this.api.get(this.path)).body.stack
  }

  /** Waits until nothing is IN_PROGRESS any more. @returns the stack as shown. */
  async settled(deadlineMs = settleMs): Promise<Body> {
    const shown = await until(`stack ${this.name} to settle`, deadlineMs, async () => {
      const stack = await this.show()
      return stack.stack_status.endsWith('_IN_PROGRESS') ? undefined : stack
    })
    await this.tellSettled(shown)
    return shown
  }

  private tellSettled({ stack_status }: Body): Promise<void> {
    if (/^DELETE_|_IN_PROGRESS$/.test(stack_status)) return Promise.resolve()
    this.seenSettled ??= this.api.settled(this)
    return this.seenSettled
  }

  /** Waits for one status, e.g. `UPDATE_COMPLETE`; another final one ends the wait with an error. */
  async reaches(status: string, deadlineMs = settleMs): Promise<Body> {
    let last: Body
    try {
      await until(`stack ${this.name} to be ${status}`, deadlineMs, async () => {
        last = await this.show()
        return last.stack_status === status || undefined
      })
    } catch (error) {
      throw new Error(`${(error as Error).message}; it is ${last?.stack_status}: ${last?.stack_status_reason}`)
    }
    await this.tellSettled(last)
    return last
  }

  async outputs(): Promise<Record<string, Body>> {
    const { outputs = [] } = await this.show()
    return Object.fromEntries(outputs.map((output: Body) => [output.output_key, output.output_value]))
  }

  async resources(): Promise<Record<string, Body>> {
    const { resources } = (await this.api.get(`${this.path}/resources`)).body
    return Object.fromEntries(resources.map((resource: Body) => [resource.resource_name, resource]))
  }

  /** Waits until a resource has a status. */
  resourceReaches(name: string, status: string, deadlineMs = settleMs): Promise<Body> {
    return until(`resource ${name} to be ${status}`, deadlineMs, async () => {
      const resource = (await this.resources())[name]
      return resource?.resource_status === status ? resource : undefined
    })
  }

  /** All events, oldest first, as `name STATUS`. */
  async events(): Promise<string[]> {
    const { events } = (await this.api.get(`${this.path}/events?sort_dir=asc`)).body
    return events.map(
      (event: Body) => `${event.resource_name === this.name ? 'S' : event.resource_name} ${event.resource_status}`,
    )
  }
}
