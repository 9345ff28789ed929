import * as errors from '../../errors.js'
import type { Json } from '../../plugin/json.js'
import type { ConstraintSchema } from '../../plugin/schema.js'
import type { HotVersion, ParameterSchema } from '../../plugin/template-format.js'
import { cameWith } from '../formats/since.js'
import { isMap, own } from '../values/maps.js'
import { str, truthy } from '../values/python.js'
import { instead } from '../values/suggest.js'
import type { Version } from '../formats/version.js'
import { placed, type Problems } from '../problems.js'
import { parseConstraint } from './constraint-schema.js'
import { parameterType } from './types.js'

const keys = ['type', 'label', 'description', 'default', 'hidden', 'immutable', 'constraints', 'schema']

/** @throws HearthError InvalidSchemaError; StackValidationFailed if the section is not a map. */
export function parseParameterSchemas(
  section: Json | undefined,
  version: Version,
  problems: Problems,
): Map<string, ParameterSchema> {
  const schemas = new Map<string, ParameterSchema>()
  if (section === undefined || !truthy(section)) return schemas
  if (!isMap(section)) {
    const path = version.words.sections.parameters
    problems.attempt(path, () => {
      throw errors.stackValidationFailed({ path, message: 'The parameters must be a map of parameters.' })
    })
    return schemas
  }
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
  const at = `parameters.${name}`
  const allowed = since('2018-03-02') ? [...keys, 'tags'] : keys
  const extra = Object.keys(snippet).find(key => !allowed.includes(key))
  if (extra !== undefined) {
    const hint = extra === 'tags' ? cameWith('2018-03-02') : instead(extra, allowed)
    const message = `Invalid key '${extra}' for parameter (${name})${hint}`
    throw errors.invalidSchemaError(message).at({ path: `${at}.${extra}` })
  }
  const tags = own(snippet, 'tags') ?? undefined
  if (tags !== undefined && !Array.isArray(tags)) {
    const message = `Tags property should be a list for parameter: ${name}`
    throw errors.invalidSchemaError(message).at({ path: `${at}.tags` })
  }
  const label = own(snippet, 'label') ?? null
  return {
    name,
    type: placed(`${at}.type`, () => parameterType(name, own(snippet, 'type') ?? null)),
    label: label === null ? undefined : str(label),
    description: str(own(snippet, 'description') ?? ''),
    default: own(snippet, 'default') ?? null,
    hidden: truthy(own(snippet, 'hidden') ?? false),
    immutable: truthy(own(snippet, 'immutable') ?? false),
    constraints: placed(`${at}.constraints`, () => parseConstraints(name, own(snippet, 'constraints') ?? null, since)),
    tags,
  }
}

function parseConstraints(name: string, given: Json, since: (date: HotVersion) => boolean): ConstraintSchema[] {
  if (given === null) return []
  if (!Array.isArray(given)) {
    throw errors.invalidSchemaError(`Invalid parameter constraints for parameter ${name}, expected a list`)
  }
  return given.map((constraint, index) =>
    placed(`parameters.${name}.constraints[${index}]`, () => parseConstraint(constraint, since)),
  )
}
