import type { ResourceType } from '@hearth/core/plugin'
import { text } from '../text.js'
import type { Access } from './access.js'
import { type Client, literal, quoted } from './connect.js'
import { nameProperty, validateUnreserved } from './names.js'
import { objectType } from './object.js'
import { type Found, foundIn, matches, type ObjectKind, type Search } from './object-kind.js'

const kind: ObjectKind = {
  noun: 'schema',
  type: 'Hearth::PostgreSQL::Schema',
  className: 'Schema',
  description: 'A schema in a database of a PostgreSQL server.',
  properties: {
    database: nameProperty(
      'The database that it lies in; another one replaces the schema, the same under a new name does not.',
      {
        required: true,
        updateAllowed: true,
      },
    ),
    owner: nameProperty('The role that owns it. Unset: the one that makes it; it is then let be.', {
      updateAllowed: true,
    }),
    drop_cascade: {
      type: 'boolean',
      description: 'Whether a delete takes along what lies in it. Without, it fails while anything does.',
      default: false,
      updateAllowed: true,
    },
  },
  names: ['database', 'owner'],
  inDatabase: true,
  transactional: true,
  validate: validateUnreserved,
  find,
  async make(client, { name }, comment) {
    await client.query(`CREATE SCHEMA ${quoted(text(name))}`)
    await client.query(`COMMENT ON SCHEMA ${quoted(text(name))} IS ${literal(comment)}`)
  },
  async change(client, found, { name, owner }) {
    if (found.name !== name) await client.query(`ALTER SCHEMA ${quoted(found.name)} RENAME TO ${quoted(text(name))}`)
    if (typeof owner === 'string' && owner !== found.row.owner) {
      await client.query(`ALTER SCHEMA ${quoted(text(name))} OWNER TO ${quoted(owner)}`)
    }
  },
  async drop(client, { name }, { properties }) {
    await client.query(`DROP SCHEMA ${quoted(name)} ${properties.drop_cascade === true ? 'CASCADE' : 'RESTRICT'}`)
  },
  view: async ({ row }) => ({ owner: row.owner ?? null }),
}

export const schema = (access: Access): ResourceType => objectType(kind, access)

async function find(client: Client, by: Search): Promise<Found | undefined> {
  const { condition, value } = matches(by)
  const { rows } = await client.query(
    `SELECT * FROM (SELECT oid, nspname AS name, obj_description(oid, 'pg_namespace') AS comment,
        pg_get_userbyid(nspowner) AS owner FROM pg_namespace) s WHERE ${condition}`,
    [value],
  )
  return foundIn(rows)
}
