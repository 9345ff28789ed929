import type { StackRow } from '@hearth/db'
import { type ForeseenChange, type StackPreview, shown } from '../../stack/preview.js'
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
    outputs: [...definition.outputs.values()].map(output => ({
      output_key: output.name,
      description: output.description,
      output_value: null,
    })),
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
      ...rawResource(place, resource, resolved.type, definition),
      metadata: shown(resolved.metadata),
      properties: shown(resolved.properties),
    })),
  }
}

/** The five lists of an update's preview. */
export const formatChanges = (
  stack: StackRow,
  definition: StackPreview['definition'],
  changes: readonly ForeseenChange[],
) => {
  const lists: Record<ForeseenChange['kind'], unknown[]> = {
    unchanged: [],
    updated: [],
    replaced: [],
    added: [],
    deleted: [],
  }
  for (const { kind, name, type, foreseen, unsure } of changes) {
    const was = kind === 'updated' || kind === 'deleted' ? foreseen?.incarnation : undefined
    lists[kind].push({
      ...rawResource(stack, name, type, definition),
      ...(was === undefined
        ? {}
        : { physical_resource_id: was.physicalId ?? '', resource_action: was.action, resource_status: was.status }),
      metadata: shown(foreseen?.resolved.metadata ?? {}),
      // What depends on a value that is known only when the update runs may turn out smaller than shown.
      ...(unsure ? { resource_status_reason: 'may change: it depends on values that are not known yet' } : {}),
    })
  }
  return { resource_changes: lists }
}

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
