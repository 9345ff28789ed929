import * as errors from '../errors.js'
import type { Json, JsonMap } from '../plugin/index.js'
import { acceptTemplate, checkEnvironment, type ParseLimits, parseDocument } from '../template/index.js'

/** A resource that exists, as its row is to have it. */
export interface AdoptedResource {
  readonly name: string
  readonly physicalId: string
  readonly data: JsonMap
  readonly metadata: JsonMap
}

export interface AdoptData {
  readonly template: JsonMap
  /** Checked sections. */
  readonly environment: JsonMap
  readonly files: JsonMap
  readonly resources: readonly AdoptedResource[]
}

/**
 * Reads what an abandon or an export answered, of Hearth or of Heat; keys that it does not need are ignored. Resources
 * without a physical id are left out: their adoption says so.
 * @param given text (JSON or YAML), or the object itself.
 * @throws HTTPBadRequest `Invalid adopt data: …`
 */
export function readAdoptData(given: Json, limits: ParseLimits): AdoptData {
  const tree = typeof given === 'string' ? parseDocument(given, limits, invalid) : given
  const data = mapOf(tree, 'it is not a map')
  if (data.template === undefined || data.template === null) throw invalid("'template'")
  const { encrypted_param_names: _, ...environment } = mapOf(data.environment ?? {}, 'environment is not a map')
  const resources = mapOf(data.resources ?? {}, 'resources is not a map')
  return {
    template: acceptTemplate(data.template, limits),
    environment: checkEnvironment(Object.fromEntries(Object.entries(environment).filter(([, part]) => part !== null))),
    files: mapOf(data.files ?? {}, 'files is not a map'),
    resources: Object.entries(resources).flatMap(([name, resource]) => adopted(name, resource)),
  }
}

function adopted(name: string, given: Json): AdoptedResource[] {
  const { resource_id, resource_data, metadata } = mapOf(given, `resources.${name} is not a map`)
  if (resource_id === undefined || resource_id === null || resource_id === '') return []
  if (typeof resource_id !== 'string') throw invalid(`resources.${name}.resource_id is not text`)
  return [
    {
      name,
      physicalId: resource_id,
      data: mapOf(resource_data ?? {}, `resources.${name}.resource_data is not a map`),
      metadata: mapOf(metadata ?? {}, `resources.${name}.metadata is not a map`),
    },
  ]
}

function mapOf(given: Json | undefined, why: string): JsonMap {
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return given
  throw invalid(why)
}

const invalid = (why: string): Error => errors.badRequest(`Invalid adopt data: ${why}`)
