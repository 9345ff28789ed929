import { type Queryable, resources, stacks } from '@hearth/db'
import type { Logger } from '../plugin/index.js'
import { withChildren } from '../resource/children.js'
import { type Incarnation, incarnationOf, isOld } from '../resource/rows/incarnation.js'
import type { Secrets } from '../resource/secrets/secrets.js'
import type { TypeRegistry } from '../resource/types.js'
import type { Definitions, NamedStack } from './definitions.js'
import { completeOldRows, type OldRow } from './old-rows.js'

/** What plans are made with. */
export interface PlanParts {
  readonly db: Queryable
  readonly definitions: Definitions
  readonly types: TypeRegistry
  readonly secrets: Secrets
  readonly log: Logger
}

export interface Existing {
  readonly existing: readonly Incarnation[]
  /** Rows from before the flag, with what they lack. */
  readonly completed: readonly OldRow[]
}

/** All live incarnations; those from before the flag are completed from the template they were made by. */
export async function existingOf(
  wanted: readonly (NamedStack & { readonly previous: string | null })[],
  parts: PlanParts,
  on: Queryable,
): Promise<Map<string, Existing>> {
  const rows = await resources.ofStacks(
    on,
    wanted.map(({ id }) => id),
  )
  const all = await withChildren(
    rows.map(row => incarnationOf(row, parts.secrets)),
    parts.types,
    on,
  )
  const own = new Map(wanted.map(({ id }): [string, Incarnation[]] => [id, []]))
  rows.forEach(({ stackId }, index) => own.get(stackId)?.push(all[index] as Incarnation))
  const found = new Map<string, Existing>()
  for (const { previous, ...stack } of wanted) {
    found.set(stack.id, await completed(stack, previous, own.get(stack.id) ?? [], parts, on))
  }
  return found
}

async function completed(
  stack: NamedStack,
  previous: string | null,
  existing: readonly Incarnation[],
  parts: PlanParts,
  on: Queryable,
): Promise<Existing> {
  if (!existing.some(isOld)) return { existing, completed: [] }
  const made = previous ?? (await stacks.find(on, stack.id))?.templateId
  if (made === undefined || made === null) return { existing, completed: [] }
  const definition = await parts.definitions.ofTemplate(made, stack, on)
  return completeOldRows(existing, definition, made, parts)
}
