import { isPassing, type Queryable, resources, type ResourceRow } from '@hearth/db'
import * as errors from '../errors.js'
import { type Logger, type MaybeUnknown, NoSuchAttribute, ResourceFailure } from '../plugin/index.js'
import { type Incarnation, incarnationOf, untouched } from './incarnation.js'
import { attributesInside, liveAttributes } from './live-attributes.js'
import { findInside } from './live-inside.js'
import { attributeOf, isSecretAttribute, isSecretReference, type Live, referenceOf } from './scope.js'
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
  readonly log: Logger
}

/**
 * Reads all the live attributes that are asked for at once. One of which its type says that it cannot be read is null, as
 * Heat answers; another error is kept for whoever asks for that one.
 * @throws what Hearth's own database throws while it is away.
 */
export async function readLive(asked: readonly Asked[], parts: LiveParts): Promise<Live> {
  const wanted = new Map<string, Named>()
  for (const { incarnation, attribute } of asked) {
    if (incarnation === undefined || untouched(incarnation)) continue
    for (const name of liveAttributes(incarnation, attribute, parts.types)) {
      wanted.set(keyOf(incarnation, name), { incarnation, name })
    }
  }
  const isInside = ({ incarnation, name }: Named): boolean => attributesInside(incarnation, name).length > 0
  const all = [...wanted.values()].filter(one => !isInside(one))
  const required = await requiredOf(
    all.map(({ incarnation }) => incarnation),
    parts,
  )
  const values = new Map<string, Read>()
  await Promise.all(
    all.map(async ({ incarnation, name }) => {
      values.set(keyOf(incarnation, name), await readOne({ incarnation, name }, required, parts))
    }),
  )
  const secret = new Set<string>()
  for (const one of await readInside([...wanted.values()].filter(isInside), parts)) {
    values.set(one.key, one.read)
    if (one.secret) secret.add(one.key)
  }
  const live = (incarnation: Incarnation, attribute: string): MaybeUnknown =>
    values.get(keyOf(incarnation, attribute))?.() ?? null
  return Object.assign(live, {
    isSecret: (incarnation: Incarnation, attribute: string) => secret.has(keyOf(incarnation, attribute)),
  })
}

/** The value that was read, or the error. */
type Read = () => MaybeUnknown

interface Named {
  readonly incarnation: Incarnation
  readonly name: string
}

interface ReadInside {
  readonly key: string
  readonly read: Read
  /** Nobody is to see it. */
  readonly secret: boolean
}

/** Of resources in stacks inside; what is live there is read, too, at whatever depth. */
async function readInside(asked: readonly Named[], parts: LiveParts): Promise<ReadInside[]> {
  const found = await findInside(asked, parts.on, parts.secrets)
  if (found.length === 0) return []
  const every = (name: string | undefined): string | undefined => (name === '*' ? undefined : name)
  const live = await readLive(
    found.map(({ incarnation, attribute }) => ({ incarnation, attribute: every(attribute) })),
    parts,
  )
  return found.map(({ of, incarnation, attribute }) => {
    const { types } = parts
    const key = keyOf(of.incarnation, of.name)
    if (attribute === undefined) {
      return { key, read: () => referenceOf(incarnation, types), secret: isSecretReference(incarnation, types) }
    }
    const wanted = every(attribute)
    const read = (): MaybeUnknown => attributeOf(incarnation, wanted, types, live)
    // Of a template it is what stands in there, at whatever depth, that says so.
    const deeper = wanted !== undefined && live.isSecret?.(incarnation, wanted) === true
    return { key, read, secret: deeper || isSecretAttribute(incarnation, wanted, types) }
  })
}

async function readOne(
  { incarnation, name: attribute }: Named,
  required: (incarnation: Incarnation) => readonly Incarnation[],
  { types, log }: LiveParts,
): Promise<Read> {
  const { name, declaredType } = incarnation
  try {
    const value = (await types.find(incarnation.type)?.read?.(incarnation, attribute, required(incarnation))) ?? null
    return () => value
  } catch (error) {
    // It would be the same for all that is asked for here, and later it is not.
    if (isPassing(error)) throw error
    if (NoSuchAttribute.is(error)) {
      return () => {
        throw errors.invalidTemplateAttribute(name, attribute)
      }
    }
    if (ResourceFailure.is(error)) return () => null
    log.error(
      { err: error, resource: incarnation.id },
      `The attribute ${attribute} of a ${declaredType} cannot be read`,
    )
    const why = error instanceof Error ? error.message : String(error)
    return () => {
      throw errors.attributeUnreadable(name, attribute, why)
    }
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
  const found = new Map(rows.map(row => [row.id, row]))
  const waiting = new Set(asking.map(({ id }) => id))
  const rowsOf = ({ id, requires }: Incarnation): ResourceRow[] =>
    waiting.has(id) ? (requires ?? []).flatMap(one => found.get(one) ?? []) : []
  return incarnation => rowsOf(incarnation).map(row => incarnationOf(row, secrets))
}
