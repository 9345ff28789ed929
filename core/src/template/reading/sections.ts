import * as errors from '../../errors.js'
import type { Json, JsonMap } from '../../plugin/json.js'
import type { Nesting } from '../inside/child.js'
import type { Version } from '../formats/index.js'
import { laterHint } from '../formats/since.js'
import { isMap } from '../values/maps.js'
import type { Attempt, Problems } from '../problems.js'
import { truthy, typeOf } from '../values/python.js'
import { checkResourceKeys } from '../resources/resource-keys.js'
import { instead } from '../values/suggest.js'

export const sectionOf = (template: JsonMap, name: string | undefined): Json | undefined =>
  name === undefined ? undefined : template[name]

/** The resources' snippets, after the names of sections and of resources' keys were checked. */
export function checkSections(
  template: JsonMap,
  versionKeys: readonly string[],
  version: Version,
  most: number,
  problems: Problems,
): Map<string, JsonMap> {
  const wrong = (message: string): Error => errors.stackValidationFailed({ message })
  const { sections, resourcesMap } = version.words
  const known: readonly (string | undefined)[] = [...versionKeys, ...Object.values(sections)]
  for (const section of Object.keys(template)) {
    problems.attempt(section, () => {
      if (known.includes(section)) return
      const hint =
        section === 'conditions' ? laterHint(version, '2016-10-14') : instead(section, Object.values(sections))
      throw wrong(`The template section is invalid: ${section}${hint}`)
    })
  }
  const snippets = new Map<string, JsonMap>()
  problems.attempt(sections.resources, () => {
    const resources = template[sections.resources] ?? null
    if (!truthy(resources)) return
    if (!isMap(resources)) throw wrong(`${resourcesMap} Found a [${typeOf(resources as Json)}] instead`)
    for (const [name, snippet] of Object.entries(resources)) {
      const path = `${sections.resources}.${name}`
      const checked = problems.attempt(path, () => checkResourceKeys(name, snippet, version, problems), name)
      if (checked !== undefined) snippets.set(name, checked)
    }
    // Before anything is made of them.
    if (most >= 0 && snippets.size > most) throw errors.tooManyResources()
  })
  return snippets
}

/** @throws HearthError if there are more than there may be. */
export function addResources(count: Nesting['count'], resources: number): void {
  count.seen += resources
  if (count.most < 0 || count.seen <= count.most) return
  throw errors.tooManyResources()
}

/** @throws HearthError with the path of what is no map of maps. */
export function mappingsOf(template: JsonMap, { words }: Version, attempt: Attempt): JsonMap {
  const name = words.sections.mappings
  const mappings = sectionOf(template, name) ?? {}
  const check = (path: string, what: Json): boolean | undefined =>
    attempt(path, () => {
      if (isMap(what)) return true
      const message = `Mappings must be a map of maps. Found a ${typeOf(what)} instead`
      throw errors.stackValidationFailed({ path, message })
    })
  if (name === undefined || check(name, mappings) !== true) return {}
  for (const [key, mapping] of Object.entries(mappings as JsonMap)) check(`${name}.${key}`, mapping)
  return mappings as JsonMap
}
