import type { AttributeSchema, AttributeSchemas } from '../plugin/index.js'
import { insideAttribute } from '../plugin/inside-attribute.js'
import { templateResource } from '../template/index.js'
import type { Incarnation } from './incarnation.js'
import type { TypeRegistry } from './types.js'

/** Which attributes are read whenever somebody asks: those that a type declares so, and those of resources inside. Pure. */

/** That of the name itself, else of `*`, any other name. */
export const attributeSchema = (schemas: AttributeSchemas, name: string): AttributeSchema | undefined =>
  Object.hasOwn(schemas, name) ? schemas[name] : schemas['*']

/** Names of the live attributes that reading `attribute` (undefined: all of them) touches. */
export function liveAttributes(
  { type }: Pick<Incarnation, 'type'>,
  attribute: string | undefined,
  types: TypeRegistry,
): string[] {
  const inside = attributesInside({ type }, attribute)
  if (inside.length > 0) return inside
  const schemas = types.find(type)?.attributes
  if (schemas === undefined || schemas === 'any') return []
  const asked = attribute === undefined ? Object.keys(schemas) : [attribute]
  return asked.filter(name => attributeSchema(schemas, name)?.live === true)
}

/** What follows the name of a member, for all of its attributes. */
const allOf = '.*'

/**
 * What to read for an attribute of a template that goes to a resource in there: `resource.<member>.<name>`, or
 * `resource.<member>`, which alone is what get_resource gives, and with a path goes into all its attributes. None: it is no
 * such attribute.
 */
export function attributesInside({ type }: Pick<Incarnation, 'type'>, attribute: string | undefined): string[] {
  if (type !== templateResource.name || attribute === undefined) return []
  const asked = insideAttribute(attribute)
  if (asked === undefined) return []
  return asked.name === undefined ? [attribute, attribute + allOf] : [attribute]
}

/** The one of those that a path into it makes of an attribute; else itself. */
export const attributeInside = (
  incarnation: Pick<Incarnation, 'type'>,
  attribute: string,
  path: readonly unknown[],
): string => (path.length > 0 ? attributesInside(incarnation, attribute).at(-1) : undefined) ?? attribute
