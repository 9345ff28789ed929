import type { StackRow } from '@hearth/db'
import type { ChildInside } from '../../plugin/index.js'
import type { StackDefinition } from '../../template/index.js'
import { type Current, currentResources } from '../read/current.js'
import { refOf } from '../records.js'
import type { StackServices } from '../services.js'

/** A nested stack as the type of its resource gets to see it: one query, and its definition where that is not cached. */
export async function lookInside({ db, definitions, secrets }: StackServices, stack: StackRow): Promise<ChildInside> {
  const definition = await definitions.ofTemplate(stack.templateId, refOf(stack), db)
  return insideAs(definition, await currentResources(db, secrets, stack))
}

/** The same, of what was read. */
export const insideAs = ({ templateJson }: StackDefinition, all: readonly Current[]): ChildInside => ({
  template: templateJson,
  resources: new Map(
    all.map(({ row: { name, action, status, createdAt } }) => [
      name,
      { action, status, createdAt: createdAt.getTime() },
    ]),
  ),
})
