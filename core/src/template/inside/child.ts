import * as errors from '../../errors.js'
import type { Place } from '../../errors.js'
import type { Json, JsonMap } from '../../plugin/json.js'
import { type ChildTemplate, TemplateFile } from '../../plugin/children.js'
import type { Pieces } from '../../pieces.js'
import { Unknown } from '../../plugin/schema.js'
import type { DefinitionContent } from '../definition.js'
import type { Environment } from '../environment/environment.js'
import type { Facade } from './facade.js'
import { own, put } from '../values/maps.js'
import { type ParseLimits, parseTemplateText } from '../reading/parse.js'
import type { ResourceRegistry } from '../environment/resource-registry.js'

/** How far stacks may be nested, and how much there may be in all of them together. */
export interface Nesting {
  /** The templates that it stands in, the root's apart: their files, or what else they are called. */
  readonly around: readonly string[]
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
  { template, parameters, types = {} }: ChildTemplate,
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
    content: contentOf(template, parent.files, reading),
    environment: {
      parameters: given,
      parameter_defaults: parent.environment.parameter_defaults,
      resource_registry: { ...types, ...parent.registry.inside(resource, entry === undefined ? {} : { entry }) },
      event_sinks: parent.environment.event_sinks,
      encrypted_param_names: [],
    },
    files: parent.files as Record<string, string>,
    facade,
    unknown,
  }
}

/** A template inside, read. @throws HearthError for one that cannot be. */
export function contentOf(
  template: ChildTemplate['template'],
  files: Readonly<Record<string, string>>,
  reading: ParseLimits,
): JsonMap {
  if (TemplateFile.is(template)) {
    const { name: file } = template
    return parseTemplateText(textOf(file, files), { ...reading, file })
  }
  if (typeof template !== 'string') return template as JsonMap
  // Text that is no file has only now become known.
  const stored = reading.stored === true && fileIn(template, files) !== undefined
  return parseTemplateText(template, { ...reading, stored })
}

function textOf(file: string, files: Readonly<Record<string, string>>): string {
  const text = own(files, file)
  if (text !== undefined) return text
  throw errors.stackValidationFailed({
    message: `Could not fetch remote template '${file}': templates are not fetched here. Send its text in the files of the request, under this key`,
  })
}

/** The key of the files that a template inside is; undefined: it is none of them. */
export function fileIn(
  template: ChildTemplate['template'],
  files: Readonly<Record<string, string>>,
): string | undefined {
  if (TemplateFile.is(template)) return Object.hasOwn(files, template.name) ? template.name : undefined
  if (typeof template !== 'string') return undefined
  // What `get_file` was replaced by.
  return Object.keys(files).find(key => files[key] === template)
}

/** A resource with a stack inside, as errors in there tell of it. */
export interface Around {
  /** Where that stands in its template, as `resources.web`. */
  readonly at: string
  /** How a path names the template inside. */
  readonly label: string
  /** The key of the request's files that the template inside is. Absent: it stands in the properties of the resource. */
  readonly file: string | undefined
  /** Where in the template around that stands which is at a path of the one inside. */
  written(path: string): string
}

/** Does work on the stack inside a resource in pieces; what is wrong there is told as the stack around has it. */
export function* within<Result>(around: Around, work: () => Pieces<Result>): Pieces<Result> {
  try {
    return yield* work()
  } catch (error) {
    throw errors.HearthError.is(error) ? outside(around, error) : error
  }
}

/** An error of the stack inside as one of the stack around (heat/common/exception.py, StackValidationFailed). */
export function outside(around: Around, cause: errors.HearthError): errors.HearthError {
  const { type, status, detail, path, error, place = { path: path ?? '' } } = cause
  const at = `${around.at}<${around.label}>`
  const what = type === 'StackValidationFailed' ? error : type
  const parts = {
    // Parts of a path are joined without a dot where a template begins.
    path: path === undefined ? at : `${at}.${path}`,
    ...(what === undefined ? {} : { error: what }),
    cause,
  }
  return new errors.HearthError('StackValidationFailed', status, detail, parts).at(placeFrom(around, place))
}

function placeFrom({ file, written }: Around, inside: Place): Place {
  if (inside.file !== undefined) return inside
  return file === undefined ? { path: written(inside.path) } : { ...inside, file }
}
