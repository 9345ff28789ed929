import { isDeepStrictEqual } from 'node:util'
import type { ChildInside, ChildReached, ChildTemplate, Done, Json, JsonMap, MaybeUnknown } from '@hearth/core/plugin'
import { insideAttribute, pythonRepr, ResourceFailure, Unknown } from '@hearth/core/plugin'

/** What types have in common whose stack inside holds members: resources that are alike, or follow each other. */

export interface Member {
  readonly type: string
  readonly properties: Readonly<Record<string, MaybeUnknown>>
  readonly metadata?: MaybeUnknown
  readonly depends_on?: readonly string[]
}

/** The first version in which get_attr may give all attributes of a resource. */
const version = '2015-10-15'

/** A member as a template writes it, with an `Unknown` where a value is not known yet. */
export type Snippet = Readonly<Record<string, MaybeUnknown>>

/** The stack with these members; its outputs say what attributes are made of. */
export function stackOf(members: ReadonlyMap<string, Snippet>, types?: ChildTemplate['types']): ChildTemplate {
  const names = [...members.keys()]
  const each = (of: (name: string) => JsonMap): JsonMap => Object.fromEntries(names.map(name => [name, of(name)]))
  return {
    template: {
      heat_template_version: version,
      resources: Object.fromEntries(members),
      outputs: {
        refs_map: { value: each(name => ({ get_resource: name })) },
        members: { value: each(name => ({ get_attr: [name] })) },
      },
    },
    parameters: {},
    ...(types && { types }),
  }
}

/**
 * For `Children.written`: a member stands in one property.
 * @param path into the template of the members, e.g. `resources.0.properties.size`.
 */
export function writtenIn(property: string, path: string): string | undefined {
  const [, rest] = /^resources\.[^.[]+(.*)$/s.exec(path) ?? []
  return rest === undefined ? undefined : `${property}${rest}`
}

export const snippetOf = ({ type, properties, metadata, depends_on }: Member): Snippet => ({
  type,
  properties: Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== null)),
  ...(metadata === undefined || metadata === null ? {} : { metadata }),
  ...(depends_on === undefined ? {} : { depends_on: [...depends_on] }),
})

/** The members that a stack inside was last to have, as its template writes them. */
export const membersIn = (inside: ChildInside | undefined): JsonMap => asMap(inside?.template.resources)

/** Whether the stack inside was last to have a member so. What is stored has been through JSON, which knows fewer numbers. */
export function isFresh(inside: ChildInside | undefined, name: string, wanted: Snippet): boolean {
  const members = membersIn(inside)
  if (!Object.hasOwn(members, name)) return false
  const written = throughJson(wanted)
  return isDeepStrictEqual(throughJson(members[name]), throughJson(inside?.restored?.(name, written) ?? written))
}

const throughJson = (value: MaybeUnknown | undefined): JsonMap => JSON.parse(JSON.stringify(value)) as JsonMap

/** What is stored of the members; what refers to all of them gets the id of their stack. */
export const storedMembers = (
  outputs: JsonMap,
  { stack }: Pick<ChildReached, 'stack'>,
): Pick<Done, 'attributes' | 'reference'> => ({
  attributes: { refs_map: outputs.refs_map ?? {}, members: outputs.members ?? {} },
  reference: stack.id,
})

/** `resource.<member>`, or `resource.<member>.<name>`, with a path: whose it is, and the path into its attributes. */
export function singleIn(
  attribute: string,
  path: readonly MaybeUnknown[],
): { readonly member: string; readonly inside: readonly MaybeUnknown[] } | undefined {
  const asked = insideAttribute(attribute)
  return asked && { member: asked.member, inside: asked.name === undefined ? path : [asked.name, ...path] }
}

export const memberFailure = (group: string, member: string): ResourceFailure =>
  new ResourceFailure(`Member '${member}' not found in group resource '${group}'.`, 'NotFound')

/** @param path into it; with one Heat tells a tuple. */
export function attributeFailure(group: string, attribute: string, path: readonly Json[] = []): ResourceFailure {
  const asked = path.length === 0 ? attribute : `(${[attribute, ...path].map(pythonRepr).join(', ')})`
  return new ResourceFailure(`The Referenced Attribute (${group} ${asked}) is incorrect.`, 'InvalidTemplateAttribute')
}

export function follow(value: Json, path: readonly Json[]): Json {
  let at = value
  for (const step of path) {
    if (Array.isArray(at) || typeof at === 'string') at = placeIn(typeof at === 'string' ? [...at] : at, step)
    else at = typeof step === 'string' || typeof step === 'number' ? own(asMap(at), `${step}`) : null
  }
  return at
}

const placeIn = (items: readonly Json[], step: Json): Json =>
  (typeof step === 'number' && Number.isInteger(step) ? items.at(step) : undefined) ?? null

/** A map whose entries may be asked for, though they may not be known yet. */
export const isMap = (value: MaybeUnknown | undefined): value is Record<string, MaybeUnknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !Unknown.is(value)

export const asMap = (value: Json | undefined): JsonMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}

export const own = (map: JsonMap, name: string): Json => (Object.hasOwn(map, name) ? (map[name] ?? null) : null)
