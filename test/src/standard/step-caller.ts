import {
  Clock,
  type Json,
  type JsonMap,
  Logger,
  Options,
  type Progress,
  ResourceType,
  type StepContext,
} from '@hearth/core/plugin'
import plugin from '@hearth/standard-resources'
import { Container } from 'inversify'
import pg from 'pg'
import { targetServer } from './ground.js'

/** Calls steps as engines call them after a crash: again, and with what had become durable before. */
export interface StepCaller {
  /** Asks the server, as the one whom everything there belongs to. */
  ask(sql: string): Promise<pg.QueryResultRow[]>
  type(name: string): ResourceType
  /** @param type without its namespace, if that is Hearth::PostgreSQL. */
  resource(type: string, properties: JsonMap, id?: string): SteppedResource
}

/** The types with a server of nobody's as their connection `main`. @param more options: `postgresql:statement_timeout`. */
export function stepsOnPostgresql(more: Readonly<Record<string, string>> = {}): StepCaller {
  let admin: pg.Client
  const types = new Map<string, ResourceType>()

  before(async () => {
    const target = await targetServer()
    admin = new pg.Client({ connectionString: target.url })
    await admin.connect()
    const given: Record<string, string> = {
      'postgresql:connections': `main=${target.url}?sslmode=disable`,
      'outbound:allow': '127.0.0.1',
      ...more,
    }
    for (const type of await typesWith(given)) types.set(type.name.replace('Hearth::PostgreSQL::', ''), type)
  })
  after(() => admin.end())

  const type = (name: string): ResourceType => types.get(name) as ResourceType
  return {
    type,
    ask: async sql => (await admin.query(sql)).rows,
    resource: (name, properties, id) => new SteppedResource(type(name), properties, id),
  }
}

async function typesWith(given: Readonly<Record<string, string>>): Promise<ResourceType[]> {
  const container = new Container()
  const silent = (): void => undefined
  container.bind(Options).toConstantValue({
    get: option => {
      const value = given[`${option.section}:${option.name}`]
      return (value === undefined ? option.default : option.type.parse(value)) as never
    },
  })
  container.bind(Clock).toConstantValue({ now: Date.now, after: () => silent })
  container.bind(Logger).toConstantValue({ debug: silent, info: silent, warn: silent, error: silent })
  await container.loadAsync(plugin.contributions)
  return container.getAll(ResourceType)
}

interface Call {
  readonly dies?: boolean
  readonly signal?: StepContext['signal']
}

/** A resource, with what of it is durable; each call of a step is given that. */
class SteppedResource {
  physicalId: string | null = null
  data: JsonMap = {}
  cursor: Json | undefined
  constructor(
    readonly type: ResourceType,
    readonly properties: JsonMap,
    readonly id = `r${Math.random().toString(36).slice(2)}`,
  ) {}

  context(step: string, signal: StepContext['signal'] = new AbortController().signal): StepContext {
    const { name, properties: schemas } = this.type
    const defaults = Object.entries(schemas === 'any' ? {} : schemas).map(
      ([property, { default: fallback = null }]) => [property, fallback],
    )
    const context = {
      resource: { id: this.id, name: 'a', type: name, physicalName: 'stack-a' },
      properties: { ...Object.fromEntries(defaults), connection: 'main', ...this.properties },
      previous: {},
      changed: [],
      data: this.data,
      setPhysicalId: async (id: string) => void (this.physicalId = id),
      idempotencyKey: `${this.id}:${step}`,
      now: Date.now,
      signal,
    }
    return Object.defineProperty(context, 'physicalId', { get: () => this.physicalId }) as unknown as StepContext
  }

  /** One call, whose end becomes durable unless the worker dies of it. */
  async call(step: 'create' | 'delete' | 'adopt', { dies = false, signal }: Call = {}): Promise<Progress> {
    const progress = (await this.type[step]?.(this.context(step, signal), this.cursor)) as Progress
    if (dies) return progress
    if (progress.kind === 'again') this.cursor = progress.cursor
    if (progress.kind === 'done') {
      this.physicalId = progress.physicalId ?? this.physicalId
      this.data = progress.data ?? this.data
      this.cursor = undefined
    }
    return progress
  }

  async whole(step: 'create' | 'delete'): Promise<void> {
    while ((await this.call(step)).kind === 'again');
  }
}

/** Why something failed. */
export const failure = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'it did not fail',
    error => (error as Error).message,
  )
