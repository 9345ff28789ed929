import type { JsonMap, MaybeUnknown, Properties, PropertySchemas, StepContext } from '@hearth/core/plugin'
import { text } from '../text.js'
import type { Client } from './connect.js'

/** An object of a server, as it was found. */
export interface Found {
  readonly oid: string
  readonly name: string
  /** Its comment, where Hearth says which resource has made it. */
  readonly comment: string | null
  /** What else the kind looks at. */
  readonly row: JsonMap
}

/** Which one: what is given has to be so. */
export type Search = { readonly oid: string } | { readonly name: string } | { readonly comment: string }

/** What there is to know of a kind of objects that have a name. */
export interface ObjectKind {
  /** As errors call it. */
  readonly noun: string
  readonly type: string
  readonly className: string
  readonly description: string
  /** Beside the server and the name. */
  readonly properties: PropertySchemas
  /** Those among them that hold names. */
  readonly names: readonly string[]
  /** Objects of the kind lie in a database, which the property `database` names. */
  readonly inDatabase: boolean
  /** Whether `make` and `change` may stand in a transaction; then what fails leaves nothing behind. */
  readonly transactional: boolean
  validate?(properties: Readonly<Record<string, MaybeUnknown>>): void
  find(client: Client, by: Search): Promise<Found | undefined>
  /** Makes it with its comment: both, or nothing. What `change` does afterwards need not be done. */
  make(client: Client, properties: Properties, comment: string): Promise<void>
  /** Removes what a `make` that never ended has left. */
  sweep?(client: Client, comment: string): Promise<void>
  /** Brings it to its properties, whatever it is like; its name as well. */
  change(client: Client, found: Found, properties: Properties): Promise<void>
  /** Removes it, by the name it has. @throws ResourceFailure ConnectionError if it is worth trying again. */
  drop(client: Client, found: Found, context: StepContext): Promise<void>
  /** The properties of what was found, written as the wanted ones are; those that cannot be told are left out. */
  view(found: Found, wanted: Properties): Promise<JsonMap>
}

/** How a search reads in SQL over the columns `oid`, `name` and `comment`, its value as $1. */
export function matches(by: Search): { readonly condition: string; readonly value: string } {
  if ('oid' in by) return { condition: 'oid = $1::oid', value: by.oid }
  return 'name' in by ? { condition: 'name = $1', value: by.name } : { condition: 'comment = $1', value: by.comment }
}

/** The first row of a search. */
export function foundIn(rows: readonly JsonMap[]): Found | undefined {
  const [row] = rows
  if (row === undefined) return undefined
  return { oid: text(row.oid), name: text(row.name), comment: (row.comment ?? null) as string | null, row }
}
