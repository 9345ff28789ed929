import type { Plan } from '../plugin/index.js'
import type { Alternative, Decision } from '../resource/decide.js'
import type { Incarnation } from '../resource/rows/incarnation.js'
import type { Foreseen } from './decisions.js'

export type ChangeKind = 'unchanged' | 'updated' | 'replaced' | 'added' | 'deleted'

/** What a plan will do with one name, as far as it can be said before it runs. */
export interface ForeseenChange {
  readonly kind: ChangeKind
  /** What it may be instead: it depends on values that are not known yet, or on what the type answers. */
  readonly may: readonly ChangeKind[]
  readonly name: string
  readonly type: string
  /** Absent for what is deleted. */
  readonly foreseen?: Foreseen
  /** The row that is there now. */
  readonly incarnation?: Incarnation
  /** Why the update will fail here. */
  readonly refused?: string
}

/**
 * Reads a plan as changes, one a name: what has no node is unchanged, what has one becomes what was foreseen for it, and
 * a row whose name is not wanted any more is deleted.
 */
export function foreseenChanges(
  { nodes }: Pick<Plan, 'nodes'>,
  foreseen: ReadonlyMap<string, Foreseen>,
  existing: readonly Incarnation[],
): ForeseenChange[] {
  const visited = new Set(nodes.flatMap(({ name, step }) => (step === 'converge' ? [name] : [])))
  const changes: ForeseenChange[] = []
  for (const [name, one] of foreseen) {
    const { decision, resolved, incarnation, perhaps } = one
    changes.push({
      kind: visited.has(name) ? kindOf(decision) : 'unchanged',
      may: [
        ...('or' in decision ? decision.or.map(alternative => kinds[alternative]) : []),
        ...(perhaps ? [incarnation === undefined ? ('unchanged' as const) : ('deleted' as const)] : []),
      ],
      name,
      type: resolved.declaredType,
      foreseen: one,
      ...(incarnation === undefined ? {} : { incarnation }),
      ...refusedBy(decision, name),
    })
  }
  const gone = new Map(existing.filter(({ name }) => !foreseen.has(name)).map(one => [one.name, one]))
  for (const [name, incarnation] of gone) {
    changes.push({ kind: 'deleted', may: [], name, type: incarnation.declaredType, incarnation })
  }
  return changes
}

function refusedBy(decision: Decision, name: string): Pick<ForeseenChange, 'refused'> {
  if (decision.do === 'refuse') return { refused: decision.message }
  if (decision.do !== 'restrict') return {}
  return { refused: `The ${decision.action} of ${name}, which the environment restricts, is not supported.` }
}

const kinds: Readonly<Record<Alternative, ChangeKind>> = {
  nothing: 'unchanged',
  update: 'updated',
  replace: 'replaced',
}

function kindOf(decision: Decision): ChangeKind {
  switch (decision.do) {
    case 'create':
    case 'adopt':
      return 'added'
    case 'replace':
      return 'replaced'
    case 'update':
    case 'refuse':
      return 'updated'
    case 'restrict':
      return kinds[decision.action]
    case 'nothing':
    case 'check':
    case 'recover':
      return 'unchanged'
  }
}
