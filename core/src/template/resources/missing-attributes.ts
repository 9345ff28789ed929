import { HearthError } from '../../errors.js'
import { insideAttribute } from '../../plugin/inside-attribute.js'
import type { ResourceType } from '../../plugin/resource-type.js'
import type { MaybeUnknown } from '../../plugin/schema.js'
import { type Checks, unknownScope } from '../expression.js'
import { isMap } from '../values/maps.js'
import { missingInside, type ResourcesInside, resourcesIn, undeclared } from '../inside/missing-inside.js'
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
  const insides = new Map<string, InsideOf | undefined>()
  const insideOf = (resource: ResourceDefinition, type: ResourceType): InsideOf | undefined => {
    if (!insides.has(resource.name)) insides.set(resource.name, readInside(resource, type, kinds))
    return insides.get(resource.name)
  }
  return (name, attribute, path) => {
    const [resource, type] = [resources.get(name), typeOf(name)]
    if (resource === undefined || type === undefined) return undefined
    const { children } = type
    if (children?.missing !== undefined) {
      const missing = children.missing(attribute, path, insideOf(resource, type)?.outputs)
      if (missing !== undefined) return missing
    }
    const read = children?.inside?.(attribute, path)
    if (read !== undefined) {
      const template = kinds.templateIn(resource)?.resources
      const inside = template ?? insideOf(resource, type)?.resources
      const missing = inside && missingInside(inside, read, kinds)
      if (missing === undefined || missing.inside === true) return missing
      const asked = insideAttribute(attribute)
      // Members come and go: who asks for one that is not there is told then.
      if (template === undefined || asked === undefined) return undefined
      return { ...missing, known: missing.known.map(member => attribute.replace(asked.member, member)) }
    }
    return undeclared(type, attribute)
  }
}

/** What the template inside of a resource has. */
interface InsideOf {
  /** Their names. */
  readonly outputs: readonly string[]
  readonly resources: ResourcesInside
}

/** Undefined: nobody can tell, or it is told elsewhere why. */
function readInside(resource: ResourceDefinition, type: ResourceType, kinds: ResourceKinds): InsideOf | undefined {
  try {
    const inside = type.children?.of(resource.resolveProperties(unknownScope) as Record<string, MaybeUnknown>)
    if (inside === undefined) return undefined
    const { content, version } = kinds.readInside(inside)
    const outputs = content[version.words.sections.outputs]
    return {
      outputs: isMap(outputs) ? Object.keys(outputs) : [],
      resources: resourcesIn(content, version.words, inside.standsFor !== undefined),
    }
  } catch (error) {
    if (HearthError.is(error)) return undefined
    throw error
  }
}
