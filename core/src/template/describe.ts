import type { Json, JsonMap } from '../plugin/json.js'
import * as errors from '../errors.js'
import { define, type DefineInput } from './define.js'
import { put } from './maps.js'
import type { Parameters } from './parameters/parameters.js'
import type { ParameterSchema } from './parameters/schema.js'
import { apiTypes } from './parameters/types.js'

/** Types whose errors keep their own name in the answer of `POST /validate`. */
const structural = new Set([
  'InvalidTemplateVersion',
  'InvalidTemplateSection',
  'HTTPBadRequest',
  'RequestLimitExceeded',
  'NotSupported',
])

/** Body of `POST /validate`. @throws HearthError HTTPBadRequest with the bare text of what is wrong. */
export function validateTemplate(input: Omit<DefineInput, 'validate' | 'strict'>): JsonMap {
  try {
    const definition = define({ ...input, validate: true, strict: false })
    const { parameters, parameter_defaults, resource_registry, event_sinks } = definition.environment
    const described: JsonMap = {}
    for (const schema of definition.parameters.schemas.values()) {
      put(described, schema.name, describeParameter(schema, definition.parameters))
    }
    return {
      Description: definition.description,
      Parameters: described,
      ...(definition.parameterGroups.length > 0 ? { ParameterGroups: [...definition.parameterGroups] } : {}),
      Environment: { parameters, parameter_defaults, resource_registry, event_sinks },
    }
  } catch (error) {
    if (!errors.HearthError.is(error) || structural.has(error.type)) throw error
    throw errors.badRequest(error.message)
  }
}

function describeParameter(schema: ParameterSchema, parameters: Parameters): JsonMap {
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
