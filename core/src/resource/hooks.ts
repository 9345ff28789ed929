import type { Json, Prepared, StackRef, StepResult } from '../plugin/index.js'
import type { HookPoint } from '../template/index.js'
import type { Loaded } from './batch.js'
import { Change } from './rows/change.js'
import { type Incarnation, untouched } from './rows/incarnation.js'
import { instant } from './step.js'

/**
 * A resource that is at a hook keeps its state. Its row names the hook until a signal clears it, and its cursor which one it
 * was: another operation stops there again.
 */
interface Stop {
  readonly hook: string
  readonly operation: string
}

/** Stops a step before it begins, or after it has ended, where the environment says so. `prepare` knows no hooks. */
export function withHooks(loaded: Loaded, prepare: (loaded: Loaded) => Prepared): Prepared {
  const { task, incarnation } = loaded
  const { pre, post } = hooksOf(loaded)
  const stop = stopOf(incarnation.cursor)
  if (pre === undefined && post === undefined && stop === undefined) return prepare(loaded)

  const { stack, id, timeoutSeconds } = task.operation
  const passed = stop?.operation === id ? stop.hook : undefined
  const instantly = (result: () => StepResult): Prepared => instant(task, result)
  const wait = (change?: Change): StepResult => ({
    end: {
      kind: 'parked',
      signals: incarnation.signals,
      afterMs: timeoutSeconds * 1000,
      idle: true,
    },
    ...(change === undefined ? {} : { change }),
  })
  const pause = (change: Change, hook: HookPoint): StepResult => {
    const { action, status } = change.now
    const reason = `${actionOf(hook)} paused until Hook ${hook} is cleared`
    return wait(change.report(action, status, reason).set({ hook, cursor: { hook, operation: id } }))
  }

  if (passed !== undefined && incarnation.hook === passed) return instantly(wait)
  const resumed = stop === undefined ? loaded : { ...loaded, incarnation: { ...incarnation, cursor: null, hook: null } }
  const start = (): Change => new Change(resumed.incarnation, stack)
  if (pre !== undefined && passed === undefined && incarnation.status !== 'IN_PROGRESS') {
    return instantly(() => pause(start(), pre))
  }
  if (passed !== undefined && passed === post) {
    const over = start().set({})
    return instantly(() => ({ end: { kind: 'done' }, change: passed === 'post-delete' ? over.remove() : over }))
  }
  if (stop === undefined && post === undefined) return prepare(loaded)
  const inner = prepare(resumed)
  return {
    ...inner,
    async run(signal, save) {
      const result = await inner.run(signal, save)
      // The row must not keep the cursor of a hook that has been passed.
      const change = ((result.change as Change | undefined) ?? (stop === undefined ? undefined : start()))?.set({})
      if (post !== undefined && result.end.kind === 'done' && change?.reports(actionOf(post), 'COMPLETE')) {
        return pause(change.keep(), post)
      }
      return change === undefined ? result : { ...result, change }
    },
  }
}

/** Of a resource whose pause is over, since its operation is. */
export function leave(incarnation: Incarnation, stack: StackRef): Change {
  const { action, status } = incarnation
  const change = new Change(incarnation, stack)
    .report(action, status, 'Failure occurred while waiting.')
    .set({ hook: null, cursor: null })
  // All that it waited for was to be let go.
  return action === 'DELETE' && status === 'COMPLETE' ? change.remove() : change
}

const actionOf = (hook: string): string => hook.slice(hook.indexOf('-') + 1).toUpperCase()

function stopOf(cursor: Json): Stop | undefined {
  const stop = cursor as unknown as Partial<Stop> | null
  return typeof stop?.hook === 'string' && typeof stop.operation === 'string' ? (stop as Stop) : undefined
}

/** Creates and deletes stop only in those of their stack; an update stops for whatever it visits that is there. */
function hooksOf({ task, incarnation, definition }: Loaded): { pre?: HookPoint; post?: HookPoint } {
  const { step, operation } = task
  const stops =
    step === 'converge'
      ? operation.action === 'CREATE' || (operation.action === 'UPDATE' && !untouched(incarnation))
      : step === 'cleanup' && operation.action === 'DELETE' && !untouched(incarnation)
  if (!stops) return {}
  const given = definition.registry.hooksOf(incarnation.name)
  const at = (when: 'pre' | 'post') => given.find(hook => hook === `${when}-${operation.action.toLowerCase()}`)
  const [pre, post] = [at('pre'), at('post')]
  return { ...(pre === undefined ? {} : { pre }), ...(post === undefined ? {} : { post }) }
}
