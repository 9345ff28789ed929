import { type Queryable, resources } from '@hearth/db'
import type { AttributeSchema, AttributeSchemas, MaybeUnknown } from '../plugin/index.js'
import { type Incarnation, incarnationOf, untouched } from './incarnation.js'
import type { ScopeInput } from './scope.js'
import type { Secrets } from './secrets.js'
import type { TypeRegistry } from './types.js'

/** What somebody wants to read. */
export interface Asked {
  /** Undefined: there is none yet. */
  readonly incarnation: Incarnation | undefined
  /** Undefined: all of them. */
  readonly attribute: string | undefined
}

interface LiveParts {
  readonly on: Queryable
  readonly types: TypeRegistry
  readonly secrets: Secrets
}

/** Reads all the live attributes that are asked for at once; what cannot be read is null, as Heat answers. */
export async function readLive(asked: readonly Asked[], parts: LiveParts): Promise<NonNullable<ScopeInput['live']>> {
  const wanted = new Map<string, { readonly incarnation: Incarnation; readonly name: string }>()
  for (const { incarnation, attribute } of asked) {
    if (incarnation === undefined || untouched(incarnation)) continue
    for (const name of liveAttributes(incarnation, attribute, parts.types)) {
      wanted.set(keyOf(incarnation, name), { incarnation, name })
    }
  }
  const all = [...wanted.values()]
  const required = await requiredOf(
    all.map(({ incarnation }) => incarnation),
    parts,
  )
  const values = new Map<string, MaybeUnknown>()
  await Promise.all(
    all.map(async ({ incarnation, name }) => {
      values.set(keyOf(incarnation, name), await readOne(incarnation, name, required(incarnation), parts.types))
    }),
  )
  return (incarnation, attribute) => values.get(keyOf(incarnation, attribute)) ?? null
}

async function readOne(
  incarnation: Incarnation,
  attribute: string,
  required: readonly Incarnation[],
  types: TypeRegistry,
): Promise<MaybeUnknown> {
  try {
    return (await types.find(incarnation.type)?.read?.(incarnation, attribute, required)) ?? null
  } catch {
    return null
  }
}

const keyOf = ({ id }: Pick<Incarnation, 'id'>, attribute: string): string => `${id} ${attribute}`

/** What those depend on whose type asks for it: one query for all. */
async function requiredOf(
  incarnations: readonly Incarnation[],
  { on, types, secrets }: LiveParts,
): Promise<(incarnation: Incarnation) => readonly Incarnation[]> {
  const asking = incarnations.filter(({ type }) => types.find(type)?.readsRequired === true)
  const ids = new Set(asking.flatMap(({ requires }) => requires ?? []))
  const rows = ids.size === 0 ? [] : await resources.byIds(on, [...ids])
  const found = new Map(rows.map(row => [row.id, incarnationOf(row, secrets)]))
  const waiting = new Set(asking.map(({ id }) => id))
  return ({ id, requires }) => (waiting.has(id) ? (requires ?? []).flatMap(one => found.get(one) ?? []) : [])
}

/** That of the name itself, else of `*`, any other name. */
export const attributeSchema = (schemas: AttributeSchemas, name: string): AttributeSchema | undefined =>
  Object.hasOwn(schemas, name) ? schemas[name] : schemas['*']

/** Names of the live attributes that reading `attribute` (undefined: all of them) touches. */
export function liveAttributes(
  { type }: Pick<Incarnation, 'type'>,
  attribute: string | undefined,
  types: TypeRegistry,
): string[] {
  const schemas = types.find(type)?.attributes
  if (schemas === undefined || schemas === 'any') return []
  const asked = attribute === undefined ? Object.keys(schemas) : [attribute]
  return asked.filter(name => attributeSchema(schemas, name)?.live === true)
}
