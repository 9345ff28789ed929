import type { StackRow } from '@hearth/db'
import type { ChangeKind, ForeseenChange } from '../../plan/changes.js'
import { type StackPreview, shown } from '../../stack/preview.js'
import type { Incarnation } from '../../resource/incarnation.js'
import { type OutputDefinition, unknownScope } from '../../template/index.js'
import { timeOf } from './time.js'

interface Place {
  readonly project: string
  readonly name: string
  /** `None` for a stack that is not stored. */
  readonly id: string
}

const identity = ({ project, name, id }: Place, path = '') => ({
  tenant: project,
  stack_name: name,
  stack_id: id,
  path,
})

/** A stack that would be created (heat/engine/api.py, format_stack_preview). */
export const formatPreview = ({ name, project, request, definition, resources }: StackPreview, now: Date) => {
  const place = { project, name, id: 'None' }
  return {
    id: 'None',
    stack_name: name,
    description: definition.description,
    template_description: definition.description,
    creation_time: timeOf(now),
    updated_time: null,
    deletion_time: null,
    parameters: definition.parameters.format(),
    outputs: [...definition.outputs.values()].map(output => previewOutput(output)),
    capabilities: [],
    notification_topics: [],
    disable_rollback: request.disableRollback ?? true,
    timeout_mins: request.timeoutMins ?? null,
    stack_owner: null,
    parent: null,
    stack_user_project_id: null,
    tags: request.tags ?? null,
    links: [],
    resources: [...resources].map(([resource, { resolved }]) => ({
      ...rawResource(place, resource, resolved.declaredType, definition),
      metadata: shown(resolved.metadata),
      properties: shown(resolved.properties),
    })),
  }
}

/** What does not hang on a resource is known already. */
function previewOutput(output: OutputDefinition) {
  const { value, error } = output.resolve(unknownScope)
  return {
    output_key: output.name,
    description: output.description,
    output_value: shown(value),
    ...(error === undefined ? {} : { output_error: error }),
  }
}

/** The five lists of an update's preview (heat/engine/stack.py, preview_update). */
export const formatChanges = (
  stack: StackRow,
  definition: StackPreview['definition'],
  changes: readonly ForeseenChange[],
) => {
  const lists: Record<ChangeKind, unknown[]> = { unchanged: [], updated: [], replaced: [], added: [], deleted: [] }
  for (const { kind, name, type, foreseen, incarnation, may } of changes) {
    const was = kind === 'updated' || kind === 'deleted' ? incarnation : undefined
    lists[kind].push({
      ...rawResource(stack, name, type, definition),
      ...(was === undefined ? {} : rawState(was)),
      metadata: foreseen === undefined ? (was?.metadata ?? {}) : shown(foreseen.resolved.metadata),
      ...(may.length === 0
        ? {}
        : { may_be: may, resource_status_reason: `may be ${may.join(' or ')}: not all values are known yet` }),
    })
  }
  return { resource_changes: lists }
}

const rawState = ({ physicalId, action, status, statusReason }: Incarnation) => ({
  physical_resource_id: physicalId ?? '',
  resource_action: action,
  resource_status: status,
  resource_status_reason: statusReason,
})

const rawResource = (place: Place, name: string, type: string, { resources }: StackPreview['definition']) => ({
  resource_name: name,
  resource_type: type,
  physical_resource_id: '',
  resource_action: 'INIT',
  resource_status: 'COMPLETE',
  resource_status_reason: '',
  creation_time: null,
  updated_time: null,
  description: resources.get(name)?.description ?? '',
  attributes: {},
  required_by: [...resources.values()].filter(other => other.requires.includes(name)).map(other => other.name),
  resource_identity: identity(place, `/resources/${name}`),
  stack_identity: identity(place),
  stack_name: place.name,
})
