import type { ResourceView } from '../../stack/read/resources.js'
import type { Links } from '../../stack/links.js'
import { timeOf } from '../../time.js'

/** A resource in lists and, with details, alone (heat/api/openstack/v1/resources.py, format_resource). */
export const formatResource = (view: ResourceView, links: Links) => {
  const { row, stack, inside, requiredBy, description, attributes } = view
  return {
    resource_name: row.name,
    logical_resource_id: row.name,
    resource_type: row.type,
    physical_resource_id: row.physicalId ?? '',
    resource_status: `${row.action}_${row.status}`,
    resource_status_reason: row.statusReason,
    creation_time: timeOf(row.createdAt),
    updated_time: timeOf(row.updatedAt ?? row.createdAt),
    required_by: requiredBy,
    links: [
      { href: links.resource(stack, row.name), rel: 'self' },
      { href: links.stack(stack), rel: 'stack' },
      ...(inside === undefined ? [] : [{ href: links.stack(inside), rel: 'nested' }]),
    ],
    ...(stack.parentResource === null ? {} : { parent_resource: stack.parentResource }),
    ...(description === undefined ? {} : { description }),
    ...(attributes === undefined ? {} : { attributes }),
  }
}
