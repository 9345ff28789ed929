import { isPassing } from '@hearth/db'
import { withoutSecrets } from '../plugin/index.js'
import type {
  Clock,
  Json,
  Logger,
  Progress,
  ResourceChange,
  ResourceType,
  StepContext,
  StepResult,
  Task,
  VisitStep,
} from '../plugin/index.js'
import type { Change, State } from './rows/change.js'
import type { Kept } from './children.js'
import { aborted, failureReason } from './failure.js'
import { heeding, Unheeded } from './heed.js'
import type { Incarnation } from './rows/incarnation.js'
import type { LifecycleParts } from './lifecycle.js'
import { physicalName } from './physical-name.js'
import type { SecretTexts } from './secrets/secret-texts.js'

/** One call of one member of a resource type. */
export interface Call {
  readonly task: Task
  readonly type: ResourceType
  /** Called first: refuses properties by what it throws. */
  readonly before: (() => Promise<void>) | undefined
  /** Called instead of the member. */
  readonly step: ((keep: Kept, signal: AbortSignal) => Promise<Progress>) | undefined
  readonly member: 'create' | 'update' | 'adopt' | 'delete' | 'snapshotDelete' | VisitStep
  readonly action: string
  readonly idempotencyKey: string
  readonly properties: StepContext['properties']
  readonly changed: readonly string[]
  /** Undefined: it is neither created nor updated. */
  readonly updatePolicy: StepContext['updatePolicy'] | undefined
  /** As it was loaded: a signal that comes after that wakes the step. */
  readonly incarnation: Incarnation
  /** What it depends on; undefined: nothing that the member asks for. */
  readonly required: (() => Incarnation[]) | undefined
  readonly now: () => number
  /** Undefined: it ends by itself, or whoever calls it sees to that. */
  readonly after: Clock['after'] | undefined
  readonly signalUrl: LifecycleParts['signalUrl']
  readonly isOver: (task: Task) => Promise<boolean>
  readonly log: Logger
  /** What no reason tells. */
  readonly secrets: SecretTexts
}

/**
 * Calls the plugin once; `finish` says what `done` and `replace` mean for the row.
 * @throws what `save` rejected with, whatever the plugin made of it, and what Hearth's own database says while it is away:
 * that is no failure of the resource.
 */
export async function callStep(
  call: Call,
  change: Change,
  signal: AbortSignal,
  save: (change: ResourceChange) => Promise<void>,
  fork: () => Change,
  finish: (progress: Exclude<Progress, { kind: 'again' }>, change: Change) => StepResult | Promise<StepResult>,
): Promise<StepResult> {
  const { action, incarnation, log } = call
  const { cursor } = change.now
  const unsaved: unknown[] = []
  let over = false
  let kept: Partial<State> = {}
  const note = (patch: Partial<State>): void => {
    kept = { ...kept, ...patch }
    change.set(patch)
  }
  const keep = async (patch: Partial<State>): Promise<void> => {
    if (over) throw new Error('the step is over: nothing of it is kept any more')
    note(patch)
    await save(fork().set(kept)).catch(error => {
      unsaved.push(error)
      throw error
    })
  }
  const context = new CallContext(call, change.now, signal, physicalId => keep({ physicalId }))
  const step = async (): Promise<Progress> => {
    await call.before?.()
    return call.step === undefined
      ? progressOf(call, context, cursor === null ? undefined : cursor)
      : call.step({ cursor: stored => keep({ cursor: stored }), stack: physicalId => note({ physicalId }) }, signal)
  }
  try {
    const progress = await (call.after === undefined ? step() : heeding(step(), signal, call.after))
    if (unsaved.length > 0) throw unsaved[0]
    if (progress.kind === 'again') {
      if (signal.aborted) return fail(change, action, abortText(action, signal))
      const { wake } = progress
      change.set({ cursor: progress.cursor })
      if ('afterMs' in wake) return { end: { kind: 'again', afterMs: wake.afterMs }, change }
      if (wake.on === 'signal') change.awaits(call.required?.() ?? [])
      // How long it is until then is all that is handed on: another clock than the one that gave the moment may be wrong.
      const afterMs = Math.max(0, wake.deadline.getTime() - call.now())
      return { end: { kind: 'parked', signals: incarnation.signals, afterMs }, change }
    }
    return await finish(withoutTelling(progress, call.secrets), change)
  } catch (error) {
    if (unsaved.length > 0) throw unsaved[0]
    if (isPassing(error)) throw error
    if (error instanceof Unheeded) {
      const told = { stack: call.task.operation.stack.id, resource: incarnation.id, type: incarnation.declaredType }
      log.warn(told, `The ${call.member} of resource ${incarnation.name}: ${error.message}`)
    }
    return fail(
      change,
      action,
      signal.aborted ? abortText(action, signal) : failureReason(error, incarnation.name, log, call.secrets),
    )
  } finally {
    over = true
  }
}

