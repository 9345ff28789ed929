import * as errors from '../errors.js'
import type { Json, JsonMap } from '../plugin/index.js'
import {
  acceptTemplate,
  checkEnvironment,
  type Environment,
  mergeEnvironments,
  overlayEnvironment,
  parseEnvironmentText,
  type ParseLimits,
  parseTemplateText,
  type Warning,
} from '../template/index.js'
import type { AdoptedResource } from '../resource/rows/adopted.js'
import { isMap } from '../template/values/maps.js'
import { type AdoptData, readAdoptData } from './data/adopt-data.js'
import type { TemplateContent } from './stored-templates.js'

/** What the body of a create, update, preview or validate asks for, checked in shape. */
export interface StackRequest extends TemplateContent {
  readonly disableRollback?: boolean
  /** null: the operator's default. */
  readonly timeoutMins?: number | null
  readonly tags?: string[]
  /** Of an update: compare with reality. */
  readonly converge?: boolean
  /** The stack is made of these instead of new resources. */
  readonly adopt?: readonly AdoptedResource[]
}

/** The same of a PATCH: what is absent stays as it is stored. */
export interface PatchRequest extends Omit<StackRequest, 'content' | 'environment' | 'adopt'> {
  readonly content?: JsonMap
  /** Environment files are merged by the types of the template's parameters: by the stored one's, if none is given. */
  readonly environmentFor: (template: JsonMap) => Environment
  readonly clearParameters: readonly string[]
}

/**
 * @param doubt hears of what is allowed and probably not meant. @throws HearthError naming the field and what is allowed.
 */
export function readRequest(body: JsonMap, limits: ParseLimits, doubt?: (doubt: Warning) => void): StackRequest {
  refuseUnsupported(body)
  if (body.adopt_stack_data !== undefined && body.adopt_stack_data !== null) {
    return readAdoption(body, readAdoptData(body.adopt_stack_data, limits), limits)
  }
  const content = templateOf(body, limits)
  if (content === undefined) throw errors.badRequest('No template specified')
  const { environmentFor, ...others } = rest(body, limits, doubt)
  return { content, environment: environmentFor(content), ...others }
}

/** The data's template, and its environment and files under those of the request. */
function readAdoption(body: JsonMap, data: AdoptData, limits: ParseLimits): StackRequest {
  const { environmentFor, files, ...others } = rest(body, limits)
  const { template: content, resources: adopt } = data
  return {
    content,
    environment: overlayEnvironment(data.environment, environmentFor(content)),
    ...others,
    files: { ...filesOf(data.files), ...files },
    adopt,
  }
}

export function readPatch(body: JsonMap, limits: ParseLimits): PatchRequest {
  refuseUnsupported(body)
  const content = body.template === null ? undefined : templateOf(body, limits)
  const clear = body.clear_parameters ?? []
  if (!Array.isArray(clear) || clear.some(name => typeof name !== 'string')) {
    throw errors.badRequest('clear_parameters must be a list of parameter names')
  }
  return {
    ...(content === undefined ? {} : { content }),
    ...rest(body, limits),
    clearParameters: clear as string[],
  }
}

export function stackNameOf(body: JsonMap): string {
  const name = body.stack_name
  if (name === undefined || name === null || name === '') throw errors.badRequest('No stack name specified')
  if (typeof name !== 'string') {
    throw errors.stackValidationFailed({ message: `Invalid stack name ${JSON.stringify(name)}, must be a string` })
  }
  return name
}

function templateOf(body: JsonMap, limits: ParseLimits): JsonMap | undefined {
  const given = body.template
  if (given === undefined) {
    if (body.template_url === undefined || body.template_url === null) return undefined
    throw errors.badRequest(
      'template_url is not supported: Hearth fetches nothing for its users; send the template itself as "template"',
    )
  }
  if (given === null || given === '') throw errors.badRequest('No template specified')
  return typeof given === 'string' ? parseTemplateText(given, limits) : acceptTemplate(given, limits)
}

