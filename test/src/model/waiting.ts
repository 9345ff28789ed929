import type { Random } from '@hearth/conformance'
import type { WantedResource } from './templates.js'

/** Handles and their conditions: as OpenStack has them, as CloudFormation has them, and one that is new in each update. */
export type Family = 'native' | 'aws' | 'renewed'

const families: readonly Family[] = ['native', 'aws', 'renewed']
/** A thing signals its handle so often; a condition waits for so many signals or less. */
export const ringsEach = 3
/** Longer than any operation may take, in seconds. */
const timeoutSeconds = 40_000

/** What a condition and its handle are, in the language of templates. */
interface Dialect {
  readonly handle: string
  readonly condition: (handle: unknown, count: number) => { readonly type: string; readonly properties: object }
  /** Where the handle is signalled. */
  readonly url: (handle: string) => unknown
  /** A signal must say everything. */
  readonly whole: boolean
}

const cloudFormation = (handle: string): Dialect => ({
  handle,
  condition: (Handle, Count) => ({
    type: 'AWS::CloudFormation::WaitCondition',
    properties: { Handle, Count, Timeout: timeoutSeconds },
  }),
  url: name => ({ get_resource: name }),
  whole: true,
})

export const dialects: Readonly<Record<Family, Dialect>> = {
  native: {
    handle: 'OS::Heat::WaitConditionHandle',
    condition: (handle, count) => ({
      type: 'OS::Heat::WaitCondition',
      properties: { handle, count, timeout: timeoutSeconds },
    }),
    url: name => ({ get_attr: [name, 'endpoint'] }),
    whole: false,
  },
  aws: cloudFormation('AWS::CloudFormation::WaitConditionHandle'),
  renewed: cloudFormation('OS::Heat::UpdateWaitConditionHandle'),
}

const names = { handle: 'handle', condition: 'wait' }

/**
 * One of the things signals a handle once it stands, as a server does that has booted; a condition waits for that, and some
 * of what comes after leans on the condition.
 */
export function withWaiting(random: Random, resources: readonly WantedResource[]): WantedResource[] {
  const things = resources.filter(({ kind, kept }) => kind === 'thing' && !kept)
  if (things.length === 0) return [...resources]
  const ringer = random.pick(things)
  const family = random.pick(families)
  const plain = { value: '', fixed: '', polls: 0, fail: false, kept: false, needs: [], dependsOn: [], family }
  const handle: WantedResource = { ...plain, name: names.handle, kind: 'handle' }
  const count = random.between(1, ringsEach)
  // Beside the thing, or once it stands: then the signals come just as the condition begins.
  const condition: WantedResource = {
    ...plain,
    name: names.condition,
    kind: 'condition',
    count,
    handle: names.handle,
    dependsOn: random.chance(0.6) ? [ringer.name] : [],
  }
  const at = resources.indexOf(ringer)
  const after = resources
    .slice(at + 1)
    .map(one => (!one.kept && random.chance(0.3) ? { ...one, dependsOn: [...one.dependsOn, names.condition] } : one))
  return [handle, ...resources.slice(0, at), { ...ringer, rings: names.handle }, condition, ...after]
}
