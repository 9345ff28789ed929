import { resources, type StackRow } from '@hearth/db'
import type { JsonMap } from '../../plugin/index.js'
import { incarnationOf } from '../../resource/rows/incarnation.js'
import { maskHidden, type StackDefinition, templateResource } from '../../template/index.js'
import { isMap, put } from '../../template/values/maps.js'
import { hiddenText } from '../../told.js'
import { refOf } from '../records.js'
import type { StackServices } from '../services.js'
import { type TemplateContent, templateOf } from '../stored-templates.js'

/**
 * What a stack was made of, as stored; the values of hidden parameters are masked, also where they stand in a template
 * that was made.
 */
export async function showTemplate(services: StackServices, row: StackRow): Promise<TemplateContent> {
  const { definitions, language } = services
  const { content, environment, files } = await templateOf(services, row)
  const definition = await definitions.ofTemplate(row.templateId, refOf(row))
  const { hidden } = definition.parameters
  return {
    content: (await isMadeOfSecrets(services, row, definition)) ? masked(content, definition) : content,
    environment: {
      ...environment,
      parameters: maskHidden(environment.parameters, hidden),
      parameter_defaults: maskHidden(environment.parameter_defaults, hidden),
      event_sinks: language.sinks.shown(environment.event_sinks ?? []),
    },
    files,
  }
}

/** Whether the template follows from properties of the resource around that are secret. A file is as it was sent. */
async function isMadeOfSecrets(
  { db, secrets }: StackServices,
  { parentResourceId }: StackRow,
  { facade }: StackDefinition,
): Promise<boolean> {
  if (facade?.secret !== true) return false
  const [around] = parentResourceId === null ? [] : await resources.byIds(db, [parentResourceId])
  // It was left behind: nobody can tell any more which of it is secret.
  if (around === undefined) return true
  const { type, kept } = incarnationOf(around, secrets)
  if (type === templateResource.name) return false
  return kept?.properties.some(name => name !== given) === true
}

/** The property of types with a stack inside that becomes its parameters, and no part of its template. */
const given = 'parameters'

/** The template without the values of properties and metadata. */
function masked(content: JsonMap, { version }: StackDefinition): JsonMap {
  const { sections, resource: words } = version.words
  const found = content[sections.resources]
  if (!isMap(found)) return content
  const shown: JsonMap = {}
  for (const [name, resource] of Object.entries(found)) {
    if (!isMap(resource)) continue
    const copy: JsonMap = { ...resource }
    for (const part of [words.properties, words.metadata]) {
      const values = copy[part]
      if (isMap(values)) copy[part] = maskHidden(values, new Set(Object.keys(values)))
      else if (values !== undefined) copy[part] = hiddenText
    }
    put(shown, name, copy)
  }
  return { ...content, [sections.resources]: shown }
}
