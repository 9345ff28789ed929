import { type Queryable, resources, type StackRow, templates, trees } from '@hearth/db'
import * as errors from '../../errors.js'
import type { JsonMap } from '../../plugin/json.js'
import type { Secrets } from '../../resource/secrets/secrets.js'
import { type Environment, environmentOf } from '../../template/index.js'
import { chooseHeld, type Current } from '../read/current.js'
import { openTemplate, templateGone } from '../stored-templates.js'

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
  readonly resources: Readonly<Record<string, ResourceData | NestedData>>
}

export interface ResourceData {
  readonly name: string
  /** The physical id. */
  readonly resource_id: string | null
  /** As its template names it. */
  readonly type: string
  readonly action: string
  readonly status: string
  readonly metadata: JsonMap
  readonly resource_data: JsonMap
}

/** A resource that is a stack: the data of that stack, and what its row says besides. */
export type NestedData = StackData & Omit<ResourceData, 'name' | 'action' | 'status'>

export const isNested = (data: ResourceData | NestedData): data is NestedData => 'template' in data

/** Data, and the ids of the rows that they tell of: of several of one name, one; none that is still nameless. */
export interface DataOfRows {
  readonly data: StackData
  readonly resources: readonly string[]
  /** Those that are stacks. */
  readonly stacks: readonly string[]
}

export const stackData = async (on: Queryable, secrets: Secrets, stack: StackRow): Promise<StackData> =>
  (await dataOfRows(on, secrets, stack)).data

/**
 * A stack as its rows say, with those inside (heat/engine/stack.py, `prepare_abandon`, and stack_resource.py). A constant
 * number of queries.
 */
export async function dataOfRows(on: Queryable, secrets: Secrets, stack: StackRow): Promise<DataOfRows> {
  const named: Record<'resources' | 'stacks', string[]> = { resources: [], stacks: [] }
  const family = await trees.below(on, stack.id)
  const stored = await templates.byIds(
    on,
    family.map(({ templateId }) => templateId),
  )
  const rows = await resources.ofStacks(
    on,
    family.map(({ id }) => id),
  )
  const templatesById = new Map(stored.map(one => [one.id, openTemplate(one, secrets)]))
  const inside = new Map(family.map(one => [one.parentResourceId, one]))

  const dataOf = (one: StackRow): StackData => {
    const template = templatesById.get(one.templateId)
    if (template === undefined) throw templateGone(one.templateId, one)
    const own = rows.filter(({ stackId }) => stackId === one.id)
    return {
      name: one.name,
      id: one.id,
      action: one.action,
      status: one.status,
      template: template.content,
      environment: environmentIn(template.environment),
      files: template.files,
      project_id: one.project,
      stack_user_project_id: one.project,
      tags: one.tags,
      resources: Object.fromEntries(chooseHeld(own, one, secrets).map(current => [current.row.name, kept(current)])),
    }
  }
  const kept = ({ row, incarnation }: Current): ResourceData | NestedData => {
    const { name, physicalId, declaredType, action, status, metadata, data } = incarnation
    const child = inside.get(row.id)
    // A step of an operation that has failed may still be making it.
    const nameless = physicalId === null && action === 'CREATE' && status === 'IN_PROGRESS'
    if (child !== undefined) named.stacks.push(row.id)
    else if (!nameless) named.resources.push(row.id)
    const own = { name, resource_id: physicalId, type: declaredType, action, status, metadata, resource_data: data }
    return child === undefined ? own : { ...own, ...dataOf(child) }
  }
  return { data: dataOf(stack), ...named }
}

/** As Heat has it, and the names of what is to be kept encrypted there, too. */
function environmentIn(given: Environment): JsonMap {
  const { parameters, parameter_defaults, resource_registry, event_sinks, encrypted_param_names } = environmentOf(
    given as unknown as JsonMap,
  )
  const names: JsonMap = encrypted_param_names.length === 0 ? {} : { encrypted_param_names }
  return { parameters, parameter_defaults, resource_registry, event_sinks, ...names }
}

/** @throws ActionInProgress while something runs on the stack, or on one inside: nobody could tell what there will be. */
export async function refuseBusy(on: Queryable, { id }: StackRow): Promise<void> {
  const busy = (await trees.below(on, id)).find(({ status }) => status === 'IN_PROGRESS')
  if (busy !== undefined) throw errors.actionInProgress(busy.name, busy.action)
}
