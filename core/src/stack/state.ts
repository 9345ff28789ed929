import { type OperationEnd, type StackAction, visitOf } from '../plugin/index.js'

/** Which state follows from the end of an operation. Pure; the texts are Heat's, which clients search for. */

export interface Verdict {
  readonly status: 'COMPLETE' | 'FAILED'
  readonly reason: string
  /** A rollback follows. With `directly` the failure itself leaves no trace: the user asked for the rollback. */
  readonly rollback?: 'after-failure' | 'directly'
}

const canRollBack: ReadonlySet<StackAction> = new Set(['CREATE', 'ADOPT', 'UPDATE', 'RESTORE'])

export const startedReason = (action: StackAction): string => `Stack ${action} started`

export function verdict(action: StackAction, end: OperationEnd, rollbackOnFailure: boolean): Verdict {
  const failed = (reason: string): Verdict =>
    rollbackOnFailure && canRollBack.has(action)
      ? { status: 'FAILED', reason, rollback: 'after-failure' }
      : { status: 'FAILED', reason }
  switch (end.kind) {
    case 'complete':
      return { status: 'COMPLETE', reason: `Stack ${action} completed successfully` }
    case 'failed':
      return failed(end.reason)
    case 'timeout':
      return failed('Timed out')
    case 'cancelled':
      return end.rollback && canRollBack.has(action)
        ? { status: 'FAILED', reason: `Stack ${action} cancelled`, rollback: 'directly' }
        : { status: 'FAILED', reason: `Stack ${action} cancelled` }
    case 'crashed':
      return { status: 'FAILED', reason: `Engine went down during stack ${action}` }
  }
}

/**
 * Whether a stack has reached its template by an operation that ended so. A rollback leads to the newest template that
 * was reached, past all that have failed or were superseded since. A visit neither reaches a template nor loses it.
 */
export const reaches = (action: StackAction, status: Verdict['status']): boolean =>
  status === 'COMPLETE' && visitOf(action) === undefined
