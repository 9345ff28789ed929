import { type ResourceRow, resources, type TreeMember, trees } from '@hearth/db'
import { incarnationOf } from '../../resource/rows/incarnation.js'
import { completeOldRows, type OldRow } from '../old-rows.js'
import type { MigrationParts } from './parts.js'

/** What the rows of a stack from before the flag lack, or why that cannot be told. */
export interface Fill {
  /** Of the stack then: another operation may have changed the rows since. */
  readonly revision: number
  readonly rows: readonly OldRow[] | { readonly unreadable: string }
}

/**
 * Derives what the rows of these trees lack, by stack id, outside of any lock: with one statement if no row is old, else
 * with four, however many trees.
 */
export async function fillsOf(
  roots: readonly string[],
  { db, definitions, types, secrets }: MigrationParts,
): Promise<Map<string, Fill>> {
  const stacks = await trees.old(db, roots)
  const fills = new Map<string, Fill>()
  if (stacks.length === 0) return fills
  const rows = new Map<string, ResourceRow[]>(stacks.map(({ id }) => [id, []]))
  for (const row of await resources.ofStacks(db, [...rows.keys()])) rows.get(row.stackId)?.push(row)
  const unreadable = new Map<string, unknown>()
  const known = await definitions.ofTemplates(
    stacks.map(stack => ({ template: stack.templateId, stack })),
    db,
    unreadable,
  )
  const fill = (stack: TreeMember): Fill['rows'] => {
    const definition = known.get(stack.templateId)
    if (definition === undefined) {
      const error = unreadable.get(stack.templateId) ?? new Error('it is gone')
      return { unreadable: `the template of ${stack.name} cannot be read: ${(error as Error).message}` }
    }
    try {
      const existing = (rows.get(stack.id) ?? []).map(row => incarnationOf(row, secrets))
      return completeOldRows(existing, definition, stack.templateId, { types, secrets }).completed
    } catch (error) {
      return { unreadable: `the resources of ${stack.name} cannot be read: ${(error as Error).message}` }
    }
  }
  for (const stack of stacks) fills.set(stack.id, { revision: stack.revision, rows: fill(stack) })
  return fills
}
