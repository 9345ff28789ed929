import { type Properties, ResourceFailure } from '@hearth/core/plugin'
import { attempt } from '../attempt.js'

/**
 * How an object is named from outside: `<server>/<name>`, or `<server>/<database>/<name>` if it lies in one. The server
 * is the name of a connection of the operator, else `<host>:<port>`. Each part is percent-encoded where it has to be.
 */
export interface ObjectId {
  readonly place: string
  /** Undefined: it lies in no database. */
  readonly database?: string
  readonly name: string
}

export const writeId = ({ place, database, name }: ObjectId): string =>
  [place, ...(database === undefined ? [] : [database]), name].map(encoded).join('/')

/** A colon tells nobody wrong, and reads better. */
export const encoded = (part: string): string => encodeURIComponent(part).replaceAll('%3A', ':')

/** @param inDatabase whether objects of its kind lie in a database. @throws ResourceFailure if it has another form. */
export function readId(id: string, inDatabase: boolean): ObjectId {
  const parts = attempt(() => id.split('/').map(decodeURIComponent)) ?? []
  if (parts.length !== (inDatabase ? 3 : 2) || parts.includes('')) {
    const form = inDatabase ? 'main/app/public' : 'main/app'
    throw new ResourceFailure(
      `'${id}' names nothing; expected a connection of the operator and what is there, such as ${form}`,
      'ValueError',
    )
  }
  const [place = '', ...path] = parts
  const name = path.pop() ?? ''
  return inDatabase ? { place, database: path[0] ?? '', name } : { place, name }
}

/** Where an object is: as its properties say; of one that was imported there are none, and its id says it. */
export function whereabouts(properties: Properties, id: string | null, inDatabase: boolean): Properties {
  if ((properties.connection ?? properties.server ?? null) !== null) return properties
  const { place, database } = readId(id ?? '', inDatabase)
  return { ...properties, connection: place, server: null, ...(database === undefined ? {} : { database }) }
}
