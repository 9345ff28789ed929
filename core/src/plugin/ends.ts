import type { ResourceChange, StepEnd } from './services.js'
import type { EndedStep, HeldStep } from './steps.js'

/** The end of a call after which its step is called again: later, or once it is woken. */
export type WaitingEnd = Extract<StepEnd, { kind: 'again' | 'parked' }>

/** What a batch of ended calls means for the rows of their steps. */
export interface SortedEnds<Held extends HeldStep> {
  /** To be written, whatever becomes of the steps. */
  readonly changes: readonly ResourceChange[]
  /** They go on at once, each for another resource. */
  readonly moved: readonly Held[]
  readonly waiting: readonly { readonly step: Held; readonly end: WaitingEnd }[]
  readonly failed: readonly { readonly step: Held; readonly reason: string }[]
  /** Over, and not failed: what waits for them has one less to wait for. */
  readonly done: readonly Held[]
}

/**
 * Sorts a batch of calls that have ended, each of which this worker still holds.
 * @param isOver says that the operation of a step is over. Such a step replaces nothing: a newer operation decides that.
 */
export function sortEnds<Held extends HeldStep>(
  batch: readonly EndedStep<Held>[],
  isOver: (step: Held) => boolean,
): SortedEnds<Held> {
  const changes: ResourceChange[] = []
  const moved: Held[] = []
  const waiting: { step: Held; end: WaitingEnd }[] = []
  const failed: { step: Held; reason: string }[] = []
  const done: Held[] = []
  for (const { step, result } of batch) {
    const { end, change } = result
    const dropped = end.kind === 'replaced' && isOver(step)
    if (change !== undefined && !dropped) changes.push(change)
    if (dropped || end.kind === 'done') done.push(step)
    else if (end.kind === 'replaced') moved.push({ ...step, resource: end.resource })
    else if (end.kind === 'failed') failed.push({ step, reason: end.reason })
    else waiting.push({ step, end })
  }
  return { changes, moved, waiting, failed, done }
}

/** The step waits at a hook, and its resource is at rest: it ends with its operation, and nothing awaits it. */
export const isIdle = (end: StepEnd): boolean => end.kind === 'parked' && end.idle === true
