import type { Prepared, ResourceType, StepResult, VisitStep } from '../plugin/index.js'
import type { Loaded } from './batch.js'
import { fail, failed } from './call.js'
import { Change } from './rows/change.js'
import { decideVisit } from './decide-visit.js'
import { typeUnavailable } from './failure.js'
import { stillUntouched } from './rows/incarnation.js'
import { keep } from './keep.js'
import type { BatchParts } from './lifecycle.js'
import { instant, prepareStep } from './step.js'

/** Suspends, resumes, checks or snapshots a resource as it stands. */
export function prepareVisit(loaded: Loaded, parts: BatchParts): Prepared {
  const { task, incarnation, behindFailure } = loaded
  const step = task.step as VisitStep
  const { action, stack, passesOver = false } = task.operation
  const start = (): Change => new Change(incarnation, stack)
  const instantly = (result: () => StepResult): Prepared => instant(task, result)

  const type = parts.types.find(incarnation.type)
  const decision = decideVisit(step, incarnation, { supported: supports(type, step), behindFailure, passesOver })
  switch (decision.do) {
    case 'nothing':
      return instantly(() => ({ end: { kind: 'done' } }))
    case 'refuse':
      return instantly(() => failed(action, decision.reason))
    case 'fail':
      return instantly(() => finding(step, fail(start().set(stillUntouched(incarnation)), action, decision.reason)))
    case 'pass':
      return instantly(() => ({ end: { kind: 'done' }, change: start().enter(action, 'COMPLETE', decision.reason) }))
    case 'call':
  }
  // Who cannot be asked has not done it.
  if (type === undefined) return instantly(() => failed(action, typeUnavailable(incarnation)))

  const prepared = prepareStep({
    loaded,
    parts,
    type,
    member: step,
    action,
    begin: start().enter(action, 'IN_PROGRESS'),
    inside: type.children === undefined ? undefined : child => parts.children.visit(child),
    finish: async (progress, change) => {
      if (progress.kind === 'replace') {
        return fail(change, action, `Error: resources.${incarnation.name}: ${progress.because}`)
      }
      await keep(change, progress, type, parts.sizes.checkOf(loaded))
      return { end: { kind: 'done' }, change: change.enter(action, 'COMPLETE').set({ cursor: null }) }
    },
  })
  return { ...prepared, run: async (signal, save) => finding(step, await prepared.run(signal, save)) }
}

/** A stack inside goes through the action as a stack. */
export const supports = (type: ResourceType | undefined, step: VisitStep): boolean =>
  type !== undefined && (type[step] !== undefined || type.children !== undefined)

/**
 * That a check found something wrong is no failure of the operation, which goes on with everything that does not depend
 * on it: the row says what was found, and the outcome reads it there.
 */
const finding = (step: VisitStep, result: StepResult): StepResult =>
  step === 'check' && result.end.kind === 'failed' ? { ...result, end: { kind: 'done' } } : result
