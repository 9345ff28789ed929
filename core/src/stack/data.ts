import { type Queryable, type StackRow, templates } from '@hearth/db'
import type { Json, JsonMap } from '../plugin/index.js'
import type { Secrets } from '../resource/secrets.js'
import { currentResources } from './read/resources.js'

/** All that is needed to have a stack again elsewhere: what abandon and export answer, and what a snapshot keeps. */
export interface StackData {
  readonly name: string
  readonly id: string
  readonly action: string
  readonly status: string
  readonly template: JsonMap
  /** Nothing is masked. */
  readonly environment: JsonMap
  readonly files: Record<string, string>
  readonly project_id: string
  readonly stack_user_project_id: string
  readonly tags: readonly string[]
  readonly resources: Readonly<Record<string, ResourceData>>
}

export interface ResourceData {
  readonly name: string
  /** The physical id. */
  readonly resource_id: string | null
  readonly type: string
  readonly action: string
  readonly status: string
  readonly metadata: JsonMap
  readonly resource_data: JsonMap
}

/** A stack as its rows say (heat/engine/stack.py, `prepare_abandon`). */
export async function stackData(on: Queryable, secrets: Secrets, stack: StackRow): Promise<StackData> {
  const [stored] = await templates.byIds(on, [stack.templateId])
  if (stored === undefined) throw new Error(`template ${stack.templateId} of stack ${stack.name} is gone`)
  const { parameters = {}, parameter_defaults = {}, resource_registry = {}, event_sinks = [] } = stored.environment
  const all = await currentResources(on, secrets, stack)
  return {
    name: stack.name,
    id: stack.id,
    action: stack.action,
    status: stack.status,
    template: stored.content,
    environment: { parameters, parameter_defaults, resource_registry, event_sinks } as Record<string, Json>,
    files: stored.files,
    project_id: stack.project,
    stack_user_project_id: stack.project,
    tags: stack.tags,
    resources: Object.fromEntries(
      all.map(({ incarnation: { name, physicalId, type, action, status, metadata, data } }) => [
        name,
        { name, resource_id: physicalId, type, action, status, metadata, resource_data: data },
      ]),
    ),
  }
}
