import * as errors from '../errors.js'
import type { Json, JsonMap } from '../plugin/index.js'
import type { TypeRegistry } from '../resource/types.js'
import { type Environment, environmentOf, type Formats } from '../template/index.js'
import type { StackData } from './data.js'
import type { TemplateContent } from './records.js'
import type { Caller, StackServices } from './services.js'
import type { Snapshot } from './snapshots.js'
import { bringTo, definitionFor, observes, refuseStuck } from './update.js'

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
  const content = restoredContent(snapshot.data as unknown as StackData, services.types, services.language.formats)
  await bringTo(services, caller, stackId, 'RESTORE', async stack => {
    refuseStuck(stack, 'Restoring')
    return { ...(await definitionFor(services, stack, content)), patch: {}, observe: observes(services, {}) }
  })
}

/** What was kept; types that say how rewrite the properties of their resources by what was kept of those. Pure. */
export function restoredContent(data: StackData, types: TypeRegistry, formats: Formats): TemplateContent {
  const { sections, resource: keys } = formats.versionOf(data.template).words
  const resources = (data.template[sections.resources] ?? {}) as Record<string, JsonMap>
  const restored = Object.entries(resources).map(([name, snippet]): [string, Json] => {
    const kept = data.resources[name]
    const restore = kept === undefined ? undefined : types.find(kept.type)?.restore
    if (kept === undefined || restore === undefined) return [name, snippet]
    const { resource_id: physicalId, resource_data } = kept
    const properties = restore((snippet[keys.properties] ?? {}) as JsonMap, { physicalId, data: resource_data })
    return [name, { ...snippet, [keys.properties]: properties }]
  })
  return {
    content:
      restored.length === 0 ? data.template : { ...data.template, [sections.resources]: Object.fromEntries(restored) },
    environment: environmentOf(data.environment) satisfies Environment,
    files: data.files,
  }
}
