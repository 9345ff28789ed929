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
  Unknown,
} from '@hearth/core/plugin'
import { refused } from '../refused.js'
import { text } from '../text.js'
import { type Client, quoted, type Session } from './connect.js'
import { holding, ownOf, type Privileges, together, toRevoke } from './grant-changes.js'
import { grantId, propertiesOfGrant } from './grant-id.js'
import { everybody, grantableOf, grantables, held, isMissing, objectTypes } from './grantable.js'
import { nameProperty, validateNames } from './names.js'
import { movesServer, serverProperties } from './server.js'
import { inTransaction } from './transaction.js'

/** Privileges of one role on some objects. What others had granted before, a delete lets be. */
export const grant = (session: Session): ResourceType => {
  const at = <T>(
    { properties, physicalId, signal }: Pick<StepContext, 'properties' | 'physicalId' | 'signal'>,
    work: (client: Client, properties: Properties) => Promise<T>,
  ): Promise<T> => {
    const known = propertiesOfGrant(properties, physicalId)
    return session(known, (known.database ?? null) as string | null, signal, client => work(client, known))
  }

  /** Before anything is granted, it is made durable what is this resource's own: a second call could not tell. */
  const reach = async (context: StepContext, cursor?: Json): Promise<Progress> =>
    at(context, async (client, properties) => {
      validate(properties)
      const wanted = properties.privileges as string[]
      if (cursor === undefined) {
        const own = ownOf(await held(client, properties), wanted, ownIn(context.data))
        return again({ own }, { afterMs: 0 })
      }
      const { own } = cursor as { own: Privileges }
      const revoked = toRevoke(await held(client, all(properties)), ownIn(context.data), own)
      const granted = Object.fromEntries(Object.keys(await held(client, properties)).map(on => [on, wanted]))
      await inTransaction(client, async () => {
        await send(client, properties, 'REVOKE', revoked)
        await send(client, properties, 'GRANT', granted)
        if (properties.with_grant_option !== true) await send(client, properties, 'REVOKE GRANT OPTION FOR', own)
      })
      return done({ physicalId: grantId(properties), data: { own } })
    })

  return {
    name: 'Hearth::PostgreSQL::Grant',
    className: 'Grant',
    description:
      'Privileges of a role on objects of a PostgreSQL server. A delete revokes them, but those that the role had before; what it has beside them is let be.',
    support: { status: 'SUPPORTED' },
    properties: {
      ...serverProperties,
      database: nameProperty('The database that the objects lie in. Unset: the one that the server is used by.'),
      role: nameProperty(`The role that gets them; ${everybody}: everybody.`, { required: true }),
      object_type: {
        type: 'string',
        description: 'Kind of the objects. Views are tables; functions and procedures are routines.',
        required: true,
        constraints: [{ allowed_values: [...objectTypes] }],
      },
      schema: nameProperty('The schema that tables, sequences and routines lie in; not for others.'),
      objects: {
        type: 'list',
        description:
          'Names of the objects. Without any it is all there are in the schema; those that come later get them by an update that compares with reality. A name of routines is for all of that name.',
        default: [],
        updateAllowed: true,
        schema: { '*': { type: 'string' } },
      },
      privileges: {
        type: 'list',
        description: `What is granted. ${objectTypes.map(type => `${type}: ${grantables[type].privileges.join(', ')}`).join('; ')}.`,
        required: true,
        updateAllowed: true,
        constraints: [{ length: { min: 1 } }],
        schema: { '*': { type: 'string' } },
      },
      with_grant_option: {
        type: 'boolean',
        description: 'Whether the role may grant them to others.',
        default: false,
        updateAllowed: true,
      },
    },
    attributes: {},
    mendWhenFailed: true,
    needsReplace: movesServer,
    validate,
    create: reach,
    update: reach,
    delete: async context => {
      if (context.data.own === undefined) return done()
      return at(context, async (client, properties) => {
        const found = await held(client, all(properties)).catch(error => {
          if (isMissing(error)) return {}
          throw error
        })
        await send(client, properties, 'REVOKE', toRevoke(found, ownIn(context.data), {}))
        return done()
      })
    },
    check: context =>
      at(context, async (client, properties) => {
        const wanted = properties.privileges as string[]
        const has = holding(await held(client, properties), wanted, properties.with_grant_option === true)
        const lost = wanted.filter(name => !has.includes(name))
        if (lost.length > 0) throw new ResourceFailure(`${text(properties.role)} has lost ${lost.join(', ')}`)
        return done()
      }),
    observe: ({ properties, physicalId }, signal) =>
      at({ properties, physicalId, signal }, async (client, known) => ({
        privileges: holding(await held(client, known), known.privileges as string[], known.with_grant_option === true),
      })).catch(error => {
        if (isMissing(error)) return undefined
        throw error
      }),
    adopt: context =>
      at(context, async (client, properties) => {
        validate(properties)
        await held(client, properties)
        return done({ physicalId: grantId(properties), data: { own: ownIn(context.data) } })
      }),
  }
}

function validate(properties: Readonly<Record<string, MaybeUnknown>>): void {
  validateNames(properties, 'database', 'role', 'schema', 'objects')
  const { object_type: type, schema, objects, privileges } = properties
  if (typeof type !== 'string') return
  if (!objectTypes.some(known => known === type)) {
    throw refused('object_type', `'${type}' is none; expected ${objectTypes.join(', ')}`)
  }
  const { inSchema, privileges: allowed } = grantableOf({ object_type: type })
  if (inSchema && schema === null) throw refused('schema', `expected the schema that the ${type}s lie in`)
  if (!inSchema && typeof schema === 'string') throw refused('schema', `a ${type} lies in none`)
  if (!inSchema && Array.isArray(objects) && objects.length === 0)
    throw refused('objects', `expected names of ${type}s`)
  if (!Array.isArray(privileges)) return
  checkPrivileges(
    privileges.filter(name => !Unknown.is(name)),
    type,
    allowed,
  )
}

/** @throws ResourceFailure if one of them is none that can be had. They stand in SQL as they are. */
function checkPrivileges(privileges: readonly MaybeUnknown[], type: string, allowed: readonly string[]): void {
  const wrong = privileges.find(name => !allowed.includes(text(name)))
  if (wrong === undefined) return
  throw refused('privileges', `'${text(wrong)}' cannot be had on a ${type}; expected ${allowed.join(', ')}`)
}

/** What it has granted so far: nothing that others had. */
const ownIn = ({ own }: JsonMap): Privileges => (own ?? {}) as Privileges

/** Whatever there is of the kind, not only what is named. */
const all = (properties: Properties): Properties => ({ ...properties, objects: [] })

type Verb = 'GRANT' | 'REVOKE' | 'REVOKE GRANT OPTION FOR'

async function send(client: Client, properties: Properties, verb: Verb, privileges: Privileges): Promise<void> {
  const { keyword, privileges: allowed } = grantableOf(properties)
  const role = properties.role === everybody ? everybody : quoted(text(properties.role))
  const [link, end] =
    verb === 'GRANT' ? ['TO', properties.with_grant_option === true ? 'WITH GRANT OPTION' : ''] : ['FROM', '']
  for (const { privileges: names, on } of together(privileges)) {
    checkPrivileges(names, text(properties.object_type), allowed)
    await client.query(`${verb} ${names.join(', ')} ON ${keyword} ${on.join(', ')} ${link} ${role} ${end}`)
  }
}
