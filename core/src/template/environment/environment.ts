import * as errors from '../../errors.js'
import type { Place } from '../../errors.js'
import type { Json, JsonMap } from '../../plugin/json.js'
import { plainNumbers } from '../values/float.js'
import { isMap, put } from '../values/maps.js'
import { instead } from '../values/suggest.js'
import { type ParseLimits, parseEnvironmentTree } from '../reading/parse.js'

/** What a user gives beside a template; every section is there, empty or not. */
export interface Environment {
  /** Values of the template's parameters. */
  readonly parameters: JsonMap
  /** Defaults of parameters of these names, in the template and in nested ones; unknown names are fine. */
  readonly parameter_defaults: JsonMap
  readonly resource_registry: JsonMap
  readonly event_sinks: Json[]
  readonly encrypted_param_names: Json[]
}

const maps = ['parameters', 'parameter_defaults', 'resource_registry'] as const
const lists = ['event_sinks', 'encrypted_param_names'] as const
const environmentSections: readonly string[] = [...maps, ...lists, 'parameter_merge_strategies']

export const emptyEnvironment: Environment = Object.freeze({
  parameters: {},
  parameter_defaults: {},
  resource_registry: { resources: {} },
  event_sinks: [],
  encrypted_param_names: [],
})

/** The sections of an environment's text, checked. @throws HearthError HTTPBadRequest `Environment not in valid format: …` */
export function parseEnvironmentText(text: string, limits: Omit<ParseLimits, 'maxSize'>): JsonMap {
  return checkEnvironment(parseEnvironmentTree(text, limits), limits.file)
}

/**
 * Checks the names and shapes of sections; null stands for an empty environment. @param file which it is of those of
 * the request.
 */
export function checkEnvironment(given: Json, file?: string): JsonMap {
  const place = (section?: string): Place =>
    file === undefined
      ? { path: section === undefined ? 'environment' : `environment.${section}` }
      : { file, path: section ?? '' }
  const invalid = (why: string, section?: string): Error =>
    errors.badRequest(`Environment not in valid format: ${why}`).at(place(section))
  if (given === null || given === '') return {}
  if (!isMap(given)) throw invalid('The environment is not a valid YAML mapping data type.')
  for (const [section, content] of Object.entries(given)) {
    if (!environmentSections.includes(section)) {
      throw invalid(`environment has wrong section "${section}"${instead(section, environmentSections)}`, section)
    }
    if (content === null) throw invalid(`environment has empty section "${section}"`, section)
    const wantsList = (lists as readonly string[]).includes(section)
    if (wantsList ? !Array.isArray(content) : !isMap(content)) {
      throw invalid(`section "${section}" must be a ${wantsList ? 'list' : 'map'}`, section)
    }
  }
  return given
}

/** The whole environment: request parameters over the given sections. */
export function environmentOf(sections: JsonMap, requestParameters: JsonMap = {}): Environment {
  const { parameters = {}, parameter_defaults = {}, resource_registry = {}, event_sinks = [] } = sections
  return {
    parameters: { ...(parameters as JsonMap), ...requestParameters },
    parameter_defaults: parameter_defaults as JsonMap,
    resource_registry: { resources: {}, ...(plainNumbers(resource_registry) as JsonMap) },
    event_sinks: plainNumbers(event_sinks) as Json[],
    encrypted_param_names: (sections['encrypted_param_names'] ?? []) as Json[],
  }
}

/** PATCH: the stored environment, minus cleared parameters, overlaid by the given one. */
export function overlayEnvironment(
  stored: Partial<Environment> | JsonMap,
  given: Partial<Environment> | undefined,
  clearParameters: readonly string[] = [],
): Environment {
  const before = environmentOf(stored as JsonMap)
  const parameters: JsonMap = {}
  for (const [name, value] of Object.entries(before.parameters)) {
    if (!clearParameters.includes(name)) put(parameters, name, value)
  }
  return {
    parameters: { ...parameters, ...given?.parameters },
    parameter_defaults: { ...before.parameter_defaults, ...given?.parameter_defaults },
    resource_registry: overlayRegistry(before.resource_registry, given?.resource_registry),
    event_sinks:
      given?.event_sinks !== undefined && given.event_sinks.length > 0 ? given.event_sinks : before.event_sinks,
    encrypted_param_names: [...new Set([...before.encrypted_param_names, ...(given?.encrypted_param_names ?? [])])],
  }
}

/** Every environment has `resources`, most of them an empty one, which says nothing. */
function overlayRegistry(before: JsonMap, given: JsonMap = {}): JsonMap {
  const resources =
    isMap(given.resources) && Object.keys(given.resources).length > 0 ? given.resources : before.resources
  return { ...before, ...given, resources: resources ?? {} }
}

/** @throws HearthError naming the first entry that is no name. */
export function checkEncryptedNames({ encrypted_param_names }: Environment): void {
  const index = encrypted_param_names.findIndex(name => typeof name !== 'string')
  if (index < 0) return
  const path = `environment.encrypted_param_names[${index}]`
  throw errors.stackValidationFailed({ path, message: 'expected the name of a parameter' })
}
