import * as errors from '../../errors.js'
import type { Json, JsonMap } from '../../plugin/index.js'
import type { AdoptedResource } from '../../resource/rows/adopted.js'
import { isMap } from '../../template/values/maps.js'
import {
  acceptTemplate,
  checkEnvironment,
  type ParseLimits,
  parseDocument,
  plainNumbers,
} from '../../template/index.js'

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
  const environment = mapOf(data.environment ?? {}, 'environment is not a map')
  return {
    template: acceptTemplate(data.template, limits),
    environment: checkEnvironment(Object.fromEntries(Object.entries(environment).filter(([, part]) => part !== null))),
    files: mapOf(data.files ?? {}, 'files is not a map'),
    resources: adoptedOf(data.resources, 'resources'),
  }
}

/** @param at where the map of resources stands in the data. */
function adoptedOf(given: Json | undefined, at: string): AdoptedResource[] {
  const resources = mapOf(given ?? {}, `${at} is not a map`)
  return Object.entries(resources).flatMap(([name, resource]) => adopted(name, resource, `${at}.${name}`))
}

/**
 * In the place of a resource that is a stack stands the data of that stack, or those of its resources: what it is made of
 * follows from the template around.
 */
function adopted(name: string, given: Json, at: string): AdoptedResource[] {
  const { resource_id, resource_data, metadata, template, resources } = mapOf(given, `${at} is not a map`)
  const isStack = isGiven(template) || isGiven(resources)
  const known = isGiven(resource_id) && resource_id !== ''
  if (!isStack && !known) return []
  if (known && typeof resource_id !== 'string') throw invalid(`${at}.resource_id is not text`)
  return [
    {
      name,
      // A type without a stack inside wants it, whatever else is said.
      physicalId: isGiven(template) || !known ? null : resource_id,
      data: plainNumbers(mapOf(resource_data ?? {}, `${at}.resource_data is not a map`)),
      metadata: plainNumbers(mapOf(metadata ?? {}, `${at}.metadata is not a map`)),
      ...(isStack ? { inside: adoptedOf(resources, `${at}.resources`) } : {}),
    },
  ]
}

const isGiven = (given: Json | undefined): given is Exclude<Json, null> => given !== undefined && given !== null

function mapOf(given: Json | undefined, why: string): JsonMap {
  if (isMap(given)) return given
  throw invalid(why)
}

const invalid = (why: string): errors.HearthError => errors.badRequest(`Invalid adopt data: ${why}`)
