import type { EventRow, StackRow } from '@hearth/db'
import type { Links } from '../../stack/links.js'
import { timeOf } from '../../time.js'

/** An event of a list; `root` adds the link that listings across nested stacks have. */
export const listedEvent = (event: EventRow, stack: StackRow, links: Links, root?: StackRow) => ({
  id: event.id,
  event_time: timeOf(event.createdAt),
  resource_name: event.resourceName,
  logical_resource_id: event.resourceName,
  resource_status: `${event.action}_${event.status}`,
  resource_status_reason: event.statusReason,
  physical_resource_id: event.physicalId,
  links: [
    { href: links.event(stack, event.resourceName, event.id), rel: 'self' },
    { href: links.resource(stack, event.resourceName), rel: 'resource' },
    { href: links.stack(stack), rel: 'stack' },
    ...(root === undefined ? [] : [{ href: links.stack(root), rel: 'root_stack' }]),
  ],
})

export const shownEvent = (event: EventRow, stack: StackRow, links: Links) => ({
  ...listedEvent(event, stack, links),
  resource_type: event.resourceType,
  resource_properties: event.properties ?? {},
})
