import type { StackRow } from '@hearth/db'
import * as errors from '../errors.js'
import { inTurns } from '../pieces.js'
import { Unknown } from '../plugin/schema.js'
import { type ResolvedOutput, type StackDefinition, watchedScope } from '../template/index.js'
import { checkNew, timeoutSeconds } from './create.js'
import { type ForeseenStack, foreseeTree, foreseeUpdate, stacksOf } from './nested/index.js'
import { type Output, shown as shownOutput } from './read/output.js'
import { refOf } from './records.js'
import type { StackRequest } from './request.js'
import type { Caller, StackServices } from './services.js'
import { observes, type UpdateMode, wantedBy } from './update.js'

export interface StackPreview {
  readonly request: StackRequest
  readonly definition: StackDefinition
  readonly tree: ForeseenStack
  /** What does not hang on a resource is known already. */
  readonly outputs: readonly Output[]
}

/** What a create would make, stacks inside included, with the checks of a create. Stores nothing. */
export async function previewCreate(
  services: StackServices,
  { project }: Caller,
  name: string,
  request: StackRequest,
): Promise<StackPreview> {
  const definition = await checkNew(services, { id: null, name, project }, request)
  const tree = await foreseeTree(services, {
    definition,
    name,
    project,
    depth: 0,
    observe: false,
    nested: true,
    timeoutSeconds: timeoutSeconds(services, request.timeoutMins ?? null),
  })
  const outputs = [...definition.outputs.values()]
  const resolved = await inTurns(definition.resolveOutputs(outputs, watchedScope()), project)
  const known = outputs.map((output, index) => {
    const { value, ...rest } = resolved[index] as ResolvedOutput
    return shownOutput(output, { ...rest, value: shown(value) as ResolvedOutput['value'] })
  })
  return { request, definition, tree, outputs: known }
}

/**
 * What an update would do, by the plan and the decisions that the update itself takes. Stores and locks nothing.
 * @param nested with what it would do with the stacks inside.
 * @throws NotSupported for a change that the update would refuse.
 */
export async function previewUpdate(
  services: StackServices,
  stack: StackRow,
  update: UpdateMode,
  nested: boolean,
): Promise<ForeseenStack> {
  const { definition } = await wantedBy(services, stack, update)
  const tree = await foreseeUpdate(services, {
    stack: { ...refOf(stack), templateId: stack.templateId },
    definition,
    name: stack.name,
    project: stack.project,
    depth: stack.depth,
    observe: observes(services, update.request),
    nested,
    timeoutSeconds: timeoutSeconds(services, update.request.timeoutMins ?? stack.timeoutMins),
  })
  for (const { changes } of stacksOf(tree)) {
    for (const { refused } of changes) {
      if (refused !== undefined) throw errors.notSupported(refused.replace(/ is not supported\.$/, ''))
    }
  }
  return tree
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
