import type { Wanted, WantedResource } from '../model/templates.js'
import type { ThingType } from '../model/written.js'

/** What a resource depends on by name: of servers only, which the cloud can see. */
function afterOf({ dependsOn }: WantedResource, { resources }: Wanted): string[] {
  const servers = new Set(resources.flatMap(({ name, kind }) => (kind === 'thing' ? name : [])))
  return dependsOn.filter(name => servers.has(name)).sort()
}

export const servers: ThingType = { type: 'Chaos::Cloud::Server', more: { after: afterOf } }
