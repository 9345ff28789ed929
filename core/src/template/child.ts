import * as errors from '../errors.js'
import type { Json, JsonMap } from '../plugin/json.js'
import { type ChildTemplate, TemplateFile } from '../plugin/children.js'
import { Unknown } from '../plugin/schema.js'
import type { DefinitionContent } from './definition.js'
import type { Environment } from './environment.js'
import type { Facade } from './facade.js'
import { own, put } from './maps.js'
import { type ParseLimits, parseTemplateText } from './parse.js'
import type { ResourceRegistry } from './resource-registry.js'

/** How far stacks may be nested, and how much there may be in all of them together. */
export interface Nesting {
  /** Of the stack that is defined; 0: a root. */
  readonly depth: number
  readonly maxDepth: number
  readonly maxTemplateSize: number
  /** Resources seen so far in the tree, and what there may be; below zero: any number. */
  readonly count: { seen: number; readonly most: number }
}

/** What the stack inside a resource is made of. */
export interface ChildContent extends DefinitionContent {
  /** Names of parameters whose values are not known yet: they are left out of the environment. */
  readonly unknown: readonly string[]
}

/**
 * What the stack inside a resource is made of: it inherits the environment, but for parameters, and the files. While
 * values are not known yet, the content may hold an `Unknown` where a `Json` stands.
 * @param entry of the registry that made the resource a template: it is gone inside.
 */
export function childContent(
  parent: {
    readonly environment: Environment
    readonly files: Readonly<Record<string, string>>
    readonly registry: ResourceRegistry
  },
  resource: string,
  { template, parameters }: ChildTemplate,
  facade: Facade,
  entry: string | undefined,
  reading: ParseLimits,
): ChildContent {
  const given: JsonMap = {}
  const unknown: string[] = []
  for (const [name, value] of Object.entries(parameters)) {
    if (Unknown.within(value)) unknown.push(name)
    else put(given, name, value as Json)
  }
  return {
    content: contentOf(TemplateFile.is(template) ? fileOf(template, parent.files) : template, reading),
    environment: {
      parameters: given,
      parameter_defaults: parent.environment.parameter_defaults,
      resource_registry: parent.registry.inside(resource, entry === undefined ? {} : { entry }),
      event_sinks: parent.environment.event_sinks,
      encrypted_param_names: [],
    },
    files: parent.files as Record<string, string>,
    facade,
    unknown,
  }
}

const contentOf = (template: Exclude<ChildTemplate['template'], TemplateFile>, reading: ParseLimits): JsonMap =>
  typeof template === 'string' ? parseTemplateText(template, reading) : (template as JsonMap)

function fileOf({ name }: TemplateFile, files: Readonly<Record<string, string>>): string {
  const text = own(files, name)
  if (text !== undefined) return text
  throw errors.stackValidationFailed({
    message: `Could not fetch remote template '${name}': templates are not fetched here. Send its text in the files of the request, under this key`,
  })
}

export const tooDeep = (maxDepth: number): Error => errors.requestLimitExceeded(`Recursion depth exceeds ${maxDepth}.`)

/** Puts what is wrong in the stack inside a resource under the resource's path. */
export function insideOf<Result>(resource: string, label: string, work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    if (!errors.HearthError.is(error)) throw error
    const place = `resources.${resource}<${label}>`
    const { type, status, detail, path, error: what } = error
    // Parts of a path are joined without a dot where a template begins.
    if (type === 'StackValidationFailed') {
      throw new errors.HearthError(type, status, detail, {
        path: path === undefined ? place : `${place}.${path}`,
        ...(what === undefined ? {} : { error: what }),
      })
    }
    throw new errors.HearthError(type, status, `${type}: ${place}: ${error.message}`)
  }
}