function refuseUnsupported(body: JsonMap): void {
  if (body.files_container === undefined || body.files_container === null) return
  throw errors.badRequest('files_container is not supported: there is no object store; send the files as "files"')
}

function rest(
  body: JsonMap,
  limits: ParseLimits,
  doubt?: (doubt: Warning) => void,
): Omit<PatchRequest, 'content' | 'clearParameters' | 'adopt'> {
  const files = filesOf(body.files)
  const timeoutMins = timeoutOf(body.timeout_mins)
  const tags = tagsOf(body.tags)
  const disableRollback = flagOf('disable_rollback', body.disable_rollback)
  const converge = flagOf('converge', body.converge)
  return {
    environmentFor: environmentReader(body, files, limits, doubt),
    files,
    ...(disableRollback === undefined ? {} : { disableRollback }),
    ...(timeoutMins === undefined ? {} : { timeoutMins }),
    ...(tags === undefined ? {} : { tags }),
    ...(converge === undefined ? {} : { converge }),
  }
}

/** Checks the shapes now; merges once the template is known. */
function environmentReader(
  body: JsonMap,
  files: Record<string, string>,
  limits: ParseLimits,
  doubt: ((doubt: Warning) => void) | undefined,
): (template: JsonMap) => Environment {
  const parameters = body.parameters === undefined ? {} : body.parameters
  if (!isMap(parameters)) throw errors.badRequest('parameters must be a map of names to values')
  const names = body.environment_files ?? []
  if (!Array.isArray(names) || !names.every(name => typeof name === 'string')) {
    throw errors.badRequest('environment_files must be a list of keys of "files"')
  }
  const given = body.environment ?? null
  const environment =
    names.length > 0 ? {} : typeof given === 'string' ? parseEnvironmentText(given, limits) : checkEnvironment(given)
  const environmentFiles = names as string[]
  const request = {
    parameters,
    environment,
    environmentFiles,
    files,
    limits,
    ...(doubt === undefined ? {} : { doubt }),
  }
  return template => mergeEnvironments({ ...request, template })
}

function filesOf(files: Json | undefined): Record<string, string> {
  if (files === undefined || files === null) return {}
  if (typeof files !== 'object' || Array.isArray(files))
    throw errors.badRequest('files must be a map of names to texts')
  for (const [name, content] of Object.entries(files)) {
    if (typeof content !== 'string') throw errors.badRequest(`files: the content of ${name} must be text`)
  }
  return files as Record<string, string>
}

function timeoutOf(given: Json | undefined): number | null | undefined {
  if (given === undefined || given === null) return undefined
  const minutes = typeof given === 'string' && /^\d+$/.test(given.trim()) ? Number(given) : given
  if (typeof minutes !== 'number' || !Number.isInteger(minutes) || minutes < 0 || minutes > 5_000_000) {
    throw errors.badRequest(
      `timeout_mins: ${JSON.stringify(given)} is not allowed; expected whole minutes from 0 to 5000000`,
    )
  }
  return minutes === 0 ? null : minutes
}

function flagOf(name: string, given: Json | undefined): boolean | undefined {
  if (given === undefined || given === null) return undefined
  if (typeof given === 'boolean') return given
  const word = typeof given === 'string' ? given.toLowerCase() : ''
  if (word === 'true' || word === 'false') return word === 'true'
  throw errors.badRequest(
    `Unrecognized value ${JSON.stringify(given)} for "${name}", acceptable values are: true, false.`,
  )
}

const longestTag = 80

function tagsOf(given: Json | undefined): string[] | undefined {
  if (given === undefined || given === null) return undefined
  if (typeof given !== 'string') throw errors.badRequest('tags must be text: names separated by commas')
  const tags = given
    .split(',')
    .map(tag => tag.trim())
    .filter(tag => tag !== '')
  for (const tag of tags) {
    if (tag.length > longestTag)
      throw errors.stackValidationFailed({ message: `Invalid tag, "${tag}" is longer than ${longestTag} characters` })
  }
  return [...new Set(tags)]
}
