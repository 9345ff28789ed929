import type { Json, JsonMap } from '../plugin/json.js'
import type { ParameterSchema } from '../plugin/template-format.js'
import type { Parameters } from './parameters/parameters.js'
import { apiTypes } from './parameters/types.js'

/** One parameter as `POST /validate` tells it (heat/engine/api.py, format_validate_parameter). */
export function describeParameter(schema: ParameterSchema, parameters: Parameters): JsonMap {
  const { name, type, description, hidden, label, tags } = schema
  const fallback = parameters.defaultOf(name)
  const value = parameters.given(name)
  return {
    Type: apiTypes[type],
    Description: description,
    NoEcho: String(hidden),
    Label: label ?? name,
    ...(fallback === null ? {} : { Default: fallback }),
    ...(value === null ? {} : { Value: value }),
    ...(tags === undefined ? {} : { Tags: [...tags] }),
    ...describeConstraints(schema),
  }
}

function describeConstraints({ constraints }: ParameterSchema): JsonMap {
  const described: JsonMap = {}
  const set = (key: string, value: Json | undefined): void => {
    if (value !== undefined) described[key] = value
  }
  for (const constraint of constraints) {
    if ('length' in constraint) {
      set('MinLength', constraint.length.min)
      set('MaxLength', constraint.length.max)
    } else if ('range' in constraint) {
      set('MinValue', constraint.range.min)
      set('MaxValue', constraint.range.max)
    } else if ('modulo' in constraint) {
      set('Step', constraint.modulo.step)
      set('Offset', constraint.modulo.offset)
    } else if ('allowed_values' in constraint) set('AllowedValues', [...constraint.allowed_values])
    else if ('allowed_pattern' in constraint) set('AllowedPattern', constraint.allowed_pattern)
    else set('CustomConstraint', constraint.custom_constraint)
  }
  const texts = constraints.flatMap(({ description }) => (description === undefined ? [] : [description]))
  if (texts.length > 0) described['ConstraintDescription'] = texts.join(' ')
  return described
}
