import type { AttributeSchema, AttributeSchemas } from '../../plugin/index.js'
import type { Incarnation } from '../rows/incarnation.js'
import type { TypeRegistry } from '../types.js'

/** Which attributes are read whenever somebody asks, since their type declares them so. Pure. */

/** That of the name itself, else of `*`, any other name. */
export const attributeSchema = (schemas: AttributeSchemas, name: string): AttributeSchema | undefined =>
  Object.hasOwn(schemas, name) ? schemas[name] : schemas['*']

/** Names of the live attributes that reading `attribute` (undefined: all of them) touches. */
export function liveAttributes(
  { type }: Pick<Incarnation, 'type'>,
  attribute: string | undefined,
  types: TypeRegistry,
): string[] {
  const schemas = types.find(type)?.attributes
  if (schemas === undefined || schemas === 'any') return []
  const asked = attribute === undefined ? Object.keys(schemas) : [attribute]
  return asked.filter(name => attributeSchema(schemas, name)?.live === true)
}
