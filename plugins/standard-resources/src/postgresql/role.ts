import {
  type Properties,
  PropertyFailure,
  type PropertySchema,
  type ResourceType,
  type StepContext,
  Unknown,
} from '@hearth/core/plugin'
import { text } from '../text.js'
import type { Access } from './access.js'
import { type Client, literal, NoDatabase, quoted, type Session } from './connect.js'
import { nameProperty, validateUnreserved } from './names.js'
import { objectType } from './object.js'
import { type Found, foundIn, matches, type ObjectKind, type Search } from './object-kind.js'
import { isVerifierOf, scramVerifier } from './scram.js'
import { inTransaction } from './transaction.js'

/** Truths about a role by the properties that say them, with PostgreSQL's word for each. */
const flags: Readonly<Record<string, { word: string; fallback: boolean; description: string }>> = {
  login: { word: 'LOGIN', fallback: true, description: 'Whether it may log in: whether it is a user.' },
  inherit: {
    word: 'INHERIT',
    fallback: true,
    description: 'Whether it has the rights of the roles it is a member of.',
  },
  create_database: { word: 'CREATEDB', fallback: false, description: 'Whether it may make databases.' },
  create_role: { word: 'CREATEROLE', fallback: false, description: 'Whether it may make roles.' },
  replication: { word: 'REPLICATION', fallback: false, description: 'Whether it may replicate.' },
  bypass_row_security: {
    word: 'BYPASSRLS',
    fallback: false,
    description: 'Whether it sees rows that policies would keep from it.',
  },
  superuser: { word: 'SUPERUSER', fallback: false, description: 'Whether it may do anything.' },
}

const kindOf = (session: Session): ObjectKind => ({
  noun: 'role',
  type: 'Hearth::PostgreSQL::Role',
  className: 'Role',
  description: 'A role of a PostgreSQL server: a user, or a group of them.',
  properties: {
    password: {
      type: 'string',
      description:
        'Its password. The server is sent a SCRAM verifier of it, never the password itself. Unset: none is set, and one that it has stays.',
      secret: true,
      updateAllowed: true,
      constraints: [{ length: { min: 1 } }],
    },
    ...Object.fromEntries(
      Object.entries(flags).map(([name, { fallback, description }]): [string, PropertySchema] => [
        name,
        { type: 'boolean', description, default: fallback, updateAllowed: true },
      ]),
    ),
    connection_limit: {
      type: 'integer',
      description: 'Connections that it may have at once; -1: any number.',
      default: -1,
      updateAllowed: true,
      constraints: [{ range: { min: -1 } }],
    },
    valid_until: {
      type: 'string',
      description: 'Until when its password is valid: a time of RFC 3339, or infinity. Unset: it is let be.',
      updateAllowed: true,
    },
    member_of: {
      type: 'list',
      description: 'The roles that it is a member of, these and no others. Unset: they are let be.',
      updateAllowed: true,
      schema: { '*': { type: 'string' } },
    },
    reassign_owned_to: nameProperty(
      'On delete, the role that gets what this one owns, in all databases; what it was granted is revoked.',
      { updateAllowed: true },
    ),
    drop_owned: {
      type: 'boolean',
      description:
        'On delete, whether what it owns is dropped, in all databases, and what it was granted revoked; databases themselves apart. With neither of both a delete fails while it owns or was granted anything.',
      default: false,
      updateAllowed: true,
    },
  },
  names: ['member_of', 'reassign_owned_to'],
  inDatabase: false,
  transactional: true,
  validate({ name, valid_until: until }) {
    validateUnreserved({ name: name ?? null }, 'public', 'none')
    if (until === null || until === undefined || Unknown.is(until) || instant(until) !== undefined) return
    throw new PropertyFailure('valid_until', `'${text(until)}' is neither a time of RFC 3339 nor infinity`)
  },
  find,
  async make(client, { name }, comment) {
    await client.query(`CREATE ROLE ${quoted(text(name))}`)
    await client.query(`COMMENT ON ROLE ${quoted(text(name))} IS ${literal(comment)}`)
  },
  change,
  drop: (client, found, context) => drop(client, found, context, session),
  async view({ row }, wanted) {
    const { password, valid_until: until, member_of: groups } = wanted
    const named = Object.keys(flags).map(name => [name, row[name] ?? null] as const)
    return {
      ...Object.fromEntries(named),
      connection_limit: row.connection_limit ?? null,
      valid_until: instant(row.valid_until) === instant(until) ? (until ?? null) : (row.valid_until ?? null),
      member_of: sameNames(row.member_of, groups) ? (groups ?? null) : (row.member_of ?? null),
      ...((await keepsPassword(row, password)) === false ? { password: null } : {}),
    }
  },
})

export const role = (access: Access): ResourceType => objectType(kindOf(access.session), access)

