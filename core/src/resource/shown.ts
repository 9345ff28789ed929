import type { Json, JsonMap } from '../plugin/json.js'
import type { PropertySchema, PropertySchemas } from '../plugin/schema.js'
import { isMap, put } from '../template/maps.js'
import { isSecret } from './hidden.js'

/** Heat's stand-in for what must not be shown. */
const stars = '******'

/** Properties as events keep and show them: without the values of secret ones. */
export function shownProperties(schemas: PropertySchemas | 'any', properties: JsonMap): JsonMap {
  if (schemas === 'any') return properties
  const shown: JsonMap = {}
  for (const name of Object.keys(properties)) put(shown, name, shownValue(schemas[name], properties[name] as Json))
  return shown
}

function shownValue(schema: PropertySchema | undefined, value: Json): Json {
  if (isSecret(schema) && value !== null) return stars
  if (schema?.schema === undefined) return value
  if (isMap<Json>(value)) return shownProperties(schema.schema, value)
  const item = schema.schema['*']
  return Array.isArray(value) ? value.map(each => shownValue(item, each)) : value
}
