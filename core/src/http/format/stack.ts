import type { StackRow } from '@hearth/db'
import type { Workforce } from '../../host/workforce.js'
import type { StackView } from '../../stack/read/show.js'
import type { Links } from '../../stack/links.js'
import { maybeTime, timeOf } from '../../time.js'

/** Why nothing goes on, if nobody is there to carry it out: `waitingFor` says for whom an engine's stacks wait. */
const reasonOf = (row: StackRow, { waitingFor }: Waiting): string => {
  const waits = row.status === 'IN_PROGRESS' ? waitingFor(row.engine) : undefined
  return waits === undefined ? row.statusReason : `${row.statusReason} (waiting: ${waits})`
}
type Waiting = Pick<Workforce, 'waitingFor'>

/** An item of the stack list (heat/api/openstack/v1/views/stacks_view.py). */
export const listedStack = (row: StackRow, links: Links, workforce: Waiting) => ({
  id: row.id,
  links: [{ href: links.stack(row), rel: 'self' }],
  stack_name: row.name,
  description: '',
  stack_status: `${row.action}_${row.status}`,
  stack_status_reason: reasonOf(row, workforce),
  creation_time: timeOf(row.createdAt),
  updated_time: maybeTime(row.updatedAt),
  deletion_time: maybeTime(row.deletedAt),
  stack_owner: row.owner,
  parent: row.parentId,
  stack_user_project_id: null,
  tags: row.tags.length === 0 ? null : row.tags,
})

/** A stack as `show` gives it. */
export const shownStack = ({ row, definition, outputs }: StackView, links: Links, workforce: Waiting) => ({
  id: row.id,
  links: [{ href: links.stack(row), rel: 'self' }],
  stack_name: row.name,
  description: definition.description,
  template_description: definition.description,
  creation_time: timeOf(row.createdAt),
  updated_time: maybeTime(row.updatedAt),
  deletion_time: maybeTime(row.deletedAt),
  stack_status: `${row.action}_${row.status}`,
  stack_status_reason: reasonOf(row, workforce),
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
