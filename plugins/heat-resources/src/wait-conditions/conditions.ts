import {
  again,
  done,
  type Json,
  type Progress,
  type Properties,
  ResourceFailure,
  type ResourceType,
  type StepContext,
  type StoredResource,
} from '@hearth/core/plugin'
import { awsHandle, handle, updateHandle } from './handles.js'
import { dataOf, reasonsOf, type Sent, type Signals, signalsIn } from './signals.js'

const mostSeconds = 43_200
/** Each signal is kept, and all of them are looked through at each one that comes. */
const mostSignals = 10_000

/** What Heat's type and CloudFormation's differ in. */
interface Family {
  readonly name: string
  readonly className: string
  readonly since: string
  readonly handle: string
  readonly timeout: string
  readonly timeoutType: 'number' | 'integer'
  readonly count: string
  readonly data: string
  /** Names of the types that can be its handle. */
  readonly handles: readonly string[]
  /** Why a handle is refused. */
  refused(given: string, context: StepContext): ResourceFailure
}

const native: Family = {
  name: 'OS::Heat::WaitCondition',
  className: 'HeatWaitCondition',
  since: '2014.2',
  handle: 'handle',
  timeout: 'timeout',
  timeoutType: 'number',
  count: 'count',
  data: 'data',
  handles: [handle.name, awsHandle.name, updateHandle.name],
  refused(given, { required }) {
    const name = required.find(one => referenceOf(one) === given)?.name ?? given
    return new ResourceFailure(`${name} is not a valid wait condition handle.`, 'ValueError')
  },
}

const aws: Family = {
  name: 'AWS::CloudFormation::WaitCondition',
  className: 'WaitCondition',
  since: '2014.1',
  handle: 'Handle',
  timeout: 'Timeout',
  timeoutType: 'integer',
  count: 'Count',
  data: 'Data',
  handles: [awsHandle.name, updateHandle.name],
  refused(given, { stack }) {
    return new ResourceFailure(`WaitCondition invalid Handle ${strangeness(given, stack)}`, 'ValueError')
  },
}

/** What of a URL of signals is not of this stack; the resource's name if all of it is, the text if it is none. */
function strangeness(given: string, stack: StepContext['stack']): string {
  const parts = /\/([^/]+)\/stacks\/([^/]+)\/([^/]+)\/resources\/([^/]+)\/signal\/[^/]+$/.exec(given)
  if (parts === null) return given
  const [, project, name, id, resource] = parts as unknown as [string, string, string, string, string]
  if (project !== encodeURIComponent(stack.project)) return `tenant ${project}`
  if (name !== encodeURIComponent(stack.name)) return `stack ${name}`
  return id === stack.id ? resource : `stack ${id}`
}

/** A cursor: until when it waits, in milliseconds since the epoch. */
interface Waiting {
  readonly until: number
}

/** Waits for enough successes, or one failure; called again when its handle is signalled, and at the end of its time. */
const waiting =
  (family: Family) =>
  async (context: StepContext, cursor?: Json): Promise<Progress> => {
    const { properties, required } = context
    const count = Number(properties[family.count])
    const found = handleOf(family, properties, required)
    if (found === undefined) throw family.refused(properties[family.handle] as string, context)
    // Where none are to be waited for, it is as if all had come.
    if (isSilent(found)) return done()
    const signals = signalsIn(found.received)
    const failures = reasonsOf(signals, 'FAILURE')
    if (Object.values(signals).some(({ status }) => status === 'FAILURE')) {
      throw new ResourceFailure(failures, 'WaitConditionFailure')
    }
    // Before the clock: a signal that came in time counts although nobody was there to see it then.
    const there = Object.keys(signals).length
    if (there >= count) return done()
    // After the signals: what has come in time is no less there.
    if (cursor !== undefined && (await context.isOver())) {
      throw new ResourceFailure(`${there} of ${count} received; nobody waits for more`, 'WaitConditionCancelled')
    }
    const { until } = (cursor as unknown as Waiting | undefined) ?? {
      until: context.now() + Number(properties[family.timeout]) * 1000,
    }
    if (context.now() < until) return again({ until }, { on: 'signal', deadline: new Date(until) })
    const reasons = there === 0 ? '' : ` - ${reasonsOf(signals, 'SUCCESS')}`
    throw new ResourceFailure(`${there} of ${count} received${reasons}`, 'WaitConditionTimeout')
  }

const handleOf = (
  family: Family,
  properties: Properties,
  required: readonly StoredResource[],
): StoredResource | undefined =>
  required.find(one => family.handles.includes(one.type) && referenceOf(one) === properties[family.handle])

/** What get_resource gives of a handle. */
const referenceOf = ({ type, physicalId, data }: StoredResource): Json =>
  type === handle.name ? physicalId : (data.url ?? physicalId)

const isSilent = ({ properties }: StoredResource): boolean => properties.signal_transport === 'NO_SIGNAL'

function signalsOf(found: StoredResource, count: number): Signals {
  if (!isSilent(found)) return signalsIn(found.received)
  const sent = (id: number): Sent => ({ status: 'SUCCESS', reason: `Signal ${id} received`, data: null })
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`${index + 1}`, sent(index + 1)]))
}

const range = [{ range: { min: 1, max: mostSeconds } }] as const
const countable = [{ range: { min: 1, max: mostSignals } }] as const

const typeOf = (family: Family): ResourceType => ({
  name: family.name,
  className: family.className,
  description:
    'Waits until its handle has been signalled often enough. Signals stay with the handle until that is deleted, or a condition that has waited for them: one that is there meanwhile counts them, too.',
  support: { status: 'SUPPORTED', version: family.since },
  properties: {
    [family.handle]: {
      type: 'string',
      description: 'A reference to the wait condition handle used to signal this wait condition.',
      required: true,
      refersTo: family.handles,
    },
    [family.timeout]: {
      type: family.timeoutType,
      description: 'The number of seconds to wait for the correct number of signals to arrive.',
      required: true,
      constraints: range,
    },
    [family.count]: {
      type: 'integer',
      description: 'The number of success signals that must be received before the stack creation process continues.',
      default: 1,
      constraints: countable,
      updateAllowed: true,
    },
  },
  attributes: {
    [family.data]: {
      description: 'JSON string containing data associated with wait condition signals sent to the handle.',
      type: 'string',
      live: true,
      secret: true,
    },
  },
  create: waiting(family),
  update: waiting(family),
  readsRequired: true,
  forgets: ({ properties }, other) => handleOf(family, properties, [other]) !== undefined,
  async read({ properties }, _attribute, required) {
    const found = handleOf(family, properties, required)
    return found === undefined ? '' : dataOf(signalsOf(found, Number(properties[family.count])))
  },
})

/** Stands for the moment when enough signals have come. */
export const waitCondition = typeOf(native)

/** The same, with the names of CloudFormation. */
export const awsWaitCondition = typeOf(aws)
