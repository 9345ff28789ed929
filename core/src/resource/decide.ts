import { isDeepStrictEqual } from 'node:util'
import type { Properties, ResourceType } from '../plugin/index.js'
import { type MaybeUnknown, Unknown } from '../plugin/schema.js'
import type { RestrictedAction } from '../template/index.js'
import { splitAdopted } from './rows/adopted.js'
import { type ChildState, type Incarnation, untouched } from './rows/incarnation.js'
import { carriesOn } from './types.js'

/** What a resource is to be: its definition with every function resolved, as far as that is known. */
export interface Wanted {
  /** What is to carry it out. */
  readonly type: string
  readonly properties: Record<string, MaybeUnknown>
  /** Not null: it stands for something outside of the stack. */
  readonly externalId: string | null
  /** Of the whole resolved definition; undefined while some of it is unknown. */
  readonly digest: string | undefined
}

/** What a decision may come to instead, once the values that are unknown now are known, or the type has been asked. */
export type Alternative = 'nothing' | 'update' | 'replace'

/** What has to be done with one resource. */
export type Decision =
  | { readonly do: 'nothing' }
  | { readonly do: 'create' }
  /** It exists: it is taken over as it is. */
  | { readonly do: 'adopt'; readonly physicalId: string | null }
  /** What stands outside of the stack is looked at, and nothing else. */
  | { readonly do: 'check' }
  | { readonly do: 'update'; readonly changed: readonly string[]; readonly or: readonly Alternative[] }
  /** `announce`: 'short' and 'long' leave an UPDATE pair of events on the old one, saying so. */
  | {
      readonly do: 'replace'
      readonly because: string
      readonly announce?: 'short' | 'long'
      readonly or: readonly Alternative[]
    }
  /** A resource that nothing differs for, but that is FAILED, or whose update was given up, is COMPLETE again. */
  | { readonly do: 'recover'; readonly from: 'FAILED' | 'IN_PROGRESS' }
  | { readonly do: 'refuse'; readonly message: string }
  /** The environment does not let an update do that; see `restrict`. */
  | { readonly do: 'restrict'; readonly action: RestrictedAction }

/**
 * Compares one resource as it is with how it is wanted. Pure: preview and engines call the same one.
 * The order of the rules is Heat's (heat/engine/resource.py, needs_update and needs_replace*).
 */
export function decide(type: ResourceType, was: Incarnation | undefined, wanted: Wanted): Decision {
  if (was === undefined) {
    return wanted.externalId === null ? { do: 'create' } : { do: 'adopt', physicalId: wanted.externalId }
  }
  if (!carriesOn(type, was.type)) return { do: 'replace', because: `type changes to ${wanted.type}`, or: [] }
  const begun = !untouched(was)
  if (!begun || (was.action === 'ADOPT' && was.status === 'IN_PROGRESS')) {
    const physicalId = wanted.externalId ?? was.physicalId
    if (physicalId !== null || splitAdopted(was.data).inside !== undefined) return { do: 'adopt', physicalId }
  }
  // A create IN_PROGRESS: its worker died in a call, or left a cursor. It goes on, found again by its idempotency key.
  if (!begun || (was.action === 'CREATE' && was.status === 'IN_PROGRESS')) return { do: 'create' }
  if (was.externalId !== wanted.externalId) {
    return { do: 'refuse', message: `Update to property external_id of ${was.name} (${was.type}) is not supported.` }
  }
  if (was.externalId !== null)
    return was.status === 'COMPLETE' && was.action !== 'ADOPT' ? { do: 'nothing' } : { do: 'check' }
  if (type.unchanging === true) return stands(was.status)
  if (was.action === 'DELETE') return { do: 'replace', because: 'it is being deleted', or: [] }
  if (type.replacedByUpdates === true) return { do: 'replace', because: 'every update replaces it', or: [] }
  if (type.children !== undefined) return decideNested(type, was, wanted)
  const failed = was.status === 'FAILED'
  const mends = isMended(type, was)
  if (failed && !mends && type.replaceWhenFailed !== false) {
    return { do: 'replace', because: `it is ${was.action}_FAILED`, or: [] }
  }
  if (was.live === 'gone') return { do: 'replace', because: 'it is not there any more', or: [] }

  const { certain, possible } = differences(was.properties, wanted.properties)
  const changed = [...certain, ...possible]
  if (!mends && changed.length === 0 && wanted.digest !== undefined && wanted.digest === was.digest) {
    return stands(was.status)
  }
  const schemas = type.properties === 'any' ? {} : type.properties
  const immutable = certain.filter(name => schemas[name]?.immutable === true)
  if (immutable.length > 0) {
    return {
      do: 'refuse',
      message: `Update to properties ${immutable.sort().join(', ')} of ${was.name} (${was.declaredType}) is not supported.`,
    }
  }
  // While something is unknown all of it may turn out equal, as long as nothing is known to differ.
  const known = wanted.digest !== undefined
  const equal: readonly Alternative[] = known || mends || certain.length > 0 ? [] : ['nothing']
  const own = changed.length > 0 ? type.needsReplace?.(was.properties, wanted.properties, changed) : undefined
  const forcing = changed.filter(name => type.update === undefined || schemas[name]?.updateAllowed !== true)
  const forced = forcing.some(name => certain.includes(name))
  const milder: readonly Alternative[] = known || forced ? [] : ['update', ...equal]
  if (own !== undefined) return { do: 'replace', because: own, announce: 'long', or: milder }
  if (forcing.length > 0) {
    return { do: 'replace', because: `${forcing.join(', ')} cannot change in place`, announce: 'short', or: milder }
  }
  const mayReplace = type.mayReplace === true || (type.needsReplace !== undefined && possible.length > 0)
  return { do: 'update', changed, or: mayReplace ? [...equal, 'replace'] : equal }
}

