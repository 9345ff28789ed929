import {
  type Children,
  goesDeeper,
  type InsideRead,
  type Json,
  type JsonMap,
  type MaybeUnknown,
  type StoredResource,
  Unknown,
} from '@hearth/core/plugin'
import { asMap, attributeFailure, follow, memberFailure, own, singleIn } from './members.js'
import { attributeOfMember, byAttribute } from './nested-attributes.js'

/** The attributes of a group, from what is stored of its members. Pure. */

export const memberAttributes = {
  refs: { description: 'A list of the references of the members.', type: 'list' },
  refs_map: { description: 'A map of the names of the members to their references.', type: 'map' },
  attributes: {
    description: 'A map of the names of the members to the attribute that is named next.',
    type: 'map',
  },
} as const

/**
 * `refs`, `refs_map`, `attributes, <name>` as a map, `<name>` as a list, `resource.<member>` and
 * `resource.<member>.<name>`, each with a path into every value; the name of the latter may stand in the path, too.
 * @throws ResourceFailure for `attributes` alone, a member that is not there, and an attribute that members have not.
 */
export function memberAttribute(stored: StoredResource, attribute: string, path: readonly Json[]): Json {
  const refs = asMap(stored.attributes.refs_map)
  if (attribute === 'refs') return follow(Object.values(refs), path)
  if (attribute === 'refs_map') return follow(refs, path)
  const read = insideMembers(attribute, path, stored)
  if (read === undefined) throw attributeFailure(stored.name, attribute)
  return valueIn(stored, read, attribute, path)
}

/** What a read makes of what is stored of the members. @throws ResourceFailure for an attribute that they have not. */
export function valueIn(
  { name: group, attributes }: StoredResource,
  { members: names = [], asked, as }: InsideRead,
  attribute: string,
  path: readonly Json[],
): Json {
  const of = (member: string): Json => {
    if (asked.length === 0) return own(asMap(attributes.refs_map), member)
    const value = attributeOfMember(own(asMap(attributes.members), member), asked as readonly Json[])
    if (value === undefined) throw attributeFailure(group, attribute, path)
    return value
  }
  if (as === 'value') return of(names[0] ?? '')
  return as === 'list' ? names.map(of) : Object.fromEntries(names.map(name => [name, of(name)]))
}

/** For `Children.inside`. @throws ResourceFailure for a member that is not there. */
export function insideMembers(
  attribute: string,
  path: readonly MaybeUnknown[],
  stored?: StoredResource,
): InsideRead | undefined {
  if (attribute === 'refs' || attribute === 'refs_map') return undefined
  const refs = stored && asMap(stored.attributes.refs_map)
  const single = singleIn(attribute, path)
  if (single !== undefined) {
    const { member, inside } = single
    // Before it was ever reached nothing is wrong with the name.
    if (stored?.attributes.refs_map !== undefined && refs !== undefined && !Object.hasOwn(refs, member))
      throw memberFailure(stored.name, member)
    return { members: [member], asked: inside, as: 'value', ...whereKept(inside) }
  }
  const members = refs && Object.keys(refs)
  if (attribute !== 'attributes') {
    const asked = [attribute, ...path]
    return { members, asked, as: 'list', ...whereKept(asked) }
  }
  return path.length === 0 ? undefined : { members, asked: path, as: 'map', ...whereKept(path) }
}

/** What members have is stored with the group; what resources have that are inside of members is not. */
export const whereKept = (asked: readonly MaybeUnknown[]): Pick<InsideRead, 'stored'> =>
  goesDeeper(asked) ? {} : { stored: true }

/** For `Children.missing`: `attributes` needs the name of one. Any other name may be one of the members' own. */
export const missingOfMembers: Children['missing'] = (attribute, [name]) =>
  attribute !== 'attributes' || typeof name === 'string' || Unknown.is(name)
    ? undefined
    : { fails: true, known: [attribute] }

/** For `Children.all`: those, and of all members by the name of the attribute. */
export function allOfMembers({ attributes }: Pick<StoredResource, 'attributes'>): JsonMap {
  const refs = asMap(attributes.refs_map)
  return { refs: Object.values(refs), refs_map: refs, attributes: byAttribute(asMap(attributes.members)) }
}
