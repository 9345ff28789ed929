import { randomUUID } from 'node:crypto'
import type { ResourceType, StepResult } from '../plugin/index.js'
import type { Loaded } from './batch.js'
import type { Change } from './rows/change.js'
import { typeColumns } from './rows/incarnation.js'
import type { Resolved } from './wanted.js'

/** The node goes on with a new incarnation; the old row stays until its cleanup. */
export function replaceBy(
  change: Change,
  announce: 'short' | 'long' | undefined,
  { loaded, type, wanted }: { readonly loaded: Loaded; readonly type: ResourceType; readonly wanted: Resolved },
): StepResult {
  const { task, incarnation } = loaded
  const row = {
    id: randomUUID(),
    stackId: task.operation.stack.id,
    rootId: task.operation.stack.rootId,
    name: incarnation.name,
    ...typeColumns(wanted.declaredType, wanted.type),
    replaces: incarnation.id,
  }
  if (announce !== undefined) {
    const { id, name } = task.operation.stack
    const what =
      announce === 'short'
        ? incarnation.name
        : `${type.className} "${incarnation.name}" [${incarnation.physicalId}] Stack "${name}" [${id}]`
    change
      .enter('UPDATE', 'IN_PROGRESS')
      .enter('UPDATE', 'COMPLETE', `The Resource ${what} requires replacement.`)
      .set({ cursor: null })
  }
  return { end: { kind: 'replaced', resource: row.id }, change: change.insert(row) }
}
