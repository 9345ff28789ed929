import type { Json, JsonMap } from '../../plugin/json.js'
import type { PropertySchema, PropertySchemas } from '../../plugin/schema.js'
import { isMap, put } from '../../template/values/maps.js'
import { isSecret } from './hidden.js'

/** Heat's stand-in for what must not be shown. */
const stars = '******'

/**
 * Properties as events keep and show them: without the values of secret ones.
 * @param secret names of others that nobody is to see.
 */
export function shownProperties(
  schemas: PropertySchemas | 'any',
  properties: JsonMap,
  secret: readonly string[] = [],
): JsonMap {
  if (schemas === 'any' && secret.length === 0) return properties
  const shown: JsonMap = {}
  for (const name of Object.keys(properties)) {
    const value = properties[name] as Json
    const schema = schemas === 'any' ? undefined : schemas[name]
    put(shown, name, secret.includes(name) ? masked(value) : shownValue(schema, value))
  }
  return shown
}

const masked = (value: Json): Json => (value === null ? null : stars)

function shownValue(schema: PropertySchema | undefined, value: Json): Json {
  if (isSecret(schema)) return masked(value)
  if (schema?.schema === undefined) return value
  if (isMap<Json>(value)) return shownProperties(schema.schema, value)
  const item = schema.schema['*']
  return Array.isArray(value) ? value.map(each => shownValue(item, each)) : value
}
