import type { Properties } from '@hearth/core/plugin'
import { ResourceFailure } from '@hearth/core/plugin'
import { text } from '../text.js'
import type { Client } from './connect.js'

/** What privileges can be had on: those there are, how GRANT calls it, and where the catalog keeps who has them. */
interface Grantable {
  readonly privileges: readonly string[]
  readonly keyword: string
  /** Its objects lie in a schema. */
  readonly inSchema: boolean
  /** SQL of rows `identity` (quoted), `name`, `acl`; $1 is the schema. */
  readonly objects: string
}

const relations = (kinds: string, letter: string): string =>
  `SELECT format('%I.%I', n.nspname, c.relname) AS identity, c.relname AS name,
      coalesce(c.relacl, acldefault('${letter}', c.relowner)) AS acl
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relkind IN (${kinds})`

export const grantables = {
  database: {
    privileges: ['CREATE', 'CONNECT', 'TEMPORARY'],
    keyword: 'DATABASE',
    inSchema: false,
    objects: `SELECT format('%I', datname) AS identity, datname AS name, coalesce(datacl, acldefault('d', datdba)) AS acl
      FROM pg_database WHERE $1::text IS NULL`,
  },
  schema: {
    privileges: ['CREATE', 'USAGE'],
    keyword: 'SCHEMA',
    inSchema: false,
    objects: `SELECT format('%I', nspname) AS identity, nspname AS name, coalesce(nspacl, acldefault('n', nspowner)) AS acl
      FROM pg_namespace WHERE $1::text IS NULL`,
  },
  table: {
    privileges: ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN'],
    keyword: 'TABLE',
    inSchema: true,
    objects: relations(`'r', 'p', 'v', 'm', 'f'`, 'r'),
  },
  sequence: {
    privileges: ['USAGE', 'SELECT', 'UPDATE'],
    keyword: 'SEQUENCE',
    inSchema: true,
    objects: relations(`'S'`, 's'),
  },
  routine: {
    privileges: ['EXECUTE'],
    keyword: 'ROUTINE',
    inSchema: true,
    objects: `SELECT format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) AS identity,
        p.proname AS name, coalesce(p.proacl, acldefault('f', p.proowner)) AS acl
      FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = $1`,
  },
} satisfies Readonly<Record<string, Grantable>>
export type ObjectType = keyof typeof grantables
export const objectTypes = Object.keys(grantables) as ObjectType[]

/** What a role was granted, by the object as SQL names it. */
export type Held = Readonly<Record<string, readonly { readonly privilege: string; readonly grantable: boolean }[]>>

export const grantableOf = ({ object_type: type }: Properties): Grantable => grantables[type as ObjectType]

/** Everybody, in the place of a role. */
export const everybody = 'PUBLIC'

/**
 * What a role was granted itself, on each of the objects that the properties name. One statement.
 * @throws ResourceFailure if an object that is named, or the role, is not there.
 */
export async function held(client: Client, properties: Properties): Promise<Held> {
  const { role, schema, objects } = properties
  const named = objects as string[]
  const { rows } = await client.query<{ identity: string; name: string; grants: Held[string] | null; known: boolean }>(
    `SELECT o.identity, o.name, r.oid IS NOT NULL AS known,
        (SELECT json_agg(json_build_object('privilege', a.privilege_type, 'grantable', a.is_grantable))
          FROM aclexplode(o.acl) a WHERE a.grantee = r.oid) AS grants
      FROM (${grantableOf(properties).objects}) o
        LEFT JOIN (SELECT oid, rolname::text AS name FROM pg_roles UNION ALL SELECT 0::oid, '${everybody}') r ON r.name = $2
      WHERE cardinality($3::text[]) = 0 OR o.name = ANY($3::text[]) ORDER BY o.identity`,
    [schema, role, named],
  )
  const missing = named.filter(name => !rows.some(row => row.name === name))
  if (missing.length > 0)
    throw new ResourceFailure(`there is no ${text(properties.object_type)} ${missing.join(', ')}`, 'NotFound')
  if (rows.some(row => !row.known)) throw new ResourceFailure(`there is no role '${text(role)}'`, 'NotFound')
  return Object.fromEntries(rows.map(({ identity, grants }) => [identity, grants ?? []]))
}

export const isMissing = (error: unknown): boolean => ResourceFailure.is(error) && error.type === 'NotFound'
