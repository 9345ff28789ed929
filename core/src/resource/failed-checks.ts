import { type Queryable, resources } from '@hearth/db'
import { byName, chooseIncarnation } from '../plan/choose.js'
import type { PlanOperation } from '../plugin/index.js'
import type { StackDefinition } from '../template/index.js'
import { type Incarnation, incarnationOf } from './rows/incarnation.js'
import type { Secrets } from './secrets/secrets.js'

/** What the checks of some stacks have found so far, as the rows say it. */
export type FailedChecks = (operation: Pick<PlanOperation, 'stack' | 'template' | 'previous'>) => readonly Incarnation[]

/** One query, for all stacks of a batch. */
export async function readFailedChecks(
  on: Queryable,
  secrets: Secrets,
  stackIds: readonly string[],
): Promise<FailedChecks> {
  const rows = stackIds.length === 0 ? [] : await resources.ofFailedChecks(on, stackIds)
  return ({ stack, template, previous }) => {
    const own = rows.filter(({ stackId }) => stackId === stack.id).map(row => incarnationOf(row, secrets))
    return [...byName(own).values()].flatMap(same => {
      const chosen = chooseIncarnation(same, template, previous)
      return chosen?.action === 'CHECK' && chosen.status === 'FAILED' ? chosen : []
    })
  }
}

/** The resources that depend on one of these, directly or not: they are not checked. */
export function behind(definition: StackDefinition, failed: readonly { readonly name: string }[]): ReadonlySet<string> {
  const found = new Set<string>()
  if (failed.length === 0) return found
  const names = new Set(failed.map(({ name }) => name))
  for (const name of definition.inOrder()) {
    const requires = definition.resources.get(name)?.requires ?? []
    if (requires.some(required => names.has(required) || found.has(required))) found.add(name)
  }
  return found
}
