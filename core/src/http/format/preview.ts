import type { ChangeKind, ForeseenChange } from '../../plan/changes.js'
import { type ForeseenStack, stacksOf } from '../../stack/nested/index.js'
import { type StackPreview, shown } from '../../stack/preview.js'
import type { Incarnation } from '../../resource/rows/incarnation.js'
import type { StackDefinition } from '../../template/index.js'
import { timeOf } from '../../time.js'

/** A stack that is not stored has no id. */
const identity = ({ project, name, id }: ForeseenStack['place'], path = '') => ({
  tenant: project,
  stack_name: name,
  stack_id: id ?? 'None',
  path,
})

/** A stack that would be created (heat/engine/api.py, format_stack_preview). */
export const formatPreview = ({ request, definition, tree, outputs }: StackPreview, now: Date) => ({
  id: 'None',
  stack_name: tree.place.name,
  description: definition.description,
  template_description: definition.description,
  creation_time: timeOf(now),
  updated_time: null,
  deletion_time: null,
  parameters: definition.parameters.format(),
  outputs,
  capabilities: [],
  notification_topics: [],
  disable_rollback: request.disableRollback ?? true,
  timeout_mins: request.timeoutMins ?? null,
  stack_owner: null,
  parent: null,
  stack_user_project_id: null,
  tags: request.tags ?? null,
  links: [],
  resources: resourcesOf(tree),
})

/** In the place of a resource that is a stack stands the list of those inside. */
function resourcesOf(stack: ForeseenStack): unknown[] {
  return stack.changes.map(change => {
    const [inner] = stack.inside.get(change.name) ?? []
    if (inner !== undefined) return resourcesOf(inner)
    const { metadata, properties } = change.foreseen?.resolved ?? { metadata: {}, properties: {} }
    return { ...rawResource(stack, change), metadata: shown(metadata), properties: shown(properties) }
  })
}

/**
 * The five lists of an update's preview, with the resources of stacks inside among them (heat/engine/service.py,
 * preview_update_stack).
 */
export function formatChanges(tree: ForeseenStack) {
  const lists: Record<ChangeKind, unknown[]> = { unchanged: [], updated: [], replaced: [], added: [], deleted: [] }
  for (const stack of stacksOf(tree)) {
    for (const change of stack.changes) lists[change.kind].push(formatChange(stack, change))
  }
  return { resource_changes: lists }
}

function formatChange(stack: ForeseenStack, change: ForeseenChange) {
  const { kind, foreseen, incarnation, may } = change
  const was = kind === 'updated' || kind === 'deleted' ? incarnation : undefined
  const open = [
    ...(may.length === 0 ? [] : [`may be ${may.join(' or ')}: not all values are known yet`]),
    ...(stack.untold.has(change.name) ? ['what is inside depends on values that are not known yet'] : []),
  ]
  return {
    ...rawResource(stack, change),
    ...(was === undefined ? {} : rawState(was)),
    metadata: foreseen === undefined ? (was?.metadata ?? {}) : shown(foreseen.resolved.metadata),
    ...(may.length === 0 ? {} : { may_be: may }),
    ...(open.length === 0 ? {} : { resource_status_reason: open.join('; ') }),
  }
}

const rawState = ({ physicalId, action, status, statusReason }: Incarnation) => ({
  physical_resource_id: physicalId ?? '',
  resource_action: action,
  resource_status: status,
  resource_status_reason: statusReason,
})

/** The attributes that it will have: of what is not there yet nobody can tell them. */
function unreadOf(definition: StackDefinition | undefined, name: string): Record<string, null> {
  const { attributes = {} } = definition?.typeOf(name) ?? {}
  const names = attributes === 'any' ? [] : Object.keys(attributes)
  return Object.fromEntries(names.filter(one => one !== '*' && one !== 'show').map(one => [one, null]))
}

function rawResource({ place, parentResource, definition }: ForeseenStack, { kind, name, type }: ForeseenChange) {
  const resources = definition?.resources
  return {
    resource_name: name,
    resource_type: type,
    physical_resource_id: '',
    resource_action: 'INIT',
    resource_status: 'COMPLETE',
    resource_status_reason: '',
    creation_time: null,
    updated_time: null,
    description: resources?.get(name)?.description ?? '',
    attributes: kind === 'added' || kind === 'replaced' ? unreadOf(definition, name) : {},
    required_by: [...(resources?.values() ?? [])]
      .filter(other => other.requires.includes(name))
      .map(other => other.name),
    resource_identity: identity(place, `/resources/${name}`),
    stack_identity: identity(place),
    stack_name: place.name,
    ...(parentResource === undefined ? {} : { parent_resource: parentResource }),
  }
}
