import { randomUUID } from 'node:crypto'
import type { StackRow } from '@hearth/db'
import { followSinks } from '../event/follow.js'
import type { PlanOperation } from '../plugin/index.js'
import type { StackDefinition } from '../template/index.js'
import { checkTreeSize } from './nested/tree-size.js'
import type { Change } from './operate.js'
import { refOf } from './records.js'
import type { StackServices } from './services.js'
import { storeTemplate, type TemplateContent } from './stored-templates.js'

type Own = Pick<PlanOperation, 'action' | 'template' | 'timeoutSeconds'> & Partial<PlanOperation>

/** The next operation on a stack that exists, as far as it says nothing else: without rollback, and what runs is awaited. */
export const nextOperation = (stack: StackRow, own: Own): PlanOperation => ({
  kind: 'plan',
  id: randomUUID(),
  stack: refOf(stack),
  revision: stack.revision + 1,
  previous: stack.templateId,
  rollback: false,
  underway: 'await',
  ...own,
})

/** Brings a stack that exists to a template that is stored with the operation; `operation.template` is its id. */
export async function towardTemplate(
  services: StackServices,
  stack: StackRow,
  operation: PlanOperation,
  { content, definition }: { readonly content: TemplateContent; readonly definition: StackDefinition },
  patch: Change['patch'],
): Promise<Change> {
  const { definitions, plans, secrets } = services
  const { template } = operation
  const { environment: before } = await definitions.ofTemplate(stack.templateId, refOf(stack))
  if (stack.status !== 'IN_PROGRESS') await plans.prepare(operation, definition)
  definitions.remember(template, definition)
  return {
    operation,
    patch: { ...patch, templateId: template, previousTemplateId: stack.templateId },
    store: async tx => {
      await storeTemplate(tx, secrets, stack, content, definition, { id: template, size: definition.resources.size })
      await followSinks(tx, secrets, stack, content.environment, before)
    },
    check: tx => checkTreeSize(services, stack.rootId, tx),
  }
}
