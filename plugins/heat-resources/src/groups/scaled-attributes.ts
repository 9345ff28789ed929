import type { ChildInside, Json, JsonMap } from '@hearth/core/plugin'
import { asMap, own } from './members.js'
import { membersOf } from './scaled-members.js'

/** What a group that scales keeps of its members: of those that are not broken, in their order. Pure. */
export function scaledNow(outputs: JsonMap, inside: ChildInside): JsonMap {
  const order = membersOf(inside).flatMap(({ name, broken }) => (broken ? [] : [name]))
  const of = (what: Json | undefined): JsonMap => Object.fromEntries(order.map(name => [name, own(asMap(what), name)]))
  return { order, refs_map: of(outputs.refs_map), members: of(outputs.members) }
}

/** Names of the members, from what is kept. */
export const orderIn = ({ order }: JsonMap): string[] => (Array.isArray(order) ? (order as string[]) : [])
