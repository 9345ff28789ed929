import { isPassing, type Queryable, resources, type ResourceRow } from '@hearth/db'
import * as errors from '../../errors.js'
import {
  type InsideRead,
  type Json,
  type Logger,
  type MaybeUnknown,
  NoSuchAttribute,
  ResourceFailure,
} from '../../plugin/index.js'
import { type Incarnation, incarnationOf, untouched } from '../rows/incarnation.js'
import { askedText, insideRead, madeOf } from './inside-read.js'
import { liveAttributes } from './live-attributes.js'
import { findInside, type FoundInside } from './live-inside.js'
import { type Live, scopeOf } from './scope.js'
import { NotedSecrecy } from '../secrets/secrecy.js'
import type { Secrets } from '../secrets/secrets.js'
import type { TypeRegistry } from '../types.js'

/** What somebody wants to read. */
export interface Asked {
  /** Undefined: there is none yet. */
  readonly incarnation: Incarnation | undefined
  /** Undefined: all of them. */
  readonly attribute: string | undefined
  /** Into it, as far as that is known. Absent: none. */
  readonly within?: readonly MaybeUnknown[]
}

export interface LiveParts {
  readonly on: Queryable
  readonly types: TypeRegistry
  readonly secrets: Secrets
  readonly log: Logger
  /** Attributes that are made of the stack inside as it is, for types that say so. */
  readonly attributesNow: (incarnations: readonly Incarnation[], on: Queryable) => Promise<readonly Incarnation[]>
}

/**
 * Reads all the live attributes that are asked for at once, and those of stacks inside, at whatever depth: as many queries for
 * all of a depth as for one. One of which its type says that it cannot be read is null, as Heat answers; another error is kept
 * for whoever asks for that one.
 * @throws what Hearth's own database throws while it is away.
 */
export async function readLive(asked: readonly Asked[], parts: LiveParts): Promise<Live> {
  const live = new Map<string, Named>()
  const inside = new Map<string, Inside>()
  for (const { incarnation, attribute, within = [] } of asked) {
    if (incarnation === undefined || untouched(incarnation)) continue
    const through = insideOf(incarnation, attribute, within, parts.types)
    if (through !== undefined) inside.set(through.key, through)
    else
      for (const name of liveAttributes(incarnation, attribute, parts.types)) {
        live.set(keyOf(incarnation, name), { incarnation, name })
      }
  }
  const all = [...live.values()]
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
  for (const one of await readInside([...inside.values()], parts)) {
    values.set(one.key, one.read)
    if (one.secret) secret.add(one.key)
  }
  const read = (incarnation: Incarnation, attribute: string): MaybeUnknown =>
    values.get(keyOf(incarnation, attribute))?.() ?? null
  return Object.assign(read, {
    isSecret: (incarnation: Incarnation, attribute: string) => secret.has(keyOf(incarnation, attribute)),
  })
}

/** The value that was read, or the error. */
type Read = () => MaybeUnknown

interface Named {
  readonly incarnation: Incarnation
  readonly name: string
}

/** An attribute that is made of resources in the stack inside. */
interface Inside {
  readonly key: string
  readonly around: Incarnation
  readonly attribute: string
  readonly path: readonly Json[]
  readonly read: InsideRead
}

/** Undefined: it is none, it is not known which, or there is no such resource, which whoever asks for it is told. */
function insideOf(
  around: Incarnation,
  attribute: string | undefined,
  path: readonly MaybeUnknown[],
  types: TypeRegistry,
): Inside | undefined {
  const asked = attribute === undefined ? undefined : askedText(attribute, path)
  if (attribute === undefined || asked === undefined) return undefined
  try {
    const read = insideRead(around.type, attribute, path, types, around)
    return read && { key: keyOf(around, asked), around, attribute, path: path as Json[], read }
  } catch (error) {
    if (errors.HearthError.is(error)) return undefined
    throw error
  }
}

interface ReadInside {
  readonly key: string
  readonly read: Read
  /** Nobody is to see it. */
  readonly secret: boolean
}

/** Of resources in stacks inside; what is live there, or deeper inside, is read, too. */
async function readInside(asked: readonly Inside[], parts: LiveParts): Promise<ReadInside[]> {
  if (asked.length === 0) return []
  const { on, types, secrets } = parts
  const wanted = asked.map(({ around, read }) => ({ around, members: read.members ?? [] }))
  const found = await findInside(wanted, on, secrets)
  const members = new Map(found.flatMap(one => [...one.members.values()]).map(one => [one.id, one]))
  const now = new Map((await parts.attributesNow([...members.values()], on)).map(one => [one.id, one]))
  const live = await readLive(
    asked.flatMap(({ read: { asked: steps } }, index) =>
      [...(found[index]?.members.values() ?? [])].flatMap(({ id }) => {
        const [attribute, ...within] = steps
        return typeof attribute === 'string' ? [{ incarnation: now.get(id), attribute, within }] : []
      }),
    ),
    parts,
  )
  return asked.map(({ key, around, attribute, path, read }, index) => {
    const { stack, members: there } = found[index] as FoundInside
    const secrecy = new NotedSecrecy(secrets)
    const find = (name: string): Incarnation | undefined => now.get(there.get(name)?.id ?? '')
    const scope = scopeOf({ find, types, missing: () => null, live, secrecy })
    const valueOf = (member: string): MaybeUnknown => {
      // While the stack inside is being made it may come yet.
      if (!there.has(member) && stack !== undefined && stack.status !== 'IN_PROGRESS' && read.as === 'value')
        throw errors.refusedByType('NotFound', `Member '${member}' not found in group resource '${around.name}'.`)
      const [first, ...rest] = read.asked as readonly Json[]
      if (first === undefined) return there.has(member) ? scope.reference(member) : null
      return typeof first === 'string' ? scope.attribute(member, first, rest) : null
    }
    const values = (read.members ?? []).map(member => [member, keeping(() => valueOf(member))] as const)
    const made = keeping(() => madeOf(read, values, { resource: around.name, attribute, path }))
    return { key, read: made, secret: secrecy.taken() }
  })
}

/** Does the work at once; what it throws is thrown to whoever asks. */
function keeping(work: () => MaybeUnknown): Read {
  try {
    const value = work()
    return () => value
  } catch (error) {
    if (!errors.HearthError.is(error)) throw error
    return () => {
      throw error
    }
  }
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
