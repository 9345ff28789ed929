import type { JsonMap, Option, Options, StepContext } from '@hearth/core/plugin'
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

/** A daemon with these values of options, the others being as declared. */
export const surroundings = (values: readonly (readonly [Option<unknown>, unknown])[] = []): Surroundings => {
  const known = new Map(values)
  const silent = (): void => undefined
  const options: Options = {
    get: <T>(option: Option<T>) =>
      (known.has(option as Option<unknown>) ? known.get(option as Option<unknown>) : option.default) as T,
  }
  return { options, log: { debug: silent, info: silent, warn: silent, error: silent } }
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
