import * as errors from '../errors.js'
import type { Json, JsonMap, PropertySchemas } from '../plugin/index.js'
import type { NamedChecks } from '../resource/properties/named-constraints.js'
import { coerceProperties } from '../resource/properties/properties.js'

const types = ['String', 'Number', 'CommaDelimitedList', 'Json', 'Boolean']

const inputSchema: PropertySchemas = {
  name: { type: 'string', required: true },
  description: { type: 'string' },
  type: { type: 'string', default: 'String', constraints: [{ allowed_values: types }] },
  default: { type: 'any' },
  replace_on_change: { type: 'boolean', default: false },
  value: { type: 'any' },
}
const outputSchema: PropertySchemas = {
  name: { type: 'string', required: true },
  description: { type: 'string' },
  type: { type: 'string', default: 'String', constraints: [{ allowed_values: types }] },
  error_output: { type: 'boolean', default: false },
}

/** Inputs as they are stored: with their type, without what is not given. @throws HTTPBadRequest, StackValidationFailed */
export const readInputs = (given: Json | undefined, checks: NamedChecks): JsonMap[] =>
  entriesOf(given, 'inputs').map((entry, index) => {
    const { replace_on_change, ...input } = read(entry, inputSchema, `inputs[${index}]`, checks)
    return replace_on_change === true ? { ...input, replace_on_change } : input
  })

/** The same of outputs. */
export const readOutputs = (given: Json | undefined, checks: NamedChecks): JsonMap[] =>
  entriesOf(given, 'outputs').map((entry, index) => read(entry, outputSchema, `outputs[${index}]`, checks))

function entriesOf(given: Json | undefined, what: string): JsonMap[] {
  if (given === undefined || given === null) return []
  const isMap = (entry: Json): entry is JsonMap => typeof entry === 'object' && entry !== null && !Array.isArray(entry)
  if (Array.isArray(given) && given.every(isMap)) return given
  throw errors.badRequest(`${what} must be a list of maps`)
}

function read(entry: JsonMap, schema: PropertySchemas, at: string, checks: NamedChecks): JsonMap {
  const values = Object.entries(coerceProperties(schema, entry, at, checks) as JsonMap)
  return Object.fromEntries(values.filter(([, value]) => value !== null))
}
