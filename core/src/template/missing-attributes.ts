import { HearthError } from '../errors.js'
import { insideAttribute } from '../plugin/inside-attribute.js'
import type { ResourceType } from '../plugin/resource-type.js'
import type { MaybeUnknown } from '../plugin/schema.js'
import { type Checks, unknownScope } from './expression.js'
import { isMap } from './maps.js'
import type { ResourceDefinition } from './resource-definition.js'
import type { ResourceKinds } from './resource-kinds.js'

/**
 * Tells which attributes a resource will not have, before anything exists: by the schema of its type, and by the outputs of the
 * template inside it.
 * @param typeOf undefined: what is wrong with the resource is told elsewhere, and so any attribute will do.
 */
export function missingAttributes(
  resources: ReadonlyMap<string, ResourceDefinition>,
  kinds: ResourceKinds,
  typeOf: (resource: string) => ResourceType | undefined,
): Checks['missing'] {
  const outputs = new Map<string, readonly string[] | undefined>()
  const outputsIn = (resource: ResourceDefinition, type: ResourceType): readonly string[] | undefined => {
    if (!outputs.has(resource.name)) outputs.set(resource.name, outputsInside(resource, type, kinds))
    return outputs.get(resource.name)
  }
  return (name, attribute, path) => {
    const [resource, type] = [resources.get(name), typeOf(name)]
    if (resource === undefined || type === undefined) return undefined
    const { attributes, children } = type
    if (children?.missing !== undefined) {
      const missing = children.missing(attribute, path, outputsIn(resource, type))
      if (missing !== undefined) return missing
    }
    if (children?.attribute !== undefined || attributes === 'any' || attribute === 'show') return undefined
    const template = kinds.templateIn(resource)
    const inside = template === undefined ? undefined : insideAttribute(attribute)
    if (inside !== undefined && template !== undefined) {
      const known = [...template.resources].map(member => attribute.replace(inside.member, member))
      return template.resources.has(inside.member) ? undefined : { fails: true, known }
    }
    if (Object.hasOwn(attributes, attribute) || Object.hasOwn(attributes, '*')) return undefined
    return { fails: true, known: Object.keys(attributes) }
  }
}

/** Names of the outputs of the stack inside a resource; undefined: nobody can tell, or it is told elsewhere why. */
function outputsInside(
  resource: ResourceDefinition,
  type: ResourceType,
  kinds: ResourceKinds,
): readonly string[] | undefined {
  try {
    const inside = type.children?.of(resource.resolveProperties(unknownScope) as Record<string, MaybeUnknown>)
    if (inside === undefined) return undefined
    const { content, version } = kinds.readInside(inside)
    const outputs = content[version.words.sections.outputs]
    return isMap(outputs) ? Object.keys(outputs) : []
  } catch (error) {
    if (HearthError.is(error)) return undefined
    throw error
  }
}
