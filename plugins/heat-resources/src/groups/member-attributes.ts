import { type Children, type Json, type JsonMap, type StoredResource, Unknown } from '@hearth/core/plugin'
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
 * @throws ResourceFailure for `attributes` alone, and for a member that is not there.
 */
export function memberAttribute(
  { name: group, attributes }: StoredResource,
  attribute: string,
  path: readonly Json[],
): Json {
  const refs = asMap(attributes.refs_map)
  const members = asMap(attributes.members)
  const ofAll = (name: string, rest: readonly Json[]): [string, Json][] =>
    Object.keys(refs).map(member => [member, attributeOfMember(asMap(own(members, member)), [name, ...rest])])
  if (attribute === 'refs') return follow(Object.values(refs), path)
  if (attribute === 'refs_map') return follow(refs, path)
  if (attribute === 'attributes') {
    const [name, ...rest] = path
    if (typeof name !== 'string') throw attributeFailure(group, attribute)
    return Object.fromEntries(ofAll(name, rest))
  }
  const single = singleIn(attribute, path)
  if (single === undefined) return ofAll(attribute, path).map(([, value]) => value)
  const { member, inside } = single
  // Before it was ever reached nothing is wrong with the name.
  if (attributes.refs_map !== undefined && !Object.hasOwn(refs, member)) throw memberFailure(group, member)
  return inside.length === 0 ? own(refs, member) : attributeOfMember(asMap(own(members, member)), inside)
}

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
