import { inTurns, type Pieces } from '../pieces.js'
import type { NamedChecks } from '../resource/properties/named-constraints.js'
import { Allowance } from './functions/allowance.js'
import type { Language } from './language.js'

/** What work is given that checks values. */
export interface Checking {
  readonly checks: NamedChecks
  /** What its functions may use, however often it is done. */
  readonly allowance: Allowance
}

/**
 * Does the work in turns, and again with the answers of constraints that it asked for; its functions have one allowance for
 * all of that. @param work has no effects. @param whose the project that it is done for.
 */
export function checked<Result>(
  { constraints, steps }: Pick<Language, 'constraints' | 'steps'>,
  work: (given: Checking) => Pieces<Result>,
  whose?: string,
): Promise<Result> {
  const allowance = new Allowance(steps)
  return constraints.answered(
    checks => inTurns(work({ checks, allowance }), whose),
    () => allowance.exhausted,
  )
}
