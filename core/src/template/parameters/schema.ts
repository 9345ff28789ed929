import * as errors from '../../errors.js'
import type { Json, JsonMap } from '../../plugin/json.js'
import type { ConstraintSchema } from '../../plugin/schema.js'
import type { HotVersion, ParameterSchema, ParameterType } from '../../plugin/template-format.js'
import { cameWith } from '../formats/since.js'
import { isMap, own } from '../maps.js'
import { str, truthy } from '../python.js'
import { didYouMean } from '../suggest.js'
import type { Version } from '../formats/version.js'
import type { Problems } from '../problems.js'
import { parseConstraint } from './constraint-schema.js'
import { parameterTypes } from './types.js'

const keys = ['type', 'label', 'description', 'default', 'hidden', 'immutable', 'constraints', 'schema']

/** @throws HearthError InvalidSchemaError; StackValidationFailed if the section is not a map. */
export function parseParameterSchemas(
  section: Json | undefined,
  version: Version,
  problems: Problems,
): Map<string, ParameterSchema> {
  if (section === undefined || !truthy(section)) return new Map()
  if (!isMap(section)) {
    throw errors.stackValidationFailed({
      path: version.words.sections.parameters,
      message: 'The parameters must be a map of parameters.',
    })
  }
  const schemas = new Map<string, ParameterSchema>()
  for (const [name, snippet] of Object.entries(section)) {
    const path = `${version.words.sections.parameters}.${name}`
    const schema = problems.attempt(path, () => version.parameter(name, snippet), name)
    if (schema !== undefined) schemas.set(name, schema)
  }
  return schemas
}

/** A parameter as HOT declares it. @throws HearthError InvalidSchemaError */
export function hotParameter(name: string, snippet: Json, since: (date: HotVersion) => boolean): ParameterSchema {
  if (!isMap(snippet)) throw errors.invalidSchemaError(`Invalid parameter (${name}), expected a mapping`)
  const allowed = since('2018-03-02') ? [...keys, 'tags'] : keys
  const extra = Object.keys(snippet).find(key => !allowed.includes(key))
  if (extra !== undefined) {
    const hint = extra === 'tags' ? cameWith('2018-03-02') : didYouMean(extra, allowed)
    throw errors.invalidSchemaError(`Invalid key '${extra}' for parameter (${name})${hint}`)
  }
  const tags = own(snippet, 'tags') ?? undefined
  if (tags !== undefined && !Array.isArray(tags)) {
    throw errors.invalidSchemaError(`Tags property should be a list for parameter: ${name}`)
  }
  const label = own(snippet, 'label') ?? null
  return {
    name,
    type: parseType(name, snippet),
    label: label === null ? undefined : str(label),
    description: str(own(snippet, 'description') ?? ''),
    default: own(snippet, 'default') ?? null,
    hidden: truthy(own(snippet, 'hidden') ?? false),
    immutable: truthy(own(snippet, 'immutable') ?? false),
    constraints: parseConstraints(name, own(snippet, 'constraints') ?? null, since),
    tags,
  }
}

function parseType(name: string, snippet: JsonMap): ParameterType {
  const type = own(snippet, 'type') ?? null
  if (type === null) throw errors.invalidSchemaError(`Missing parameter type for parameter: ${name}`)
  const known = parameterTypes.find(one => one === type)
  if (known === undefined) throw errors.invalidSchemaError(`Invalid type (${str(type)})`)
  return known
}

function parseConstraints(name: string, given: Json, since: (date: HotVersion) => boolean): ConstraintSchema[] {
  if (given === null) return []
  if (!Array.isArray(given)) {
    throw errors.invalidSchemaError(`Invalid parameter constraints for parameter ${name}, expected a list`)
  }
  return given.map(constraint => parseConstraint(constraint, since))
}
