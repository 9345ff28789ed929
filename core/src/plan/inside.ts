import type { ChangeKind, ForeseenChange } from './changes.js'

/** What becomes of the stack inside a resource, by what becomes of the resource. */
export interface Fate {
  /** The stack that is there stays, and is brought to what it is to be. */
  readonly inPlace: boolean
  /** It may be replaced instead. */
  readonly mayBeReplaced: boolean
  /** It may not be there in the end: it is deleted, or never made. */
  readonly mayBeGone: boolean
}

export function fateOf({ kind, may }: Pick<ForeseenChange, 'kind' | 'may'>): Fate {
  const all = [kind, ...may]
  const stays = all.includes('updated') || all.includes('unchanged')
  return {
    inPlace: kind !== 'added' && kind !== 'deleted' && stays,
    mayBeReplaced: kind !== 'added' && all.includes('replaced'),
    mayBeGone: kind !== 'deleted' && (may.includes('deleted') || (kind === 'added' && may.includes('unchanged'))),
  }
}

/** What is foreseen of a stack in place, made as uncertain as the fate of the stack is. Pure. */
export function asUncertainAs(
  { mayBeReplaced, mayBeGone }: Pick<Fate, 'mayBeReplaced' | 'mayBeGone'>,
  change: ForeseenChange,
): ForeseenChange {
  let kinds: readonly ChangeKind[] = [change.kind, ...change.may]
  const is = change.incarnation !== undefined
  // Another stack in its place has all its resources anew.
  if (mayBeReplaced && is) kinds = change.kind === 'deleted' ? kinds : ['replaced', ...kinds]
  if (mayBeGone) kinds = [...kinds, is ? 'deleted' : 'unchanged']
  const [kind = change.kind, ...may] = new Set(kinds)
  return { ...change, kind, may }
}

/** Of a stack of which cannot be told what it is to be, everything may become anything. */
export const untold = (change: ForeseenChange): ForeseenChange => ({
  ...change,
  kind: 'updated',
  may: ['unchanged', 'replaced', 'deleted'],
})
