import type { Json, JsonMap } from '@hearth/core/plugin'
import { asMap, follow, own } from './members.js'

/**
 * Attributes of members that may be groups themselves: of those the next name of a path is one of their members'. What is known
 * of a member is what `Children.all` makes of it. Pure.
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

/**
 * An attribute of a member, with the path into it; undefined: it has none of that name. A member that is not there has none, and
 * that is null.
 * @param stored all its attributes, by name.
 */
export function attributeOfMember(stored: Json, asked: readonly Json[]): Json | undefined {
  const [name, ...path] = asked
  if (stored === null || name === undefined) return stored
  if (typeof name !== 'string') return undefined
  const all = asMap(stored)
  const inner = innerOf(all)
  if (inner !== undefined) {
    const { maps, lists, names, members } = inner
    const each = (rest: readonly Json[]): Json[] | undefined => {
      const values = names.map(member => attributeOfMember(own(members, member), rest))
      return values.some(value => value === undefined) ? undefined : (values as Json[])
    }
    if (path.length > 0 && (name === maps || name === lists)) {
      const values = each(path)
      return name === lists
        ? values
        : values && Object.fromEntries(names.map((member, at) => [member, values[at] ?? null]))
    }
    // Of a group that scales no attribute of members is told by its name alone.
    if (!Object.hasOwn(all, name)) return lists === undefined ? each(asked) : undefined
  }
  if (Object.hasOwn(all, name)) return follow(own(all, name), path)
  // Besides all that are stored there is that one; and a type without any takes every name, as `OS::Heat::None` does.
  return name === 'show' || Object.keys(all).length === 0 ? null : undefined
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
