import type { StackRow } from '@hearth/db'
import * as errors from '../../errors.js'
import type { Json, JsonMap, ResourceType } from '../../plugin/index.js'
import { environmentOf, type Formats, plainNumbers } from '../../template/index.js'
import type { StackData } from './stack-data.js'
import { refOf } from '../records.js'
import type { TemplateContent } from '../stored-templates.js'
import type { Caller, StackServices } from '../services.js'
import type { Snapshot } from './snapshots.js'
import { refuseStuck } from '../stuck.js'
import { bringTo, definitionFor, observes } from '../update.js'

/** Brings a stack back to what a snapshot kept of its template, environment and files. @throws NotSupported */
export async function restoreStack(
  services: StackServices,
  caller: Caller,
  stackId: string,
  snapshot: Snapshot,
): Promise<void> {
  if (snapshot.status !== 'COMPLETE' || snapshot.data === null) {
    throw errors.notSupported('Restoring incomplete snapshot')
  }
  const data = snapshot.data as unknown as StackData
  await bringTo(services, caller, stackId, 'RESTORE', async stack => {
    refuseStuck(stack, 'Restoring')
    return {
      ...(await definitionFor(services, stack, await restoredContent(data, services, stack))),
      patch: {},
      observe: observes(services, {}),
      restores: { snapshot: snapshot.id, stack: stackId, inside: [] },
    }
  })
}

/** What was kept; see `restoredTemplate`. */
async function restoredContent(
  { template, environment, files, resources }: StackData,
  services: StackServices,
  stack: StackRow,
) {
  const content: TemplateContent = { content: template, environment: environmentOf(environment), files }
  const definition = await services.definitions.preview(content, refOf(stack))
  const { formats } = services.language
  return { ...content, content: restoredTemplate(template, resources, name => definition.typeOf(name), formats) }
}

/** The template, in which types that say how have rewritten the properties of their resources by what was kept. Pure. */
export function restoredTemplate(
  template: JsonMap,
  kept: StackData['resources'],
  typeOf: (name: string) => Pick<ResourceType, 'restore'> | undefined,
  formats: Formats,
): JsonMap {
  const { sections, resource: keys } = formats.versionOf(template).words
  const resources = (template[sections.resources] ?? {}) as Record<string, JsonMap>
  const restored = Object.entries(resources).map(([name, snippet]): [string, Json] => [
    name,
    restoredSnippet(snippet, kept[name], typeOf(name), keys),
  ])
  return restored.length === 0 ? template : { ...template, [sections.resources]: Object.fromEntries(restored) }
}

/** One of its resources. */
export function restoredSnippet(
  snippet: JsonMap,
  kept: StackData['resources'][string] | undefined,
  type: Pick<ResourceType, 'restore'> | undefined,
  keys: { readonly properties: string },
): JsonMap {
  const { resource_id: physicalId, resource_data: data } = kept ?? {}
  if (type?.restore === undefined || physicalId === undefined || data === undefined) return snippet
  const properties = (snippet[keys.properties] ?? {}) as JsonMap
  return { ...snippet, [keys.properties]: type.restore(properties, { physicalId, data: plainNumbers(data) }) }
}
