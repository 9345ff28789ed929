import { randomUUID } from 'node:crypto'
import type { StackRow } from '@hearth/db'
import type { Foreseen } from '../plan/decisions.js'
import { foresee } from '../plan/decisions.js'
import { Unknown } from '../plugin/schema.js'
import type { StackDefinition } from '../template/index.js'
import { checkNew } from './create.js'
import { refOf } from './records.js'
import type { StackRequest } from './request.js'
import type { Caller, StackServices } from './services.js'
import { type UpdateMode, wantedBy } from './update.js'

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
    resources: foresee(definition, () => undefined, services.types),
  }
}

export type ChangeKind = 'unchanged' | 'updated' | 'replaced' | 'added' | 'deleted'

export interface ForeseenChange {
  readonly kind: ChangeKind
  readonly name: string
  readonly type: string
  readonly foreseen?: Foreseen
  /** It depends on values that are not known before it runs. */
  readonly unsure: boolean
}

/** What an update would do, by the decisions that the update itself takes. Stores and locks nothing. */
export async function previewUpdate(
  services: StackServices,
  stack: StackRow,
  update: UpdateMode,
): Promise<{ definition: StackDefinition; changes: ForeseenChange[] }> {
  services.engines.of(stack)
  const { definition } = await wantedBy(services, stack, update)
  const { foreseen, existing } = await services.plans.foresee(
    { ...refOf(stack), templateId: stack.templateId },
    definition,
    randomUUID(),
  )
  const changes: ForeseenChange[] = [...foreseen].map(([name, one]) => ({
    kind: kindOf(one),
    name,
    type: one.resolved.type,
    foreseen: one,
    unsure: 'unsure' in one.decision && one.decision.unsure,
  }))
  const gone = new Map(existing.filter(({ name }) => !definition.resources.has(name)).map(one => [one.name, one]))
  for (const [name, { type }] of gone) changes.push({ kind: 'deleted', name, type, unsure: false })
  return { definition, changes }
}

function kindOf({ decision, incarnation }: Foreseen): ChangeKind {
  switch (decision.do) {
    case 'create':
      return incarnation === undefined || incarnation.action === 'INIT' ? 'added' : 'updated'
    case 'replace':
      return 'replaced'
    case 'update':
    case 'refuse':
      return 'updated'
    case 'nothing':
    case 'recover':
      return 'unchanged'
  }
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
