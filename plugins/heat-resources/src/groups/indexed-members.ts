import { type ChildStage, type ChildWanted, type MaybeUnknown, ResourceFailure } from '@hearth/core/plugin'
import { isMap, type Snippet, snippetOf } from './members.js'
import { nextOfNamed } from './named-members.js'
import { refuseTooMuch } from './member-limits.js'
import { namesOf, removed } from './removals.js'

/** Members that are named by an index, and the way of a group of them to what it is to be. Pure. */

type Given = Readonly<Record<string, MaybeUnknown>>

/** An update that only changes how many there are is made at once. */
export function nextOfIndexed(wanted: ChildWanted): ChildStage | undefined {
  const { properties, stored } = wanted
  const member = memberMaker(properties)
  if (member === undefined) throw new ResourceFailure('what its members are to be cannot be told')
  const target = Number(properties.count)
  refuseTooMuch(target, member('0'))
  const gone = removed(properties, stored)
  return nextOfNamed(wanted, {
    target,
    names: size => namesOf(size, gone),
    member,
    growsInBatches: false,
  })
}

/** Undefined: it is not known yet. */
export function memberMaker({
  resource_def: definition,
  index_var: given,
}: Given): ((index: string) => Snippet) | undefined {
  if (!isMap(definition)) return undefined
  const { type, properties, metadata } = definition
  // Once the property is resolved it is text, whatever was written.
  const name = typeof type === 'number' || typeof type === 'boolean' ? String(type) : type
  if (typeof name !== 'string') return undefined
  const variable = typeof given === 'string' ? given : '%index%'
  return index =>
    snippetOf({
      type: name,
      properties: isMap(properties) ? (indexed(properties, variable, index) as Given) : {},
      ...(metadata === undefined ? {} : { metadata }),
    })
}

/** In values only, however deep: not in keys. */
function indexed(value: MaybeUnknown, variable: string, index: string): MaybeUnknown {
  if (typeof value === 'string') return value.replaceAll(variable, index)
  if (Array.isArray(value)) return value.map(item => indexed(item, variable, index))
  if (!isMap(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, indexed(item, variable, index)]))
}
