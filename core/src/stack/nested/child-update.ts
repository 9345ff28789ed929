import { randomUUID } from 'node:crypto'
import type { StackRow } from '@hearth/db'
import { followSinks } from '../../event/follow.js'
import type { PlanOperation } from '../../plugin/index.js'
import {
  aroundIn,
  checked,
  type Checking,
  defining,
  type DefinitionContent,
  type StackDefinition,
} from '../../template/index.js'
import { nestingOf, timeoutSeconds } from '../create.js'
import { type Asker, operate } from '../operate.js'
import { refOf } from '../records.js'
import type { StackServices } from '../services.js'
import { refuseStuck } from '../stuck.js'
import { storeTemplate } from '../stored-templates.js'
import { checkTreeSize } from './tree-size.js'

/** What a nested stack is to be, with values: only now can they be checked. @throws HearthError */
export function defineChild(
  services: StackServices,
  given: DefinitionContent,
  stack: { readonly id: string; readonly name: string; readonly project: string },
  parent: Pick<StackRow, 'depth' | 'timeoutMins'>,
): Promise<StackDefinition> {
  const { types, options, language } = services
  const { content, environment, files } = given
  const work = (checking: Checking) =>
    defining({
      ...checking,
      template: content,
      environment,
      files,
      ...aroundIn(given),
      stack,
      types,
      language,
      nesting: nestingOf(options, parent.depth + 1),
      timeoutSeconds: timeoutSeconds(services, parent.timeoutMins),
    })
  return checked(language, work, stack.project)
}

export interface ChildUpdate {
  readonly stack: string
  readonly parent: Pick<StackRow, 'depth' | 'timeoutMins'>
  /** What is to be known of the operation beside its template. */
  readonly operation: Pick<PlanOperation, 'timeoutSeconds' | 'observe' | 'restores'>
  /** What it is to be, and who asks. Asked again when the stack has changed meanwhile. Undefined: nothing is to be done. */
  readonly toward: (
    stack: StackRow,
  ) => Promise<{ readonly content: DefinitionContent; readonly asker: Asker } | undefined>
}

/** Asks for an update of a nested stack. @throws HearthError as `operate`. */
export async function updateChild(
  services: StackServices,
  { stack: id, parent, operation: given, toward }: ChildUpdate,
): Promise<void> {
  await operate(services, id, async stack => {
    const wanted = await toward(stack)
    if (wanted === undefined) return undefined
    const { content, asker } = wanted
    refuseStuck(stack, 'Updating')
    const definition = await defineChild(services, content, refOf(stack), parent)
    const { environment: before } = await services.definitions.ofTemplate(stack.templateId, refOf(stack))
    const template = randomUUID()
    const operation: PlanOperation = {
      kind: 'plan',
      id: randomUUID(),
      stack: refOf(stack),
      action: 'UPDATE',
      revision: stack.revision + 1,
      template,
      previous: stack.templateId,
      rollback: false,
      underway: 'await',
      ...given,
    }
    if (stack.status !== 'IN_PROGRESS') await services.plans.prepare(operation, definition)
    services.definitions.remember(template, definition)
    return {
      operation,
      asker,
      check: tx => checkTreeSize(services, stack.rootId, tx),
      patch: {
        templateId: template,
        previousTemplateId: stack.templateId,
        disableRollback: true,
        timeoutMins: parent.timeoutMins,
      },
      store: async tx => {
        await storeTemplate(tx, services.secrets, stack, content, definition, {
          id: template,
          size: definition.resources.size,
        })
        await followSinks(tx, services.secrets, stack, content.environment, before)
      },
    }
  })
}
