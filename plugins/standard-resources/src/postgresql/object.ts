import { isDeepStrictEqual } from 'node:util'
import {
  done,
  type Json,
  type JsonMap,
  type MaybeUnknown,
  type Progress,
  type Properties,
  ResourceFailure,
  type ResourceType,
  type StepContext,
} from '@hearth/core/plugin'
import { text } from '../text.js'
import type { Access } from './access.js'
import { type Client, NoDatabase } from './connect.js'
import { insideBy, removal } from './inside.js'
import type { Found, ObjectKind } from './object-kind.js'
import { nameProperty, validateNames } from './names.js'
import { readId, whereabouts, writeId } from './object-id.js'
import { movesServer, placeOf, serverProperties } from './server.js'
import { inTransaction } from './transaction.js'

/**
 * A type of objects that have a name. Its create takes up what the same resource has made before, which its comment
 * tells, and nothing that others have made. Later an object is known by its oid: a name that others have come to use
 * means nothing.
 */
export function objectType(kind: ObjectKind, access: Access): ResourceType {
  const { noun, inDatabase } = kind
  const { session } = access
  const inside = insideBy(session)

  const validate = (properties: Readonly<Record<string, MaybeUnknown>>): void => {
    access.check(properties)
    validateNames(properties, 'name', ...kind.names)
    kind.validate?.(properties)
  }

  /** Of what was imported the id says where it is. */
  const placed = <Of extends Whose>(of: Of): Of => ({
    ...of,
    properties: whereabouts(of.properties, of.physicalId, inDatabase),
  })

  const reach = (context: StepContext): Promise<Progress> => {
    const { properties, signal } = context
    const work = async (client: Client, database?: string): Promise<Progress> => {
      const change = async (): Promise<Found> => {
        const found = (await own(client, kind, context)) ?? (await made(client, kind, context))
        await kind.change(client, found, properties)
        return { ...found, name: text(properties.name) }
      }
      const found = await (kind.transactional ? inTransaction(client, change) : change())
      return kept(kind, found, properties, database)
    }
    return inDatabase ? inside.into(context, work) : session(properties, null, signal, client => work(client))
  }

  /** Does something where the object is. */
  const at = <T>(of: Whose, work: (client: Client, properties: Properties) => Promise<T>): Promise<T> => {
    const { properties, data, signal } = placed(of)
    return inDatabase
      ? inside.where({ properties, data, signal }, client => work(client, properties))
      : session(properties, null, signal, client => work(client, properties))
  }

  return {
    name: kind.type,
    className: kind.className,
    description: kind.description,
    support: { status: 'SUPPORTED' },
    properties: {
      ...serverProperties,
      name: nameProperty(`Name of the ${noun}; a change renames it.`, { required: true, updateAllowed: true }),
      ...kind.properties,
    },
    attributes: {
      name: { type: 'string', description: `Name of the ${noun}; so is the reference.` },
      oid: { type: 'string', description: 'Its number in the catalog of the server.' },
    },
    mendWhenFailed: true,
    ...(inDatabase ? { mayReplace: true } : {}),
    needsReplace: movesServer,
    validate,
    create: reach,
    update: reach,
    delete: (context, cursor) =>
      removal(cursor, async () => {
        let reached = false
        const remove = async (client: Client): Promise<Progress> => {
          reached = true
          const found = await own(client, kind, context)
          if (found !== undefined) await kind.drop(client, found, context)
          await kind.sweep?.(client, markOf(context.resource.id))
          return done()
        }
        try {
          return await at(context, remove)
        } catch (error) {
          // What was never made, since nobody could be reached, must not stand in the way of its stack's end.
          if (!reached && context.data.oid === undefined && ResourceFailure.is(error)) return done()
          throw error
        }
      }),
    check: context =>
      at(context, async (client, properties) => {
        const found = await own(client, kind, context)
        if (found === undefined) throw new ResourceFailure(`the ${noun} ${context.physicalId} is not there any more`)
        const wrong = differences(await seen(kind, found, properties), properties)
        if (wrong.length > 0) throw new ResourceFailure(`the ${noun} '${found.name}' has changed: ${wrong.join('; ')}`)
        return done()
      }),
    observe: ({ data, physicalId, properties }, signal) =>
      at({ data, physicalId, properties, signal }, async client => {
        const found = await known(client, kind, data, physicalId)
        return found === undefined ? undefined : seen(kind, found, properties)
      }).catch(error => {
        if (error instanceof NoDatabase) return undefined
        throw error
      }),
    validateId: id => access.check(whereabouts({}, id, inDatabase)),
    adopt: context => {
      const { properties, physicalId, signal } = placed(context)
      const work = async (client: Client, database?: string): Promise<Progress> => {
        const { name } = readId(physicalId ?? '', inDatabase)
        const found = await kind.find(client, { name })
        if (found === undefined) throw new ResourceFailure(`there is no ${noun} '${name}'`, 'NotFound')
        return kept(kind, found, properties, database)
      }
      return inDatabase
        ? inside.named({ properties, signal }, work)
        : session(properties, null, signal, client => work(client))
    },
  }
}

