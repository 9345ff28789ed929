import { type Properties, ResourceFailure } from '@hearth/core/plugin'
import { text } from '../text.js'
import type { Client } from './connect.js'
import { grantableOf } from './grantable.js'

/** Who privileges are granted to: a role, or everybody. */
export interface Grantee {
  /** 0: everybody. */
  readonly oid: string
  readonly name: string
}

/** Objects by their numbers, each with what a role was granted on it itself. */
export type Held = Readonly<Record<string, Holding>>
interface Holding {
  /** As SQL names it. */
  readonly identity: string
  readonly grants: readonly { readonly privilege: string; readonly grantable: boolean }[]
}

/** Everybody, in the place of a role. */
export const everybody = 'PUBLIC'

/** The role that properties name. @throws ResourceFailure if there is none. */
export async function granteeNamed(client: Client, { role }: Properties): Promise<Grantee> {
  const found = await granteeBy(client, 'name', text(role))
  if (found === undefined) throw new ResourceFailure(`there is no role '${text(role)}'`, 'NotFound')
  return found
}

/** @returns undefined if there is none. */
export async function granteeBy(client: Client, by: 'oid' | 'name', value: string): Promise<Grantee | undefined> {
  const { rows } = await client.query<{ oid: string; name: string }>(
    `SELECT oid, name FROM (SELECT oid::text, rolname::text AS name FROM pg_roles UNION ALL SELECT '0', '${everybody}') r
      WHERE ${by} = $1`,
    [value],
  )
  return rows[0]
}

/**
 * What a role was granted on the objects that properties name.
 * @throws ResourceFailure if one that is named is not there.
 */
export async function heldOn(client: Client, properties: Properties, grantee: Grantee): Promise<Held> {
  const named = properties.objects as string[]
  const rows = await look(client, properties, grantee, {
    where: 'o.schema IS NOT DISTINCT FROM $2 AND (cardinality($3::text[]) = 0 OR o.name = ANY($3::text[]))',
    values: [properties.schema, named],
  })
  const missing = named.filter(name => !rows.some(row => row.name === name))
  if (missing.length > 0)
    throw new ResourceFailure(`there is no ${text(properties.object_type)} ${missing.join(', ')}`, 'NotFound')
  return byNumber(rows)
}

/** What a role was granted on those of these objects that are still there, wherever they are by now. */
export const heldOf = async (
  client: Client,
  properties: Properties,
  grantee: Grantee,
  oids: readonly string[],
): Promise<Held> =>
  byNumber(await look(client, properties, grantee, { where: 'o.oid = ANY($2::oid[])', values: [oids] }))

interface Row {
  readonly oid: string
  readonly name: string
  readonly identity: string
  readonly grants: Holding['grants'] | null
}

async function look(
  client: Client,
  properties: Properties,
  { oid }: Grantee,
  { where, values }: { readonly where: string; readonly values: readonly unknown[] },
): Promise<readonly Row[]> {
  const { rows } = await client.query<Row>(
    `SELECT o.oid::text, o.name::text, o.identity,
        (SELECT json_agg(json_build_object('privilege', a.privilege_type, 'grantable', a.is_grantable))
          FROM aclexplode(o.acl) a WHERE a.grantee = $1::oid) AS grants
      FROM (${grantableOf(properties).objects}) o WHERE ${where} ORDER BY o.identity`,
    [oid, ...values],
  )
  return rows
}

const byNumber = (rows: readonly Row[]): Held =>
  Object.fromEntries(rows.map(({ oid, identity, grants }) => [oid, { identity, grants: grants ?? [] }]))
