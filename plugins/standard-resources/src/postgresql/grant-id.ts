import { type Properties, ResourceFailure } from '@hearth/core/plugin'
import { attempt } from '../attempt.js'
import { text } from '../text.js'
import { encoded } from './object-id.js'
import { placeOf } from './server.js'

const form = '<connection>/<database>/<role>/<object type>/<schema>/<objects>/<privileges>'

/**
 * How a grant is named from outside: `main/app/web/table/public/orders,customers/SELECT,INSERT`. What does not apply is
 * empty; so are the objects, where it is all of them.
 */
export const grantId = (properties: Properties): string =>
  [
    placeOf(properties) ?? '',
    properties.database ?? '',
    properties.role,
    properties.object_type,
    properties.schema ?? '',
    properties.objects,
    properties.privileges,
  ]
    .map(part =>
      [part]
        .flat()
        .map(item => encoded(text(item)))
        .join(','),
    )
    .join('/')

/** The properties of a grant; of one that was imported there are none, and its id says them. @throws ResourceFailure */
export function propertiesOfGrant(properties: Properties, id: string | null): Properties {
  if (properties.role !== undefined) return properties
  const parts = attempt(() => (id ?? '').split('/').map(part => part.split(',').map(decodeURIComponent))) ?? []
  if (parts.length !== form.split('/').length)
    throw new ResourceFailure(`'${id}' names no grant; expected ${form}`, 'ValueError')
  const [connection, database, role, type, schema, objects, privileges] = parts.map(part =>
    part.length === 1 && part[0] === '' ? [] : part,
  )
  return {
    connection: (connection ?? []).join(','),
    server: null,
    database: database?.[0] ?? null,
    role: (role ?? []).join(','),
    object_type: type?.[0] ?? '',
    schema: schema?.[0] ?? null,
    objects: objects ?? [],
    privileges: privileges ?? [],
    with_grant_option: false,
  }
}
