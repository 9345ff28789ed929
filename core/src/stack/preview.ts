import type { StackRow } from '@hearth/db'
import * as errors from '../errors.js'
import type { ForeseenChange } from '../plan/changes.js'
import { type Foreseen, foresee } from '../plan/decisions.js'
import { Unknown } from '../plugin/schema.js'
import type { StackDefinition } from '../template/index.js'
import { checkNew } from './create.js'
import { refOf } from './records.js'
import type { StackRequest } from './request.js'
import type { Caller, StackServices } from './services.js'
import { observes, type UpdateMode, wantedBy } from './update.js'

export interface StackPreview {
  readonly name: string
  readonly project: string
  readonly request: StackRequest
  readonly definition: StackDefinition
  readonly resources: ReadonlyMap<string, Foreseen>
}

/** What a create would make, with the checks of a create. Stores nothing. */
export async function previewCreate(
  services: StackServices,
  caller: Caller,
  name: string,
  request: StackRequest,
): Promise<StackPreview> {
  const definition = await checkNew(services, { id: null, name, project: caller.project }, request)
  return {
    name,
    project: caller.project,
    request,
    definition,
    resources: foresee(definition, new Map(), services.types),
  }
}

/**
 * What an update would do, by the plan and the decisions that the update itself takes. Stores and locks nothing.
 * @throws NotSupported for a change that the update would refuse.
 */
export async function previewUpdate(
  services: StackServices,
  stack: StackRow,
  update: UpdateMode,
): Promise<{ definition: StackDefinition; changes: ForeseenChange[] }> {
  services.engines.of(stack)
  const { definition } = await wantedBy(services, stack, update)
  const changes = await services.plans.foresee(
    { ...refOf(stack), templateId: stack.templateId },
    definition,
    observes(services, update.request),
  )
  for (const { refused } of changes)
    if (refused !== undefined) throw errors.notSupported(refused.replace(/ is not supported\.$/, ''))
  return { definition, changes }
}

/** Values for showing: what is unknown is null. */
export const shown = (value: unknown): unknown => {
  if (Unknown.is(value)) return null
  if (Array.isArray(value)) return value.map(shown)
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shown(inner)]))
  }
  return value
}
