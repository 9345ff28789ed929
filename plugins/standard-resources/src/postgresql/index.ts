/**
 * Hearth::PostgreSQL: roles, databases, schemas, grants and scripts on servers that templates or the operator name. What
 * is sent to a server is told apart from what is sent to Hearth's own database: nothing here knows that one.
 * Start at `object.ts` for how an object lives, `connect.ts` for how a server is reached.
 */
import type { Namespace } from '../namespace.js'
import { accessBy } from './access.js'
import { database } from './database.js'
import { grant } from './grant.js'
import { options } from './options.js'
import { role } from './role.js'
import { schema } from './schema.js'
import { script } from './script.js'

export const postgresql: Namespace = {
  options,
  types: [role, database, schema, grant, script].map(make => surroundings => make(accessBy(surroundings.options))),
}
