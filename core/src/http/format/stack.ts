import type { StackRow } from '@hearth/db'
import type { StackView } from '../../stack/read/show.js'
import type { Links } from '../../stack/links.js'
import { maybeTime, timeOf } from '../../time.js'

/** An item of the stack list (heat/api/openstack/v1/views/stacks_view.py). */
export const listedStack = (row: StackRow, links: Links) => ({
  id: row.id,
  links: [{ href: links.stack(row), rel: 'self' }],
  stack_name: row.name,
  description: '',
  stack_status: `${row.action}_${row.status}`,
  stack_status_reason: row.statusReason,
  creation_time: timeOf(row.createdAt),
  updated_time: maybeTime(row.updatedAt),
  deletion_time: maybeTime(row.deletedAt),
  stack_owner: row.owner,
  parent: row.parentId,
  stack_user_project_id: null,
  tags: row.tags.length === 0 ? null : row.tags,
})

/** A stack as `show` gives it. */
export const shownStack = ({ row, definition, outputs }: StackView, links: Links) => ({
  id: row.id,
  links: [{ href: links.stack(row), rel: 'self' }],
  stack_name: row.name,
  description: definition.description,
  template_description: definition.description,
  creation_time: timeOf(row.createdAt),
  updated_time: maybeTime(row.updatedAt),
  deletion_time: maybeTime(row.deletedAt),
  stack_status: `${row.action}_${row.status}`,
  stack_status_reason: row.statusReason,
  parameters: definition.parameters.format(),
  ...(outputs === undefined ? {} : { outputs }),
  capabilities: [],
  notification_topics: [],
  disable_rollback: row.disableRollback,
  timeout_mins: row.timeoutMins,
  stack_owner: row.owner,
  parent: row.parentId,
  stack_user_project_id: null,
  tags: row.tags,
})
