import type { Json, JsonMap } from '@hearth/core/plugin'
import { asMap, follow, own, singleIn } from './members.js'

/**
 * Attributes of members that may be groups themselves: of those the next name of a path is one of their members', or says
 * whose it is. What is known of a member is what `Children.all` makes of it. Pure.
 */

/** Attributes of all members, by their name and then by the member's. */
export function byAttribute(members: JsonMap): JsonMap {
  const found = new Map<string, [string, Json][]>()
  for (const [member, all] of Object.entries(members)) {
    for (const [name, value] of Object.entries(asMap(all))) {
      const known = found.get(name) ?? []
      known.push([member, value])
      found.set(name, known)
    }
  }
  return Object.fromEntries([...found].map(([name, values]) => [name, Object.fromEntries(values)]))
}

/** An attribute of a member, with the path into it; null: there is none. @param all its attributes, by name. */
export function attributeOfMember(all: JsonMap, asked: readonly Json[]): Json {
  const [name, ...path] = asked
  if (name === undefined) return all
  if (typeof name !== 'string') return null
  const inner = innerOf(all)
  if (inner === undefined) return follow(own(all, name), path)
  const { maps, lists, names, members } = inner
  const one = (member: string, rest: readonly Json[]): Json => attributeOfMember(asMap(own(members, member)), rest)
  if (name === maps && path.length > 0) return Object.fromEntries(names.map(member => [member, one(member, path)]))
  if (name === lists && path.length > 0) return names.map(member => one(member, path))
  if (Object.hasOwn(all, name)) return follow(own(all, name), path)
  const single = singleIn(name, path)
  // Of a group that scales members are told by their place, and no attribute of theirs by its name alone.
  if (single === undefined) return lists === undefined ? names.map(member => one(member, asked)) : null
  const member = lists === undefined ? single.member : (names[Number(single.member)] ?? '')
  return single.inside.length === 0 ? own(asMap(all.refs_map), member) : one(member, single.inside)
}

interface Inner {
  /** The attribute that is a map of all members; and the one that is a list. */
  readonly maps: string
  readonly lists?: string
  /** In their order. */
  readonly names: readonly string[]
  readonly members: JsonMap
}

/** The members of a group, from all of its attributes. Undefined: it is none. */
function innerOf(all: JsonMap): Inner | undefined {
  const scales = Object.hasOwn(all, 'outputs_list')
  const maps = scales ? 'outputs' : 'attributes'
  if (!Object.hasOwn(all, 'refs_map') || !Array.isArray(all.refs) || !Object.hasOwn(all, maps)) return undefined
  // Members may have equal references.
  const named = new Map<Json, string[]>()
  for (const [name, reference] of Object.entries(asMap(all.refs_map))) {
    named.set(reference, [...(named.get(reference) ?? []), name])
  }
  return {
    maps,
    ...(scales ? { lists: 'outputs_list' } : {}),
    names: all.refs.flatMap(reference => named.get(reference)?.shift() ?? []),
    // Turned over once more.
    members: byAttribute(asMap(all[maps])),
  }
}
