import type { VisitStep } from '../plugin/index.js'
import { type Begun, type Incarnation, unadopted, untouched } from './rows/incarnation.js'

/** What a visit does with one resource. */
export type VisitDecision =
  | { readonly do: 'nothing' }
  | { readonly do: 'call' }
  /** Its state is COMPLETE, without a call. */
  | { readonly do: 'pass'; readonly reason: string }
  /** Its state is FAILED. */
  | { readonly do: 'fail'; readonly reason: string }
  /** The operation fails; the resource stays as it is. */
  | { readonly do: 'refuse'; readonly reason: string }

type Stands = Begun & Pick<Incarnation, 'name' | 'type' | 'action' | 'status' | 'physicalId' | 'externalId'>

interface Circumstances {
  /** Its type has something to say to this visit. */
  readonly supported: boolean
  /** It depends on a resource whose check has failed. */
  readonly behindFailure: boolean
  /** The stack is suspended, if only in part: what is not need not be resumed. */
  readonly passesOver: boolean
}

/**
 * Pure. The rules and texts are Heat's (heat/engine/resource.py, `suspend`, `resume`, `check`), but that what is FAILED
 * does not become COMPLETE without having been looked at, and that a suspend which failed half way can be resumed.
 */
export function decideVisit(
  step: VisitStep,
  was: Stands,
  { supported, behindFailure, passesOver }: Circumstances,
): VisitDecision {
  if (step === 'check') return decideCheck(was, supported, behindFailure)
  if (untouched(was)) return { do: 'nothing' }
  if (allows[step](was)) return { do: 'call' }
  return step === 'resume' && passesOver ? { do: 'nothing' } : refuse(step, was)
}

function decideCheck(was: Stands, supported: boolean, behindFailure: boolean): VisitDecision {
  if (behindFailure) return { do: 'nothing' }
  const missing = untouched(was) || unadopted(was)
  if (supported) {
    return missing
      ? { do: 'fail', reason: errorOf(was, `Can not check ${was.name}, resource not created yet.`, 'Exception') }
      : { do: 'call' }
  }
  return missing || was.status !== 'COMPLETE'
    ? { do: 'nothing' }
    : { do: 'pass', reason: `CHECK not supported for ${was.type}` }
}

const allows: Readonly<Record<Exclude<VisitStep, 'check'>, (was: Stands) => boolean>> = {
  suspend: ({ action, status }) => action === 'SUSPEND' || (status === 'COMPLETE' && action !== 'DELETE'),
  // Nobody knows how far a suspend came that failed.
  resume: ({ action }) => action === 'RESUME' || action === 'SUSPEND',
  snapshot: ({ action, status }) => action === 'SNAPSHOT' || (status === 'COMPLETE' && action !== 'DELETE'),
}

const refuse = (step: VisitStep, was: Stands): VisitDecision => ({
  do: 'refuse',
  reason: errorOf(was, `State ('${was.action}', '${was.status}') invalid for ${step}`, 'Error'),
})

const errorOf = ({ name }: Stands, message: string, type: string): string => `${type}: resources.${name}: ${message}`
