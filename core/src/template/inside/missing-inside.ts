import type { InsideRead, MissingAttribute } from '../../plugin/children.js'
import type { JsonMap } from '../../plugin/json.js'
import type { ResourceType } from '../../plugin/resource-type.js'
import type { TemplateWords } from '../../plugin/template-format.js'
import type { MaybeUnknown } from '../../plugin/schema.js'
import { attributeSchema } from '../../resource/attributes/live-attributes.js'
import { isMap, own } from '../values/maps.js'
import type { ResourceKinds } from '../resources/resource-kinds.js'

/** The resources that a template inside of a resource has. */
export interface ResourcesInside {
  /** The types, by the names of the resources. */
  readonly types: ReadonlyMap<string, string>
  /** One of them stands for others of other names. */
  readonly standsFor: boolean
}

export function resourcesIn(content: JsonMap, words: TemplateWords, standsFor: boolean): ResourcesInside {
  const section = content[words.sections.resources]
  const typeOf = (written: unknown): string => {
    const type = isMap<MaybeUnknown>(written) ? own(written, words.resource.type) : undefined
    return typeof type === 'string' ? type : ''
  }
  const entries = Object.entries(isMap(section) ? section : {})
  return { types: new Map(entries.map(([name, written]) => [name, typeOf(written)])), standsFor }
}

/** What is certain of an attribute that is made of those of resources inside: whether they will have it. */
export function missingInside(
  { types, standsFor }: ResourcesInside,
  { members, asked }: InsideRead,
  kinds: ResourceKinds,
): MissingAttribute | undefined {
  const [first] = types.keys()
  const name = members === undefined || standsFor ? first : members[0]
  if (name === undefined) return undefined
  const type = types.get(name)
  if (type === undefined) return { fails: true, known: [...types.keys()] }
  const [attribute, ...path] = asked
  const kind = typeof attribute === 'string' ? kinds.ofInside(type) : undefined
  if (kind === undefined || typeof attribute !== 'string' || attribute === 'show') return undefined
  const read = kind.type.children?.inside?.(attribute, path)
  const missing =
    read === undefined ? undeclared(kind.type, attribute) : kind.resources && missingInside(kind.resources, read, kinds)
  return missing && { ...missing, inside: true }
}

/** The same of an attribute that its type declares, or nobody. */
export const undeclared = (
  { attributes, children }: Pick<ResourceType, 'attributes' | 'children'>,
  attribute: string,
): MissingAttribute | undefined =>
  children?.attribute !== undefined ||
  attributes === 'any' ||
  attribute === 'show' ||
  attributeSchema(attributes, attribute) !== undefined
    ? undefined
    : { fails: true, known: Object.keys(attributes) }
