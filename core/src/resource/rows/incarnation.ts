import type { ResourceRow, StackRow } from '@hearth/db'
import type { Json, JsonMap } from '../../plugin/json.js'
import type { StoredResource } from '../../plugin/resource-type.js'
import { openHidden } from '../secrets/hidden.js'
import { type KeptSecrets, openTold } from '../secrets/kept-secrets.js'
import type { Secrets } from '../secrets/secrets.js'

/** A nested stack, as far as its parent's decisions ask for it. */
export type ChildState = Pick<StackRow, 'id' | 'name' | 'project' | 'action' | 'status' | 'askedBy' | 'templateId'>

/** One incarnation of a named resource, as its row has it. A replacement is another incarnation of the same name. */
export interface Incarnation extends StoredResource {
  readonly id: string
  /** As its template names it. */
  readonly declaredType: string
  /** What carries it out. */
  readonly type: string
  readonly statusReason: string
  /** Names of the properties that are kept encrypted. */
  readonly hidden: readonly string[]
  /** What else is secret, if anything is. */
  readonly kept: KeptSecrets | null
  readonly reference: string | null
  readonly metadata: JsonMap
  /** Ids of the incarnations it leans on. Null: a row from before the engine's flag; its template tells. */
  readonly requires: readonly string[] | null
  /** The template it was last brought to, with the digest of its resolved definition there. */
  readonly template: string | null
  readonly digest: string | null
  readonly deletionPolicy: string | null
  /** The `external_id` that it was adopted by. */
  readonly externalId: string | null
  readonly replaces: string | null
  readonly cursor: Json
  readonly actor: string | null
  readonly signals: number
  readonly hook: string | null
  readonly changedAt: Date
  /** The live stack inside, of types that have one; loaded by whoever decides. */
  readonly child?: ChildState
  /** Of an operation that compares with reality: nobody has looked yet, or there is nothing any more. */
  readonly live?: 'unread' | 'gone'
}

export function incarnationOf(row: ResourceRow, secrets: Secrets): Incarnation {
  const told = row.sealed === null ? undefined : openTold(row, row.sealed, secrets)
  return {
    id: row.id,
    name: row.name,
    declaredType: row.type,
    type: row.implementation ?? row.type,
    action: row.action,
    status: row.status,
    statusReason: row.statusReason,
    physicalId: row.physicalId,
    ...openHidden(row, secrets),
    attributes: told === undefined ? row.attributes : told.attributes,
    reference: told === undefined ? row.reference : told.reference,
    kept: told === undefined ? null : told.kept,
    data: row.data === null ? {} : secrets.open(row.data),
    metadata: told === undefined ? row.metadata : told.metadata,
    requires: row.requires,
    template: row.templateId,
    digest: row.definitionDigest,
    deletionPolicy: row.deletionPolicy,
    externalId: row.externalId,
    replaces: row.replaces,
    cursor: row.cursor,
    actor: row.actor,
    signals: row.signals,
    received: row.received === null ? {} : secrets.open(row.received),
    hook: row.hook,
    changedAt: row.updatedAt ?? row.createdAt,
  }
}

/** The columns that say of which type a resource is. */
export const typeColumns = (declared: string, type: string): Pick<ResourceRow, 'type' | 'implementation'> => ({
  type: declared,
  implementation: type === declared ? null : type,
})

type Adopted = Pick<Incarnation, 'action' | 'status' | 'physicalId' | 'externalId'>
export type Begun = Pick<Incarnation, 'action' | 'requires' | 'deletionPolicy'>

/**
 * Never started: nothing to update, check or delete. A check, or whoever marks it, may have given it another state since;
 * what has begun has a deletion policy, or is a row from before the engine's flag, which has no `requires` either. The store
 * of resources says the same in SQL.
 */
export const untouched = ({ action, requires, deletionPolicy }: Begun): boolean =>
  action === 'INIT' || (action === 'CHECK' && requires !== null && deletionPolicy === null)

/** What was to be adopted is not this stack's, and nothing was made instead. */
export const unadopted = ({ action, status, physicalId, externalId }: Adopted): boolean =>
  action === 'ADOPT' && status === 'FAILED' && physicalId === null && externalId === null

/** A row from before the engine's flag: its template tells what it leans on. */
export const isOld = (was: Begun): boolean => was.requires === null && !untouched(was)

/** What makes a row that gets another state than INIT, and has not begun or was not adopted, one that has not begun. */
export const stillUntouched = (was: Incarnation): Partial<Pick<Incarnation, 'requires' | 'deletionPolicy'>> =>
  untouched(was) || unadopted(was) ? { requires: was.requires ?? [], deletionPolicy: null } : {}
