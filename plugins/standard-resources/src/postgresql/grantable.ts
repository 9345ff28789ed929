import type { Properties } from '@hearth/core/plugin'

/** What privileges can be had on: those there are, how GRANT calls it, and where the catalog keeps who has them. */
interface Grantable {
  readonly privileges: readonly string[]
  readonly keyword: string
  /** Its objects lie in a schema. */
  readonly inSchema: boolean
  /** SQL of rows `oid`, `schema` (null: in none), `name`, `identity` (as SQL names it, quoted), `acl`. */
  readonly objects: string
}

const relations = (kinds: string, letter: string): string =>
  `SELECT c.oid, n.nspname AS schema, c.relname AS name, format('%I.%I', n.nspname, c.relname) AS identity,
      coalesce(c.relacl, acldefault('${letter}', c.relowner)) AS acl
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN (${kinds})`

export const grantables = {
  database: {
    privileges: ['CREATE', 'CONNECT', 'TEMPORARY'],
    keyword: 'DATABASE',
    inSchema: false,
    objects: `SELECT oid, NULL AS schema, datname AS name, format('%I', datname) AS identity,
        coalesce(datacl, acldefault('d', datdba)) AS acl
      FROM pg_database`,
  },
  schema: {
    privileges: ['CREATE', 'USAGE'],
    keyword: 'SCHEMA',
    inSchema: false,
    objects: `SELECT oid, NULL AS schema, nspname AS name, format('%I', nspname) AS identity,
        coalesce(nspacl, acldefault('n', nspowner)) AS acl
      FROM pg_namespace`,
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
    objects: `SELECT p.oid, n.nspname AS schema, p.proname AS name,
        format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) AS identity,
        coalesce(p.proacl, acldefault('f', p.proowner)) AS acl
      FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace`,
  },
} satisfies Readonly<Record<string, Grantable>>
export type ObjectType = keyof typeof grantables
export const objectTypes = Object.keys(grantables) as ObjectType[]

export const grantableOf = ({ object_type: type }: Properties): Grantable => grantables[type as ObjectType]
