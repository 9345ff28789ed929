import { isDeepStrictEqual } from 'node:util'
import {
  again,
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
import type { Client, Session } from './connect.js'
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
export function objectType(kind: ObjectKind, session: Session): ResourceType {
  const { noun, inDatabase } = kind
  const where = (properties: Properties, id: string | null): Properties => whereabouts(properties, id, inDatabase)
  const at = <T>(
    { properties, physicalId, signal }: StepContext,
    work: (client: Client, properties: Properties) => Promise<T>,
  ): Promise<T> => {
    const there = where(properties, physicalId)
    return session(there, inDatabase ? databaseOf(there) : null, signal, client => work(client, there))
  }

  const validate = (properties: Readonly<Record<string, MaybeUnknown>>): void => {
    validateNames(properties, 'name', ...kind.names)
    kind.validate?.(properties)
  }

  const reach = (context: StepContext): Promise<Progress> =>
    at(context, (client, properties) => {
      // Some values are known by now only.
      validate(properties)
      const work = async (): Promise<Found> => {
        const found = (await own(client, kind, context)) ?? (await made(client, kind, context))
        await kind.change(client, found, properties)
        return { ...found, name: text(properties.name) }
      }
      return (kind.transactional ? inTransaction(client, work) : work()).then(found => kept(kind, found, properties))
    })

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
    needsReplace: movesServer,
    validate,
    create: reach,
    update: reach,
    delete: async (context, cursor) => {
      let reached = false
      try {
        return await at(context, async client => {
          reached = true
          const found = await own(client, kind, context)
          if (found !== undefined) await kind.drop(client, found, context)
          await kind.sweep?.(client, markOf(context.resource.id))
          return done()
        })
      } catch (error) {
        // What was never made, since nobody could be reached, must not stand in the way of its stack's end.
        if (!reached && context.data.oid === undefined && ResourceFailure.is(error)) return done()
        return onceMore(error, cursor)
      }
    },
    check: context =>
      at(context, async (client, properties) => {
        const found = await own(client, kind, context)
        if (found === undefined) throw new ResourceFailure(`the ${noun} ${context.physicalId} is not there any more`)
        const wrong = differences(await seen(kind, found, properties), properties)
        if (wrong.length > 0) throw new ResourceFailure(`the ${noun} '${found.name}' has changed: ${wrong.join('; ')}`)
        return done()
      }),
    observe: ({ data, physicalId, properties }, signal) => {
      const there = where(properties, physicalId)
      return session(there, inDatabase ? databaseOf(there) : null, signal, async client => {
        const found = await known(client, kind, data, physicalId)
        return found === undefined ? undefined : seen(kind, found, properties)
      })
    },
    adopt: context =>
      at(context, async (client, properties) => {
        const { name } = readId(context.physicalId ?? '', inDatabase)
        const found = await kind.find(client, { name })
        if (found === undefined) throw new ResourceFailure(`there is no ${noun} '${name}'`, 'NotFound')
        return kept(kind, found, properties)
      }),
  }
}

/** How often a delete is tried whose connection was cut, and how far apart, in milliseconds. */
const tries = 10
const pauseMs = 500

/** A database may just be going as well: then what the object has there goes with it. */
function onceMore(error: unknown, cursor: Json | undefined): Progress {
  const tried = Number(cursor ?? 1)
  if (!ResourceFailure.is(error) || error.type !== 'ConnectionError' || tried >= tries) throw error
  return again(tried + 1, { afterMs: pauseMs })
}

const databaseOf = ({ database }: Properties): string | null => (typeof database === 'string' ? database : null)

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

const kept = (kind: ObjectKind, found: Found, properties: Properties): Progress =>
  done({
    physicalId: writeId({
      place: placeOf(properties) ?? '',
      name: found.name,
      ...(kind.inDatabase ? { database: databaseOf(properties) ?? '' } : {}),
    }),
    reference: found.name,
    attributes: { name: found.name, oid: found.oid },
    data: { oid: found.oid, comment: found.comment },
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