/** Why it is to be replaced is a reason, too. */
const withoutTelling = <Ended extends Exclude<Progress, { kind: 'again' }>>(
  ended: Ended,
  secrets: SecretTexts,
): Ended => (ended.kind === 'replace' ? { ...ended, because: withoutSecrets(ended.because, secrets()) } : ended)

/**
 * What a step is told. A class: an object with accessors of its own costs more than all else that a step without effects
 * does.
 */
class CallContext implements StepContext {
  readonly stack: StepContext['stack']
  readonly resource: StepContext['resource']
  readonly properties: StepContext['properties']
  readonly previous: StepContext['previous']
  readonly changed: StepContext['changed']
  physicalId: string | null
  readonly data: StepContext['data']
  readonly received: StepContext['received']
  readonly metadata: StepContext['metadata']
  readonly updatePolicy: StepContext['updatePolicy']
  readonly idempotencyKey: string
  readonly signal: AbortSignal
  readonly now: () => number
  readonly isOver: () => Promise<boolean>
  readonly setPhysicalId: (id: string) => Promise<void>

  constructor(
    private readonly call: Call,
    { physicalId, properties, data, metadata }: Readonly<State>,
    signal: AbortSignal,
    keepPhysicalId: (id: string) => Promise<void>,
  ) {
    const { task, incarnation } = call
    const { id: stackId, name: stack, project } = task.operation.stack
    const { id, name, declaredType: type, received } = incarnation
    this.stack = { id: stackId, name: stack, project }
    this.resource = { id, name, type, physicalName: physicalName(stack, name, id) }
    this.properties = call.properties
    this.previous = call.member === 'create' ? {} : properties
    this.changed = call.changed
    this.physicalId = physicalId
    this.data = data
    this.received = received
    this.metadata = metadata
    this.updatePolicy = call.updatePolicy ?? {}
    this.idempotencyKey = call.idempotencyKey
    this.signal = signal
    this.now = call.now
    this.isOver = () => call.isOver(task)
    this.setPhysicalId = given => {
      this.physicalId = given
      return keepPhysicalId(given)
    }
  }

  get required(): StepContext['required'] {
    return this.call.required?.() ?? []
  }

  get signalUrl(): StepContext['signalUrl'] {
    return this.call.signalUrl(this.call.task.operation.stack, this.call.incarnation)
  }
}

async function progressOf({ type, member }: Call, context: StepContext, cursor: Json | undefined): Promise<Progress> {
  return (await type[member]?.(context, cursor)) ?? { kind: 'done' }
}

const abortText = (action: string, signal: AbortSignal): string =>
  aborted(action, signal.reason === 'timeout' ? 'timeout' : 'cancelled')

/** The operation fails; the resource's row stays as it is. */
export const failed = (action: string, reason: string): StepResult => ({
  end: { kind: 'failed', reason: `Resource ${action} failed: ${reason}` },
})

/** The resource is FAILED; the stack's reason names the action too. */
export function fail(change: Change, action: string, reason: string): StepResult {
  change.enter(action, 'FAILED', reason).set({ cursor: null })
  return { ...failed(action, reason), change }
}
