import type { JsonMap, Prepared, Progress, ResourceType, StepResult } from '../plugin/index.js'
import type { Loaded } from './batch.js'
import { type Call, callStep } from './call.js'
import type { Change } from './rows/change.js'
import type { ChildTask, Kept } from './children.js'
import type { LifecycleParts } from './lifecycle.js'
import { secretTexts } from './secrets/secret-texts.js'

/** One step that calls its resource type, or asks for something of the stack inside. */
export interface StepInput {
  readonly loaded: Loaded
  readonly parts: Pick<LifecycleParts, 'now' | 'after' | 'log' | 'signalUrl' | 'isOver'>
  readonly type: ResourceType
  readonly member: Call['member']
  readonly action: string
  /** What the row says once the step has begun. */
  readonly begin: Change
  /** What the idempotency key says besides the incarnation; absent: the member. */
  readonly key?: string
  /** Absent: as they are stored. */
  readonly properties?: JsonMap
  readonly changed?: readonly string[]
  /** Absent: it is neither created nor updated. */
  readonly updatePolicy?: Call['updatePolicy']
  readonly required?: Call['required']
  /** Asked instead of the type. */
  readonly inside?: ((child: ChildTask, keep: Kept) => Promise<Progress>) | undefined
  /** See `Call`. */
  readonly before?: Call['before']
  /** Others must know of it before it begins, whatever the type says. */
  readonly claimed?: boolean
  /** What `done` and `replace` mean for the row. */
  readonly finish: (progress: Exclude<Progress, { kind: 'again' }>, change: Change) => StepResult | Promise<StepResult>
}

/**
 * The step, ready to run. One without outside effects is written once: both its states and events together. Any other one
 * begins first, unless it was under way already.
 */
export function prepareStep(input: StepInput): Prepared {
  const { loaded, parts, type, member, action, begin, inside, before, updatePolicy, required, finish } = input
  const { task, incarnation } = loaded
  const { key = member, properties = incarnation.properties, changed = [], claimed = false } = input
  const effectless = inside === undefined && !claimed && (type.effectless === true || type[member] === undefined)
  const call: Call = {
    task,
    type,
    before,
    step: inside === undefined ? undefined : (keep, signal) => inside({ task, resource: incarnation, signal }, keep),
    member,
    action,
    idempotencyKey: `${incarnation.id}:${key}`,
    properties,
    changed,
    updatePolicy,
    incarnation,
    required,
    now: parts.now,
    after: effectless ? undefined : parts.after,
    log: parts.log,
    secrets: () => [
      ...loaded.definition.parameters.secretTexts(),
      ...secretTexts(type.properties, incarnation.properties, incarnation.hidden),
      ...secretTexts(type.properties, properties, begin.now.hidden),
    ],
    signalUrl: parts.signalUrl,
    isOver: parts.isOver,
  }
  const fork = begin.forks()
  const resumed = incarnation.action === action && incarnation.status === 'IN_PROGRESS'
  return {
    task,
    effectless,
    ...(effectless || resumed ? {} : { begin }),
    run: (signal, save) => callStep(call, effectless ? begin : fork(), signal, save, fork, finish),
  }
}

/** A step that only writes. */
export const instant = (task: Prepared['task'], result: () => StepResult): Prepared => ({
  task,
  effectless: true,
  run: async () => result(),
})
