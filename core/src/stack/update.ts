import { randomUUID } from 'node:crypto'
import { limits } from '@hearth/config'
import { type StackRow, templates } from '@hearth/db'
import * as errors from '../errors.js'
import type { PlanOperation } from '../plugin/index.js'
import { checkImmutable, define, overlayEnvironment, type StackDefinition } from '../template/index.js'
import { timeoutSeconds } from './create.js'
import { operate } from './operate.js'
import { refOf, storeTemplate, type TemplateContent } from './records.js'
import type { PatchRequest, StackRequest } from './request.js'
import type { Caller, StackServices } from './services.js'

/** `replace` is PUT: what is not given is gone. `patch` builds on what is stored. */
export type UpdateMode =
  | { readonly mode: 'replace'; readonly request: StackRequest }
  | { readonly mode: 'patch'; readonly request: PatchRequest }

/** Brings a stack to another template. @throws HearthError before anything changes. */
export async function updateStack(
  services: StackServices,
  caller: Caller,
  stackId: string,
  update: UpdateMode,
): Promise<void> {
  const { definitions, plans, log } = services
  await operate(services, stackId, async stack => {
    log.info({ stack: stack.id, request: caller.requestId }, `Updating stack ${stack.name}`)
    const { content, definition } = await wantedBy(services, stack, update)
    const { request } = update
    const template = randomUUID()
    const disableRollback = request.disableRollback ?? stack.disableRollback
    const timeoutMins = request.timeoutMins === undefined ? stack.timeoutMins : request.timeoutMins
    const operation: PlanOperation = {
      kind: 'plan',
      id: randomUUID(),
      stack: refOf(stack),
      action: 'UPDATE',
      revision: stack.revision + 1,
      template,
      previous: stack.templateId,
      rollback: !disableRollback,
      timeoutSeconds: timeoutSeconds(services, timeoutMins),
      underway: 'await',
    }
    if (stack.status !== 'IN_PROGRESS') await plans.prepare(operation, definition)
    definitions.remember(template, definition)
    return {
      operation,
      patch: {
        templateId: template,
        previousTemplateId: stack.templateId,
        disableRollback,
        timeoutMins,
        tags: request.tags ?? (update.mode === 'patch' ? stack.tags : []),
      },
      store: async tx => {
        await storeTemplate(tx, stack.id, content, template)
      },
    }
  })
}

/** The definition that an update leads to; preview asks the same. */
export async function wantedBy(
  services: StackServices,
  stack: StackRow,
  update: UpdateMode,
): Promise<{ content: TemplateContent; definition: StackDefinition; before: StackDefinition }> {
  const { definitions, options, types, language } = services
  if (stack.action === 'SUSPEND') throw errors.notSupported('Updating a stack when it is suspended')
  if (stack.action === 'DELETE') throw errors.notSupported('Updating a stack when it is deleting')
  const before = await definitions.ofTemplate(stack.templateId, refOf(stack))
  const content = update.mode === 'replace' ? update.request : await patched(services, stack, update.request)
  const definition = define({
    template: content.content,
    environment: content.environment,
    files: content.files,
    stack: refOf(stack),
    types,
    language,
    validate: true,
    dropUnknownParameters: update.mode === 'patch',
    timeoutSeconds: timeoutSeconds(services, update.request.timeoutMins ?? stack.timeoutMins),
    maxResources: options.get(limits.maxResourcesPerStack),
  })
  checkImmutable(before, definition)
  return { content: { ...content, environment: definition.environment }, definition, before }
}

async function patched({ db }: StackServices, stack: StackRow, request: PatchRequest): Promise<TemplateContent> {
  const [stored] = await templates.byIds(db, [stack.templateId])
  if (stored === undefined) throw new Error(`template ${stack.templateId} of stack ${stack.name} is gone`)
  const content = request.content ?? stored.content
  return {
    content,
    environment: overlayEnvironment(stored.environment, request.environmentFor(content), request.clearParameters),
    files: { ...stored.files, ...request.files },
  }
}
