import * as errors from '../../errors.js'
import type { Json, JsonMap } from '../../plugin/json.js'
import type { ConstraintSchema } from '../../plugin/schema.js'
import type { ParameterSchema } from '../../plugin/template-format.js'
import { isMap, own } from '../maps.js'
import { placed } from '../problems.js'
import { str } from '../python.js'
import { didYouMean } from '../suggest.js'
import { parseConstraint } from './constraint-schema.js'
import { apiTypes, parameterType } from './types.js'

const keys = [
  'Type',
  'Default',
  'NoEcho',
  'AllowedValues',
  'AllowedPattern',
  'MaxLength',
  'MinLength',
  'MaxValue',
  'MinValue',
  'Description',
  'ConstraintDescription',
  'Label',
]

/** A parameter as CloudFormation's format declares it. @throws HearthError InvalidSchemaError */
export function cfnParameter(name: string, declared: Json): ParameterSchema {
  if (!isMap(declared)) throw errors.invalidSchemaError(`Invalid parameter (${name}), expected a mapping`)
  const at = `Parameters.${name}`
  const extra = Object.keys(declared).find(key => !keys.includes(key))
  if (extra !== undefined) {
    const message = `Invalid key '${extra}' for parameter (${name})${didYouMean(extra, keys)}`
    throw errors.invalidSchemaError(message).at({ path: `${at}.${extra}` })
  }
  const type = placed(`${at}.Type`, () => parameterType(name, own(declared, 'Type') ?? null, one => apiTypes[one]))
  const label = own(declared, 'Label') ?? null
  return {
    name,
    type,
    label: label === null ? undefined : str(label),
    description: str(own(declared, 'Description') ?? ''),
    default: own(declared, 'Default') ?? null,
    hidden: str(own(declared, 'NoEcho') ?? '').toLowerCase() === 'true',
    immutable: false,
    constraints: constraintsOf(declared),
    tags: undefined,
  }
}

/** In Heat's order; one description is said of all. */
function constraintsOf(declared: JsonMap): ConstraintSchema[] {
  const given = (key: string): Json => own(declared, key) ?? null
  const some: JsonMap[] = []
  const bounds = (kind: string, min: Json, max: Json): void => {
    if (min !== null || max !== null) {
      some.push({ [kind]: { ...(min === null ? {} : { min }), ...(max === null ? {} : { max }) } })
    }
  }
  bounds('range', given('MinValue'), given('MaxValue'))
  bounds('length', given('MinLength'), given('MaxLength'))
  if (given('AllowedValues') !== null) some.push({ allowed_values: given('AllowedValues') })
  if (given('AllowedPattern') !== null) some.push({ allowed_pattern: given('AllowedPattern') })
  const description = given('ConstraintDescription')
  return some.map(one => parseConstraint(description === null ? one : { ...one, description }, () => true))
}
