import * as errors from '../../errors.js'
import type { Json, JsonMap } from '../../plugin/json.js'
import type { ConstraintSchema } from '../../plugin/schema.js'
import type { ParameterSchema } from '../../plugin/template-format.js'
import { isMap, own } from '../maps.js'
import { str } from '../python.js'
import { parseConstraint } from './constraint-schema.js'
import { apiTypes, parameterTypes } from './types.js'

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
  const extra = Object.keys(declared).find(key => !keys.includes(key))
  if (extra !== undefined) throw errors.invalidSchemaError(`Invalid key '${extra}' for parameter (${name})`)
  const given = own(declared, 'Type') ?? null
  if (given === null) throw errors.invalidSchemaError(`Missing parameter type for parameter: ${name}`)
  const type = parameterTypes.find(one => apiTypes[one] === given)
  if (type === undefined) throw errors.invalidSchemaError(`Invalid type (${str(given)})`)
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
