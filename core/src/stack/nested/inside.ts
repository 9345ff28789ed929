import type { Queryable, StackRow } from '@hearth/db'
import type { ChildInside } from '../../plugin/index.js'
import { currentResources } from '../read/current.js'
import { refOf } from '../records.js'
import type { StackServices } from '../services.js'

/** A nested stack as the type of its resource gets to see it: one query, and its definition where that is not cached. */
export async function lookInside(
  { db, definitions, secrets }: Pick<StackServices, 'definitions' | 'secrets'> & { readonly db: Queryable },
  stack: StackRow,
): Promise<ChildInside> {
  const { templateJson } = await definitions.ofTemplate(stack.templateId, refOf(stack), db)
  const all = await currentResources(db, secrets, stack)
  return {
    template: templateJson,
    resources: new Map(
      all.map(({ row: { name, action, status, createdAt } }) => [
        name,
        { action, status, createdAt: createdAt.getTime() },
      ]),
    ),
  }
}
