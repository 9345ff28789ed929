import type {
  Json,
  JsonMap,
  Option,
  Options,
  Progress,
  PropertySchema,
  ResourceType,
  StepContext,
} from '@hearth/core/plugin'
import type { Surroundings } from '../namespace.js'

/** What the steps of this package are given, of the resource `a` in the stack `stack`, with what a test makes of it. */
export function contextOf(properties: JsonMap, more: Partial<StepContext> = {}): StepContext & { ids: string[] } {
  const ids: string[] = []
  return {
    stack: { id: 's', name: 'stack', project: 'demo' },
    resource: { id: 'r', name: 'a', type: 'T', physicalName: 'stack-a-abcdefghijkl' },
    properties,
    previous: {},
    changed: [],
    data: {},
    received: {},
    metadata: {},
    idempotencyKey: 'r:create',
    signal: new AbortController().signal,
    now: () => 1_000,
    ...more,
    /** Every id that the step has made durable, the last one last. */
    ids,
    get physicalId() {
      return ids.at(-1) ?? more.physicalId ?? null
    },
    setPhysicalId: async (id: string) => void ids.push(id),
  } as StepContext & { ids: string[] }
}

/** When the steps of `stepOf` are called, in milliseconds since the epoch: 2026-03-01T12:00:00Z. */
export const noon = Date.UTC(2026, 2, 1, 12)

/** What a step of `type` is given at noon. */
export const stepOf = (type: ResourceType, given: JsonMap, more: Partial<StepContext> = {}) =>
  contextOf(propertiesOf(type, given), { now: () => noon, ...more })

/** Properties as the host hands them to `type`: with their defaults, and null where there is none. */
export const propertiesOf = (type: ResourceType, given: JsonMap): JsonMap =>
  filled({ type: 'map', schema: type.properties === 'any' ? {} : type.properties }, given) as JsonMap

function filled({ default: fallback, schema }: PropertySchema, given: Json = fallback ?? null): Json {
  if (given === null || typeof given !== 'object' || Array.isArray(given) || schema === undefined) return given
  return Object.fromEntries(Object.entries(schema).map(([name, inner]) => [name, filled(inner, given[name])]))
}

/** What a step that must be done answers. */
export function doneOf(progress: Progress | undefined) {
  if (progress?.kind !== 'done') throw new Error(`expected the step to be done; it answers ${JSON.stringify(progress)}`)
  const { attributes = {}, data = {}, physicalId } = progress
  return { attributes: attributes as Record<string, string>, data, physicalId }
}

/** A daemon with these values of options, the others being as declared. */
export const surroundings = (values: readonly (readonly [Option<unknown>, unknown])[] = []): Surroundings => {
  const known = new Map(values)
  const silent = (): void => undefined
  const options: Options = {
    get: <T>(option: Option<T>) =>
      (known.has(option as Option<unknown>) ? known.get(option as Option<unknown>) : option.default) as T,
  }
  const clock = { now: () => 1_000, after: () => silent }
  return { options, log: { debug: silent, info: silent, warn: silent, error: silent }, clock }
}

/** What a step failed with. @throws if it did not fail */
export async function failureOf(work: () => unknown): Promise<string> {
  try {
    await work()
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('it did not fail')
}