/** What of a resource, or of a step, tells where its object is. */
type Whose = Pick<StepContext, 'properties' | 'data' | 'physicalId' | 'signal'>

/** What the comment of an object says of the resource that has made it. */
const markOf = (resource: string): string => `Made by Hearth for the resource ${resource}`

/** @throws ResourceFailure if somebody else has one of that name. */
async function made(client: Client, kind: ObjectKind, { properties, resource }: StepContext): Promise<Found> {
  const name = text(properties.name)
  const comment = markOf(resource.id)
  if ((await kind.find(client, { name })) !== undefined) {
    throw new ResourceFailure(
      `there is a ${kind.noun} '${name}' already, which this resource has not made. Import it by external_id, or take another name.`,
      'Conflict',
    )
  }
  await kind.make(client, properties, comment)
  return (await kind.find(client, { comment })) as Found
}

/** The object of a resource: the one that it knows, or has made without living to know it. */
const own = async (client: Client, kind: ObjectKind, { data, physicalId, resource }: StepContext) =>
  (await known(client, kind, data, physicalId)) ?? kind.find(client, { comment: markOf(resource.id) })

/** By its number; its name, or what made it, has to go with that: on another server it may be another's number. */
async function known(client: Client, kind: ObjectKind, data: JsonMap, id: string | null): Promise<Found | undefined> {
  if (typeof data.oid !== 'string' || id === null) return undefined
  const found = await kind.find(client, { oid: data.oid })
  const same = found?.name === readId(id, kind.inDatabase).name || (found?.comment ?? null) === (data.comment ?? '')
  return same ? found : undefined
}

/** @param database the number of the one that it lies in. */
const kept = (kind: ObjectKind, { name, oid, comment }: Found, properties: Properties, database?: string): Progress =>
  done({
    physicalId: writeId({
      place: placeOf(properties) ?? '',
      name,
      ...(kind.inDatabase ? { database: text(properties.database) } : {}),
    }),
    reference: name,
    attributes: { name, oid },
    data: { oid, comment, ...(database === undefined ? {} : { database }) },
  })

/** Properties as they are found; those that are not wanted in any way are left out. */
async function seen(kind: ObjectKind, found: Found, wanted: Properties): Promise<JsonMap> {
  const view = { name: found.name, ...(await kind.view(found, wanted)) }
  return Object.fromEntries(Object.entries(view).filter(([name]) => (wanted[name] ?? null) !== null))
}

const differences = (view: JsonMap, wanted: Properties): string[] =>
  Object.entries(view)
    .filter(([name, value]) => !isDeepStrictEqual(value, wanted[name]))
    .map(([name, value]) =>
      name === 'password'
        ? 'its password is another one'
        : `${name} is ${shown(value)}, expected ${shown(wanted[name])}`,
    )

const shown = (value: Json | undefined): string => JSON.stringify(value ?? null)
