import { createHash } from 'node:crypto'
import type { Properties, ResourceType } from '@hearth/core/plugin'
import { text } from '../text.js'
import type { Access } from './access.js'
import { type Client, literal, quoted } from './connect.js'
import { nameProperty } from './names.js'
import { objectType } from './object.js'
import { type Found, foundIn, matches, type ObjectKind, type Search } from './object-kind.js'
import { inTransaction } from './transaction.js'

const kind: ObjectKind = {
  noun: 'database',
  type: 'Hearth::PostgreSQL::Database',
  className: 'Database',
  description:
    'A database on a PostgreSQL server. To change its template, encoding or locale is to make another one, and so needs another name.',
  properties: {
    owner: nameProperty('The role that owns it. Unset: the one that makes it; it is then let be.', {
      updateAllowed: true,
    }),
    template: nameProperty('The database that it begins as a copy of. Unset: template1.'),
    encoding: { type: 'string', description: 'Its encoding, such as UTF8. Unset: that of its template.' },
    locale: { type: 'string', description: 'Its locale, such as C. Unset: that of its template.' },
    connection_limit: {
      type: 'integer',
      description: 'Connections that it takes at once; -1: any number.',
      default: -1,
      updateAllowed: true,
      constraints: [{ range: { min: -1 } }],
    },
    allow_connections: {
      type: 'boolean',
      description: 'Whether anybody may connect to it.',
      default: true,
      updateAllowed: true,
    },
    is_template: {
      type: 'boolean',
      description: 'Whether everybody who may make databases may copy it.',
      default: false,
      updateAllowed: true,
    },
    force_drop: {
      type: 'boolean',
      description: 'Whether a delete ends the connections to it. Without, it fails while there are any.',
      default: false,
      updateAllowed: true,
    },
  },
  names: ['owner', 'template'],
  inDatabase: false,
  transactional: false,
  find,
  make,
  sweep,
  async change(client, found, properties) {
    const name = text(properties.name)
    const { owner, connection_limit: limit, allow_connections: open, is_template: copied } = properties
    await inTransaction(client, async () => {
      if (found.name !== name) await client.query(`ALTER DATABASE ${quoted(found.name)} RENAME TO ${quoted(name)}`)
      if (typeof owner === 'string' && owner !== found.row.owner) {
        await client.query(`ALTER DATABASE ${quoted(name)} OWNER TO ${quoted(owner)}`)
      }
      await client.query(
        `ALTER DATABASE ${quoted(name)} WITH CONNECTION LIMIT ${Number(limit)}
          ALLOW_CONNECTIONS ${open === true} IS_TEMPLATE ${copied === true}`,
      )
    })
  },
  async drop(client, { name, row }, { properties }) {
    if (row.is_template === true) await client.query(`ALTER DATABASE ${quoted(name)} WITH IS_TEMPLATE false`)
    await client.query(`DROP DATABASE ${quoted(name)} ${properties.force_drop === true ? 'WITH (FORCE)' : ''}`)
  },
  /** How it began cannot change. */
  async view({ row }) {
    const { owner = null, connection_limit = null, allow_connections = null, is_template = null } = row
    return { owner, connection_limit, allow_connections, is_template }
  },
}

export const database = (access: Access): ResourceType => objectType(kind, access)

/**
 * A database cannot be made in a transaction. So it is made under a name that nobody else knows, and gets its own once it
 * says who made it: whoever finds it by that name finds that, too.
 */
async function make(client: Client, { name, template, encoding, locale }: Properties, comment: string): Promise<void> {
  const draft = draftOf(comment)
  const options = [
    ...(typeof template === 'string' ? [`TEMPLATE ${quoted(template)}`] : []),
    ...(typeof encoding === 'string' ? [`ENCODING ${literal(encoding)}`] : []),
    ...(typeof locale === 'string' ? [`LOCALE ${literal(locale)}`] : []),
  ]
  await sweep(client, comment)
  await client.query(`CREATE DATABASE ${quoted(draft)} ${options.join(' ')}`)
  await inTransaction(client, async () => {
    await client.query(`COMMENT ON DATABASE ${quoted(draft)} IS ${literal(comment)}`)
    await client.query(`ALTER DATABASE ${quoted(draft)} RENAME TO ${quoted(text(name))}`)
  })
}

async function sweep(client: Client, comment: string): Promise<void> {
  await client.query(`DROP DATABASE IF EXISTS ${quoted(draftOf(comment))}`)
}

const draftOf = (comment: string): string => `hearth-${createHash('sha256').update(comment).digest('hex').slice(0, 24)}`

async function find(client: Client, by: Search): Promise<Found | undefined> {
  const { condition, value } = matches(by)
  const { rows } = await client.query(
    `SELECT * FROM (SELECT oid, datname AS name, shobj_description(oid, 'pg_database') AS comment,
        pg_get_userbyid(datdba) AS owner, datconnlimit AS connection_limit, datallowconn AS allow_connections, datistemplate AS is_template
      FROM pg_database) d WHERE ${condition}`,
    [value],
  )
  return foundIn(rows)
}