/** Only what differs is said: whoever may not make superusers may not say that one is none, either. */
async function change(client: Client, found: Found, properties: Properties): Promise<void> {
  const { row } = found
  const name = quoted(text(properties.name))
  if (found.name !== properties.name) await client.query(`ALTER ROLE ${quoted(found.name)} RENAME TO ${name}`)
  const options = Object.entries(flags)
    .filter(([flag]) => properties[flag] !== row[flag])
    .map(([flag, { word }]) => (properties[flag] === true ? word : `NO${word}`))
  const { connection_limit: limit, valid_until: until, password, member_of: groups } = properties
  if (limit !== row.connection_limit) options.push(`CONNECTION LIMIT ${Number(limit)}`)
  if (typeof until === 'string' && instant(until) !== instant(row.valid_until)) {
    options.push(`VALID UNTIL ${literal(until)}`)
  }
  if (typeof password === 'string' && (await keepsPassword(row, password)) !== true) {
    options.push(`PASSWORD ${literal(await scramVerifier(password))}`)
  }
  if (options.length > 0) await client.query(`ALTER ROLE ${name} WITH ${options.join(' ')}`)
  if (!Array.isArray(groups)) return
  const had = row.member_of as string[]
  for (const group of groups.filter(one => !had.includes(text(one))))
    await client.query(`GRANT ${quoted(text(group))} TO ${name}`)
  for (const group of had.filter(one => !groups.includes(one)))
    await client.query(`REVOKE ${quoted(group)} FROM ${name}`)
}

/** What it owns goes first, in each database where there is any; what is shared goes with the first of them. */
async function drop(client: Client, { name, oid }: Found, context: StepContext, session: Session): Promise<void> {
  const { properties, signal } = context
  const { reassign_owned_to: heir, drop_owned: dropped } = properties
  if (typeof heir === 'string' || dropped === true) {
    const { rows } = await client.query<{ name: string }>(
      `SELECT current_database() AS name UNION SELECT d.datname FROM pg_shdepend s JOIN pg_database d ON d.oid = s.dbid
        WHERE s.refclassid = 'pg_authid'::regclass AND s.refobjid = $1::oid AND d.datallowconn`,
      [oid],
    )
    for (const { name: database } of rows) {
      await session(properties, database, signal, there =>
        inTransaction(there, async () => {
          if (typeof heir === 'string') await there.query(`REASSIGN OWNED BY ${quoted(name)} TO ${quoted(heir)}`)
          await there.query(`DROP OWNED BY ${quoted(name)}`)
        }),
      ).catch(error => {
        // It is gone by now, and what the role had in it as well.
        if (!(error instanceof NoDatabase)) throw error
      })
    }
  }
  await client.query(`DROP ROLE ${quoted(name)}`)
}

/** Undefined: nobody but superusers is told. */
async function keepsPassword(row: Found['row'], password: unknown): Promise<boolean | undefined> {
  if (typeof password !== 'string' || row.told !== true) return undefined
  return isVerifierOf((row.verifier ?? null) as string | null, password)
}

/** Milliseconds since the epoch; infinity is a time as well. */
function instant(value: unknown): number | undefined {
  if (value === 'infinity') return Number.POSITIVE_INFINITY
  const ms = typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) ? Date.parse(value) : Number.NaN
  return Number.isNaN(ms) ? undefined : ms
}

const sameNames = (one: unknown, other: unknown): boolean =>
  Array.isArray(one) && Array.isArray(other) && [...one].sort().join('\0') === [...new Set(other)].sort().join('\0')

async function find(client: Client, by: Search): Promise<Found | undefined> {
  const { condition, value } = matches(by)
  const { rows } = await client.query(
    `SELECT r.*, ARRAY(SELECT DISTINCT pg_get_userbyid(m.roleid)::text FROM pg_auth_members m WHERE m.member = r.oid ORDER BY 1) AS member_of,
        has_table_privilege('pg_authid', 'SELECT') AS told
      FROM (SELECT oid, rolname::text AS name, shobj_description(oid, 'pg_authid') AS comment, rolcanlogin AS login,
        rolinherit AS inherit, rolcreatedb AS create_database, rolcreaterole AS create_role, rolreplication AS replication,
        rolbypassrls AS bypass_row_security, rolsuper AS superuser, rolconnlimit AS connection_limit,
        CASE WHEN isfinite(rolvaliduntil) THEN to_char(rolvaliduntil AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
          ELSE rolvaliduntil::text END AS valid_until FROM pg_roles) r WHERE ${condition}`,
    [value],
  )
  const found = foundIn(rows)
  if (found === undefined || found.row.told !== true) return found
  const kept = await client.query('SELECT rolpassword AS verifier FROM pg_authid WHERE oid = $1::oid', [found.oid])
  return { ...found, row: { ...found.row, verifier: kept.rows[0]?.verifier ?? null } }
}
