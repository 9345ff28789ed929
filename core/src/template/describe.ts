import type { JsonMap } from '../plugin/json.js'
import * as errors from '../errors.js'
import { type DefineInput, defining } from './define.js'
import { atOnce, type Pieces } from '../pieces.js'
import type { StackDefinition } from './definition.js'
import { put } from './values/maps.js'
import { describeStack, NestedParameters } from './inside/nested-parameters.js'
import { Problems } from './problems.js'

/** Types whose errors keep their own name in the answer of `POST /validate`. */
const structural = new Set(['InvalidTemplateVersion', 'HTTPBadRequest', 'RequestLimitExceeded', 'NotSupported'])

/**
 * Body of `POST /validate`, with what is allowed and probably not meant. @throws HearthError HTTPBadRequest with the
 * bare text of what is wrong first, and all problems.
 */
export const validateTemplate = (input: Validated): Valid => atOnce(validating(input))

interface Validated extends Omit<DefineInput, 'validate' | 'strict' | 'nested'> {
  /** The answer tells what the stacks inside take, too. */
  readonly showNested?: boolean
}

/** The same in pieces. */
export function* validating({ showNested = false, ...input }: Validated): Pieces<Valid> {
  const problems = new Problems(true)
  const nested = showNested ? new NestedParameters() : undefined
  const definition = yield* problems.attemptIn(
    '',
    defining({ ...input, validate: true, strict: false, problems, ...(nested && { nested }) }),
  )
  if (definition === undefined) throw refusal(problems)
  const { parameters, parameter_defaults, event_sinks } = definition.environment
  const resource_registry = withFiles(definition)
  return {
    body: {
      ...describeStack(definition),
      ...nested?.section,
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
