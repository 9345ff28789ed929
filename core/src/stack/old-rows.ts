import { Unknown } from '../plugin/schema.js'
import { byName } from '../plan/choose.js'
import { type Incarnation, isOld } from '../resource/rows/incarnation.js'
import { scopeOf } from '../resource/attributes/scope.js'
import { NotedSecrecy } from '../resource/secrets/secrecy.js'
import type { Secrets } from '../resource/secrets/secrets.js'
import type { TypeRegistry } from '../resource/types.js'
import { resolveWanted } from '../resource/wanted.js'
import type { StackDefinition } from '../template/index.js'

/** What a row from before the engine's flag lacks. */
export interface OldRow {
  readonly id: string
  readonly requires: string[]
  readonly templateId: string | null
  readonly definitionDigest: string | null
  readonly deletionPolicy: string
}

/** Derives what rows from before the flag lack from the template that made them. Pure. */
export function completeOldRows(
  existing: readonly Incarnation[],
  definition: StackDefinition,
  template: string,
  { types, secrets }: { readonly types: TypeRegistry; readonly secrets: Pick<Secrets, 'digestOf'> },
): { existing: Incarnation[]; completed: OldRow[] } {
  const names = byName(existing)
  const scope = scopeOf({
    find: name => names.get(name)?.[0],
    types,
    secrecy: new NotedSecrecy(secrets),
    missing: name => name,
    live: (incarnation, attribute) => new Unknown(`${incarnation.name}.${attribute} is not stored`),
  })
  const completed: OldRow[] = []
  const all = existing.map(incarnation => {
    if (!isOld(incarnation)) return incarnation
    const resource = definition.resources.get(incarnation.name)
    const row: OldRow = {
      id: incarnation.id,
      requires: (resource?.requires ?? []).flatMap(name => (names.get(name) ?? []).map(({ id }) => id)),
      templateId: incarnation.status === 'COMPLETE' ? template : null,
      definitionDigest: digestAsMade(incarnation, definition, scope),
      deletionPolicy: resource?.deletionPolicy ?? 'Delete',
    }
    completed.push(row)
    return {
      ...incarnation,
      requires: row.requires,
      template: row.templateId,
      digest: row.definitionDigest,
      deletionPolicy: row.deletionPolicy,
    }
  })
  return { existing: all, completed }
}

/** Null if it cannot be told: the next update then visits the resource, which does no harm. */
function digestAsMade(
  incarnation: Incarnation,
  definition: StackDefinition,
  scope: ReturnType<typeof scopeOf>,
): string | null {
  const resource = definition.resources.get(incarnation.name)
  const type = definition.typeOf(incarnation.name)
  if (resource === undefined || type === undefined || type.name !== incarnation.type) return null
  try {
    return resolveWanted(resource, type, scope, 'Properties').digest ?? null
  } catch {
    return null
  }
}
