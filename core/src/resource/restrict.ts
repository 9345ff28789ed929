import type { RestrictedAction } from '../template/index.js'
import type { Alternative, Decision } from './decide.js'

/**
 * What becomes of a decision where the environment restricts what an update may do with a resource: if it could come to
 * nothing else, nothing is done, and the update fails. Pure.
 */
export function restrict(decision: Decision, restricted: readonly RestrictedAction[]): Decision {
  if (restricted.length === 0 || (decision.do !== 'update' && decision.do !== 'replace')) return decision
  const is = (one: Alternative): boolean => restricted.some(action => action === one)
  // Only an update that may be made finds that it replaces.
  const or = decision.do === 'update' ? decision.or.filter(one => one !== 'replace') : decision.or
  return [decision.do, ...or].every(is) ? { do: 'restrict', action: decision.do } : decision
}
