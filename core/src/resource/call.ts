import { isPassing } from '@hearth/db'
import type {
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
import type { Change, State } from './change.js'
import { aborted, failureReason } from './failure.js'
import type { Incarnation } from './incarnation.js'
import type { LifecycleParts } from './lifecycle.js'
import { physicalName } from './physical-name.js'

/** One call of one member of a resource type. */
export interface Call {
  readonly task: Task
  readonly type: ResourceType
  /** Called first: refuses properties by what it throws. */
  readonly before?: () => Promise<void>
  /** Called instead of the member. @param keep stores a cursor, durably, before it resolves. */
  readonly step?: (keep: (cursor: Json) => Promise<void>) => Promise<Progress>
  readonly member: 'create' | 'update' | 'adopt' | 'delete' | 'snapshotDelete' | VisitStep
  readonly action: string
  readonly idempotencyKey: string
  readonly properties: StepContext['properties']
  readonly changed: readonly string[]
  /** Absent: it is neither created nor updated. */
  readonly updatePolicy?: StepContext['updatePolicy']
  /** As it was loaded: a signal that comes after that wakes the step. */
  readonly incarnation: Incarnation
  /** What it depends on; absent: nothing that the member asks for. */
  readonly required?: () => Incarnation[]
  readonly now: () => number
  readonly signalUrl: LifecycleParts['signalUrl']
  readonly isOver: (task: Task) => Promise<boolean>
  readonly log: Logger
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
  const { task, action, incarnation, log } = call
  const { id, name, declaredType } = incarnation
  const { properties: previous, data, metadata, cursor } = change.now
  const unsaved: unknown[] = []
  const keep = async (patch: Partial<State>): Promise<void> => {
    change.set(patch)
    await save(fork().set(patch)).catch(error => {
      unsaved.push(error)
      throw error
    })
  }
  const context: StepContext = {
    stack: { id: task.operation.stack.id, name: task.operation.stack.name, project: task.operation.stack.project },
    resource: { id, name, type: declaredType, physicalName: physicalName(task.operation.stack.name, name, id) },
    properties: call.properties,
    previous: call.member === 'create' ? {} : previous,
    changed: call.changed,
    get physicalId() {
      return change.now.physicalId
    },
    data,
    received: incarnation.received,
    metadata,
    get required() {
      return call.required?.() ?? []
    },
    get signalUrl() {
      return call.signalUrl(task.operation.stack, incarnation)
    },
    updatePolicy: call.updatePolicy ?? {},
    idempotencyKey: call.idempotencyKey,
    signal,
    now: call.now,
    isOver: () => call.isOver(task),
    setPhysicalId: physicalId => keep({ physicalId }),
  }
  try {
    await call.before?.()
    const progress =
      call.step === undefined
        ? await progressOf(call, context, cursor === null ? undefined : cursor)
        : await call.step(stored => keep({ cursor: stored }))
    if (unsaved.length > 0) throw unsaved[0]
    if (progress.kind === 'again') {
      if (signal.aborted) return fail(change, action, abortText(action, signal))
      const { wake } = progress
      change.set({ cursor: progress.cursor })
      if ('afterMs' in wake) return { end: { kind: 'again', afterMs: wake.afterMs }, change }
      if (wake.on === 'signal') change.awaits(call.required?.() ?? [])
      return { end: { kind: 'parked', signals: incarnation.signals, deadline: wake.deadline }, change }
    }
    return await finish(progress, change)
  } catch (error) {
    if (unsaved.length > 0) throw unsaved[0]
    if (isPassing(error)) throw error
    return fail(change, action, signal.aborted ? abortText(action, signal) : failureReason(error, name, log))
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
