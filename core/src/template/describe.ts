import type { Json, JsonMap } from '../plugin/json.js'
import type { ParameterSchema } from '../plugin/template-format.js'
import * as errors from '../errors.js'
import { type DefineInput, defining } from './define.js'
import { atOnce, type Pieces } from '../pieces.js'
import type { StackDefinition } from './definition.js'
import { put } from './maps.js'
import { Problems } from './problems.js'
import type { Parameters } from './parameters/parameters.js'
import { apiTypes } from './parameters/types.js'

/** Types whose errors keep their own name in the answer of `POST /validate`. */
const structural = new Set([
  'InvalidTemplateVersion',
  'InvalidTemplateSection',
  'HTTPBadRequest',
  'RequestLimitExceeded',
  'NotSupported',
])

/** Body of `POST /validate`, with what is allowed and probably not meant. @throws HearthError HTTPBadRequest with the bare text of what is wrong first, and all problems. */
export const validateTemplate = (input: Validated): Valid => atOnce(validating(input))

type Validated = Omit<DefineInput, 'validate' | 'strict'>

/** The same in pieces. */
export function* validating(input: Validated): Pieces<Valid> {
  const problems = new Problems(true)
  const definition = yield* problems.attemptIn('', defining({ ...input, validate: true, strict: false, problems }))
  if (definition === undefined) throw refusal(problems)
  const { parameters, parameter_defaults, event_sinks } = definition.environment
  const resource_registry = withFiles(definition)
  const described: JsonMap = {}
  for (const schema of definition.parameters.schemas.values()) {
    put(described, schema.name, describeParameter(schema, definition.parameters))
  }
  return {
    body: {
      Description: definition.description,
      Parameters: described,
      ...(definition.parameterGroups.length > 0 ? { ParameterGroups: [...definition.parameterGroups] } : {}),
      Environment: { parameters, parameter_defaults, resource_registry, event_sinks },
    },
    warnings: problems.warnings,
  }
}

/** The registry as Heat tells it: a file that stands as a type in the template has become an entry. */
function withFiles(definition: StackDefinition): JsonMap {
  const registry: JsonMap = { ...definition.environment.resource_registry }
  for (const { name, type } of definition.resources.values()) {
    if (definition.fileOf(name) === type && !Object.hasOwn(registry, type)) put(registry, type, type)
  }
  return registry
}

export interface Valid {
  readonly body: JsonMap
  readonly warnings: readonly Warning[]
}

/** What is allowed and probably not meant, and where it stands. */
export type Warning = Omit<errors.Problem, 'type'>

/** The first error as Heat would answer it, with all others. */
function refusal({ first, all }: Problems): Error {
  if (first === undefined) return new Error('a template is refused for no reason')
  const { type, status, detail, message } = first
  if (structural.has(type)) return new errors.HearthError(type, status, detail, { problems: all })
  return errors.badRequest(message, all)
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
