import { randomUUID } from 'node:crypto'
import { observeOnUpdate } from '@hearth/config'
import type { StackPatch, StackRow } from '@hearth/db'
import type { PlanOperation } from '../plugin/index.js'
import {
  aroundIn,
  checked,
  type Checking,
  checkImmutable,
  defining,
  overlayEnvironment,
  type StackDefinition,
} from '../template/index.js'
import { nestingOf, timeoutSeconds } from './create.js'
import { operate } from './operate.js'
import { nextOperation, towardTemplate } from './operation.js'
import { refOf } from './records.js'
import type { PatchRequest, StackRequest } from './request.js'
import type { Caller, StackServices } from './services.js'
import { refuseStuck } from './stuck.js'
import { type TemplateContent, templateOf } from './stored-templates.js'

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
  await bringTo(services, caller, stackId, 'UPDATE', async stack => {
    const { request } = update
    return {
      ...(await wantedBy(services, stack, update)),
      patch: {
        ...(request.disableRollback === undefined ? {} : { disableRollback: request.disableRollback }),
        ...(request.timeoutMins === undefined ? {} : { timeoutMins: request.timeoutMins }),
        tags: request.tags ?? (update.mode === 'patch' ? stack.tags : []),
      },
      observe: observes(services, request),
    }
  })
}

/** What a stack is to be, and what else changes with it. */
export interface Toward {
  readonly content: TemplateContent
  readonly definition: StackDefinition
  readonly patch: Pick<StackPatch, 'disableRollback' | 'timeoutMins' | 'tags'>
  /** Compare with reality. */
  readonly observe: boolean
  /** The snapshot that it goes back to. */
  readonly restores?: PlanOperation['restores']
}

/** Whether an update compares with reality: by its request, or because the operator wants it of all. */
export const observes = ({ options }: StackServices, { converge = false }: { readonly converge?: boolean }): boolean =>
  converge || options.get(observeOnUpdate)

const doing = { UPDATE: 'Updating', RESTORE: 'Restoring' } as const

/** Brings a stack that exists to a definition; `toward` is asked again when the stack has changed meanwhile. */
export async function bringTo(
  services: StackServices,
  caller: Caller,
  stackId: string,
  action: keyof typeof doing,
  toward: (stack: StackRow) => Promise<Toward>,
): Promise<void> {
  const { log } = services
  await operate(services, stackId, async stack => {
    log.info({ stack: stack.id, request: caller.requestId }, `${doing[action]} stack ${stack.name}`)
    const { patch, observe, restores, ...wanted } = await toward(stack)
    const { disableRollback, timeoutMins } = { ...stack, ...patch }
    const operation = nextOperation(stack, {
      action,
      template: randomUUID(),
      rollback: !disableRollback,
      timeoutSeconds: timeoutSeconds(services, timeoutMins),
      observe,
      ...(restores === undefined ? {} : { restores }),
    })
    return towardTemplate(services, stack, operation, wanted, patch)
  })
}

/** The definition that an update leads to; preview asks the same. */
export async function wantedBy(
  services: StackServices,
  stack: StackRow,
  update: UpdateMode,
): Promise<{ content: TemplateContent; definition: StackDefinition }> {
  refuseStuck(stack, 'Updating')
  const content = update.mode === 'replace' ? update.request : await patched(services, stack, update.request)
  return definitionFor(services, stack, content, {
    dropUnknownParameters: update.mode === 'patch',
    timeoutMins: update.request.timeoutMins ?? stack.timeoutMins,
  })
}

/** Checks that a stack may be brought to a content. @throws HearthError */
export async function definitionFor(
  services: StackServices,
  stack: StackRow,
  { content: template, environment, files }: TemplateContent,
  { dropUnknownParameters = false, timeoutMins = stack.timeoutMins } = {},
): Promise<{ content: TemplateContent; definition: StackDefinition }> {
  const { definitions, options, types, language } = services
  const before = await definitions.ofTemplate(stack.templateId, refOf(stack))
  const work = (given: Checking) =>
    defining({
      ...given,
      template,
      environment,
      files,
      ...aroundIn(before),
      stack: refOf(stack),
      types,
      language,
      validate: true,
      dropUnknownParameters,
      timeoutSeconds: timeoutSeconds(services, timeoutMins),
      nesting: nestingOf(options, stack.depth),
    })
  const definition = await checked(language, work, stack.project)
  checkImmutable(before, definition)
  const content = { content: template, environment: definition.environment, files, ...aroundIn(before) }
  return { content, definition }
}

async function patched(services: StackServices, stack: StackRow, request: PatchRequest): Promise<TemplateContent> {
  const stored = await templateOf(services, stack)
  const content = request.content ?? stored.content
  return {
    content,
    environment: overlayEnvironment(stored.environment, request.environmentFor(content), request.clearParameters),
    files: { ...stored.files, ...request.files },
  }
}