/** A stack inside is visited by every update, and decides for its own resources; FAILED ones are mended in place. */
function decideNested(type: ResourceType, was: Incarnation, wanted: Wanted): Decision {
  const { child } = was
  // Its adoption failed before there was a stack: what it is to be made of is still there.
  if (child === undefined && was.action === 'ADOPT' && splitAdopted(was.data).inside !== undefined) {
    return { do: 'adopt', physicalId: null }
  }
  if (child === undefined || child.action === 'DELETE') return { do: 'replace', because: 'its stack is gone', or: [] }
  if (isFailedCheck(was) && !isFailedCheck(child)) return { do: 'replace', because: 'it is CHECK_FAILED', or: [] }
  const { certain, possible } = differences(was.properties, wanted.properties)
  const changed = [...certain, ...possible]
  const schemas = type.properties === 'any' ? {} : type.properties
  const forcing = changed.filter(name => Object.hasOwn(schemas, name) && schemas[name]?.updateAllowed !== true)
  if (forcing.length === 0) {
    return isSuspendedByItself(child)
      ? { do: 'refuse', message: 'Updating a stack when it is suspended is not supported.' }
      : { do: 'update', changed, or: [] }
  }
  const or: readonly Alternative[] = forcing.some(name => certain.includes(name)) ? [] : ['update']
  return { do: 'replace', because: `${forcing.join(', ')} cannot change in place`, announce: 'short', or }
}

/** By a user, who is to resume it. What the stack around has suspended, and not resumed, is resumed by its update. */
export const isSuspendedByItself = ({ action, askedBy }: Pick<ChildState, 'action' | 'askedBy'>): boolean =>
  action === 'SUSPEND' && askedBy === null

const isFailedCheck = ({ action, status }: { action: string; status: string }): boolean =>
  action === 'CHECK' && status === 'FAILED'

/** It is not well, and its type puts that right in place. What could not be adopted is not this stack's to mend. */
const isMended = (type: ResourceType, { action, status }: Incarnation): boolean =>
  type.mendWhenFailed === true &&
  action !== 'ADOPT' &&
  (status === 'FAILED' || (action === 'UPDATE' && status === 'IN_PROGRESS'))

/** Nothing differs: what remains is what the row says of itself. */
const stands = (status: string): Decision =>
  status === 'FAILED' || status === 'IN_PROGRESS' ? { do: 'recover', from: status } : { do: 'nothing' }

/** Top-level properties that differ, and those that may. */
export function differences(
  was: Properties,
  wanted: Record<string, MaybeUnknown>,
): { certain: string[]; possible: string[] } {
  const certain: string[] = []
  const possible: string[] = []
  for (const name of new Set([...Object.keys(was), ...Object.keys(wanted)])) {
    const before = was[name] ?? null
    const after = wanted[name] ?? null
    if (Unknown.within(after)) possible.push(name)
    else if (!isDeepStrictEqual(before, after)) certain.push(name)
  }
  return { certain, possible }
}
