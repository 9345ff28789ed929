import {
  again,
  done,
  type Json,
  type JsonMap,
  type MaybeUnknown,
  type Progress,
  type Properties,
  replace,
  ResourceFailure,
  type ResourceType,
  type StepContext,
} from '@hearth/core/plugin'
import { text } from '../text.js'
import type { Access } from './access.js'
import { type Client, quoted } from './connect.js'
import { holding, ownOf, type Privileges, together, toRevoke } from './grant-changes.js'
import { grantId, propertiesOfGrant } from './grant-id.js'
import { checkPrivileges, validateGrant } from './grant-validate.js'
import { grantableOf, grantables, objectTypes } from './grantable.js'
import { everybody, type Grantee, granteeBy, granteeNamed, type Held, heldOf, heldOn } from './held.js'
import { insideBy, removal } from './inside.js'
import { nameProperty } from './names.js'
import { movesServer, serverProperties } from './server.js'
import { inTransaction } from './transaction.js'

/** Privileges of one role on some objects. What others had granted before, a delete lets be. */
export const grant = (access: Access): ResourceType => {
  const inside = insideBy(access.session)
  /** Of what was imported there are no properties, and its id says them. */
  const placed = <Of extends Pick<StepContext, 'properties' | 'physicalId'>>(of: Of): Of => ({
    ...of,
    properties: propertiesOfGrant(of.properties, of.physicalId),
  })

  const validate = (properties: Readonly<Record<string, MaybeUnknown>>): void => {
    access.check(properties)
    validateGrant(properties)
  }

  /** Before anything is granted, it is made durable what is this resource's own: a second call could not tell. */
  const reach = (context: StepContext, cursor?: Json): Promise<Progress> =>
    inside.into(context, async (client, database) => {
      const { properties, data, changed } = context
      const grantee = await granteeNamed(client, properties)
      const isOther = data.role === undefined ? changed.includes('role') : data.role !== grantee.oid
      if (isOther) return replace('its role is another one')
      const held = await heldOn(client, properties, grantee)
      const wanted = properties.privileges as string[]
      if (cursor === undefined) return again({ own: ownOf(held, wanted, ownIn(data)) }, { afterMs: 0 })
      const { own } = cursor as { own: Privileges }
      const before = await heldOf(client, properties, grantee, Object.keys(ownIn(data)))
      const granted = Object.fromEntries(Object.keys(held).map(oid => [oid, wanted]))
      const say = statements(client, properties, grantee)
      await inTransaction(client, async () => {
        await say('REVOKE', toRevoke(before, ownIn(data), own), before)
        await say('GRANT', granted, held)
        if (properties.with_grant_option !== true) await say('REVOKE GRANT OPTION FOR', own, held)
      })
      return kept(properties, { own, role: grantee.oid, database })
    })

  return {
    name: 'Hearth::PostgreSQL::Grant',
    className: 'Grant',
    description:
      'Privileges of a role on objects of a PostgreSQL server. A delete revokes them, but those that the role had before; what it has beside them is let be.',
    support: { status: 'SUPPORTED' },
    properties: {
      ...serverProperties,
      database: nameProperty(
        'The database that the objects lie in; another one replaces the grant, the same under a new name does not. Unset: the one that the server is used by.',
        { updateAllowed: true },
      ),
      role: nameProperty(
        `The role that gets them; another one replaces the grant, the same under a new name does not. ${everybody}: everybody.`,
        { required: true, updateAllowed: true },
      ),
      object_type: {
        type: 'string',
        description: 'Kind of the objects. Views are tables; functions and procedures are routines.',
        required: true,
        constraints: [{ allowed_values: [...objectTypes] }],
      },
      schema: nameProperty('The schema that tables, sequences and routines lie in; not for others.', {
        updateAllowed: true,
      }),
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
    mayReplace: true,
    needsReplace: movesServer,
    validate,
    create: reach,
    update: reach,
    delete: (context, cursor) =>
      removal(cursor, async () => {
        const own = ownIn(context.data)
        if (Object.keys(own).length === 0) return done()
        const { properties, ...rest } = placed(context)
        return inside.where({ ...rest, properties }, async client => {
          const grantee = await granteeOf(client, properties, context.data)
          if (grantee === undefined) return done()
          const held = await heldOf(client, properties, grantee, Object.keys(own))
          await statements(client, properties, grantee)('REVOKE', toRevoke(held, own, {}), held)
          return done()
        })
      }),
    check: context => {
      const { properties, data, signal } = placed(context)
      return inside.where({ properties, data, signal }, async client => {
        const wanted = properties.privileges as string[]
        const has = await holdingNow(client, properties, data)
        const lost = wanted.filter(name => !has.includes(name))
        if (lost.length > 0) throw new ResourceFailure(`${text(properties.role)} has lost ${lost.join(', ')}`)
        return done()
      })
    },
    observe: (stored, signal) => {
      const { properties, data } = placed(stored)
      return inside
        .where({ properties, data, signal }, async client => ({
          privileges: await holdingNow(client, properties, data),
        }))
        .catch(error => {
          if (isMissing(error)) return undefined
          throw error
        })
    },
    validateId: id => validate(propertiesOfGrant({}, id)),
    adopt: context => {
      const { properties, signal, data } = placed(context)
      validate(properties)
      return inside.named({ properties, signal }, async (client, database) => {
        const { oid: role } = await granteeNamed(client, properties)
        return kept(properties, { own: ownIn(data), role, database })
      })
    },
  }
}

const kept = (properties: Properties, data: { own: Privileges; role: string; database: string }): Progress =>
  done({ physicalId: grantId(properties), data })

/** That of its role, however it is called by now. */
const granteeOf = (client: Client, properties: Properties, { role }: JsonMap): Promise<Grantee | undefined> =>
  typeof role === 'string' ? granteeBy(client, 'oid', role) : granteeBy(client, 'name', text(properties.role))

/** Those of its privileges that hold on each object. @throws ResourceFailure NotFound */
async function holdingNow(client: Client, properties: Properties, data: JsonMap): Promise<string[]> {
  const grantee = await granteeOf(client, properties, data)
  if (grantee === undefined) throw new ResourceFailure(`there is no role '${text(properties.role)}'`, 'NotFound')
  const held = await heldOn(client, properties, grantee)
  return holding(held, properties.privileges as string[], properties.with_grant_option === true)
}

const isMissing = (error: unknown): boolean => ResourceFailure.is(error) && error.type === 'NotFound'

/** What it has granted so far: nothing that others had. */
const ownIn = ({ own }: JsonMap): Privileges => (own ?? {}) as Privileges

type Verb = 'GRANT' | 'REVOKE' | 'REVOKE GRANT OPTION FOR'

/** Says what is granted or revoked; each in as few statements as there are sets of privileges. */
const statements =
  (client: Client, properties: Properties, { name }: Grantee) =>
  async (verb: Verb, privileges: Privileges, held: Held): Promise<void> => {
    const { keyword, privileges: allowed } = grantableOf(properties)
    const role = name === everybody ? everybody : quoted(name)
    const [link, end] =
      verb === 'GRANT' ? ['TO', properties.with_grant_option === true ? 'WITH GRANT OPTION' : ''] : ['FROM', '']
    for (const { privileges: names, on } of together(privileges, held)) {
      checkPrivileges(names, text(properties.object_type), allowed)
      await client.query(`${verb} ${names.join(', ')} ON ${keyword} ${on.join(', ')} ${link} ${role} ${end}`)
    }
  }
