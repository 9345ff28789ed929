import type { JsonMap, MaybeUnknown, Properties, StoredResource } from '@hearth/core/plugin'
import { asMap, isMap, own } from './members.js'

/** Which indexes the members of a group have: the lowest ones, but for those whose member was removed. Pure. */

type Given = Readonly<Record<string, MaybeUnknown>>
type Stored = Pick<StoredResource, 'attributes' | 'data'>

/** The lowest indexes that were not removed. */
export function namesOf(count: number, gone: readonly string[]): string[] {
  const names: string[] = []
  const skipped = new Set(gone)
  for (let index = 0; names.length < count; index++) if (!skipped.has(String(index))) names.push(String(index))
  return names
}

/** What is removed from now on. The same again while nothing new is stored, so a step may ask any number of times. */
export function removed(properties: Given | Properties, stored: Stored): string[] {
  const before = blacklist(stored)
  const refs = asMap(stored.attributes.refs_map)
  const fresh = stored.attributes.refs_map === undefined
  const found = new Set(properties.removal_policies_mode === 'update' ? [] : before)
  for (const entry of entriesOf(properties.removal_policies)) {
    const name = String(entry)
    if (fresh || before.includes(name) || Object.hasOwn(refs, name)) found.add(name)
    else for (const member of Object.keys(refs)) if (own(refs, member) === entry) found.add(member)
  }
  return [...found].sort()
}

const entriesOf = (policies: MaybeUnknown | undefined): (string | number)[] =>
  Array.isArray(policies)
    ? policies.flatMap(policy => {
        const list = isMap(policy) ? policy.resource_list : undefined
        return Array.isArray(list)
          ? list.filter((item): item is string | number => typeof item === 'string' || typeof item === 'number')
          : []
      })
    : []

/** What was removed before. */
export const blacklist = ({ data }: { readonly data: JsonMap }): string[] =>
  typeof data.name_blacklist === 'string' ? data.name_blacklist.split(',').filter(name => name !== '') : []
