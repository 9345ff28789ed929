import { randomUUID } from 'node:crypto'
import { enableStackAdopt, limits, stackActionTimeout } from '@hearth/config'
import { NameTaken, resources, type StackRow, stacks } from '@hearth/db'
import * as errors from '../errors.js'
import type { PlanOperation } from '../plugin/index.js'
import { followSinks } from '../event/follow.js'
import { withAdopted } from '../resource/rows/adopted.js'
import { checkTreeSize } from './nested/tree-size.js'
import { checked, type Checking, defining, type Nesting, type StackDefinition } from '../template/index.js'
import type { NamedStack } from './definitions.js'
import type { Asker } from './operate.js'
import { reportStack } from './records.js'
import type { StackRequest } from './request.js'
import type { Caller, StackServices } from './services.js'
import { startedReason } from './state.js'
import { storeTemplate } from './stored-templates.js'

/** Where a stack hangs: nested stacks take their parent's engine, root and depth. */
export interface Parent {
  readonly stack: StackRow
  readonly resource: string
  /** Its row. */
  readonly resourceId: string
  readonly asker: Asker
  /** It is made in an adoption: nothing in it is made. Else what is not there yet to be adopted is created. */
  readonly adopts: boolean
  /** What the stack was found to be, and how long its creation may take. */
  readonly define: (stack: NamedStack) => Promise<StackDefinition>
  readonly timeoutSeconds: number
  readonly restores?: PlanOperation['restores']
}

/**
 * Stores a stack with its flag, template and resource rows, and hands its creation to the engine, in one transaction.
 * @throws HearthError before anything is stored: StackExists, RequestLimitExceeded, or what is wrong with the template.
 */
export async function createStack(
  services: StackServices,
  caller: Caller,
  name: string,
  request: StackRequest,
  parent?: Parent,
): Promise<NamedStack> {
  const { db, engines, plans, definitions, secrets, log } = services
  const action = request.adopt !== undefined && parent?.adopts !== false ? 'ADOPT' : 'CREATE'
  const id = randomUUID()
  const stack = { id, name, project: caller.project }
  const definition = await (parent?.define(stack) ?? checkNew(services, stack, request))
  const rootId = parent?.stack.rootId ?? id
  const engine = parent === undefined ? engines.forNewStack() : engines.of(parent.stack)
  const template = randomUUID()
  const operation: PlanOperation = {
    kind: 'plan',
    id: randomUUID(),
    stack: { ...stack, rootId },
    action,
    revision: 1,
    template,
    previous: null,
    rollback: !(request.disableRollback ?? true),
    timeoutSeconds: parent?.timeoutSeconds ?? timeoutSeconds(services, request.timeoutMins ?? null),
    underway: 'await',
    ...(request.adopt === undefined ? {} : { adopts: true }),
    ...(parent?.restores === undefined ? {} : { restores: parent.restores }),
  }
  await plans.prepare(operation, definition)
  // Before it is accepted: from then on its steps ask for it.
  definitions.remember(template, definition)
  log.info({ stack: id, request: caller.requestId }, `${action === 'ADOPT' ? 'Adopting' : 'Creating'} stack ${name}`)
  try {
    await db.transaction(async tx => {
      await storeTemplate(tx, secrets, { id, rootId }, request, definition, {
        id: template,
        size: definition.resources.size,
      })
      await stacks.insert(tx, {
        id,
        rootId,
        parentId: parent?.stack.id ?? null,
        parentResource: parent?.resource ?? null,
        parentResourceId: parent?.resourceId ?? null,
        askedBy: parent?.asker.key ?? null,
        depth: parent === undefined ? 0 : parent.stack.depth + 1,
        project: caller.project,
        owner: caller.user,
        name,
        action,
        status: 'IN_PROGRESS',
        statusReason: startedReason(action),
        templateId: template,
        previousTemplateId: null,
        disableRollback: request.disableRollback ?? true,
        timeoutMins: request.timeoutMins ?? null,
        tags: request.tags ?? [],
        revision: operation.revision,
        engine: engine.name,
      })
      await followSinks(tx, secrets, { id, rootId }, request.environment)
      await reportStack(tx, operation.stack, action, 'IN_PROGRESS', startedReason(action))
      await engines.accept(engine.name, operation, tx)
      if (request.adopt !== undefined) {
        const rows = request.adopt.map(({ name, inside = nothingInside(definition, name), ...one }) => ({
          ...one,
          name,
          data: secrets.seal(withAdopted(one.data, inside)),
        }))
        await resources.adopt(tx, id, rows)
      }
      if (parent !== undefined) {
        await parent.asker.check(tx)
        // Who finds the stack by the resource around finds it from its beginning.
        await resources.standsFor(tx, parent.resourceId, id)
        await checkTreeSize(services, rootId, tx)
      }
    })
  } catch (error) {
    throw error instanceof NameTaken ? errors.stackExists(name) : error
  }
  return stack
}

/** A resource that is a stack, of which the data have only an id: nothing of that stack is there to be adopted. */
const nothingInside = (definition: StackDefinition, name: string): readonly [] | undefined =>
  definition.typeOf(name)?.children === undefined || definition.resources.get(name)?.externalId !== null
    ? undefined
    : []

/** The checks of a create, in Heat's order; preview of a create makes the same. */
export async function checkNew(
  services: StackServices,
  stack: { id: string | null; name: string; project: string },
  request: StackRequest,
): Promise<StackDefinition> {
  const { db, options, types, language } = services
  if (request.adopt !== undefined && !options.get(enableStackAdopt)) throw errors.notSupported('Stack Adopt')
  if ((await stacks.findByName(db, stack.project, stack.name)) !== undefined) throw errors.stackExists(stack.name)
  const most = options.get(limits.maxStacksPerTenant)
  if (most >= 0 && (await stacks.countLive(db, stack.project)) >= most) {
    throw errors.requestLimitExceeded(
      `You have reached the maximum stacks per tenant, ${most}. Please delete some stacks.`,
    )
  }
  checkName(stack.name)
  const work = (given: Checking) =>
    defining({
      ...given,
      template: request.content,
      environment: request.environment,
      files: request.files,
      stack,
      types,
      language,
      validate: true,
      timeoutSeconds: timeoutSeconds(services, request.timeoutMins ?? null),
      nesting: nestingOf(options),
    })
  return checked(language, work, stack.project)
}

/** What an operator allows of a tree of stacks, seen from the one at `depth`. */
export const nestingOf = (options: StackServices['options'], depth = 0): Nesting => ({
  around: [],
  depth,
  maxDepth: options.get(limits.maxNestedStackDepth),
  maxTemplateSize: options.get(limits.maxTemplateSize),
  count: { seen: 0, most: options.get(limits.maxResourcesPerStack) },
})

const nameForm = /^[a-zA-Z][a-zA-Z0-9_.-]{0,254}$/

function checkName(name: string): void {
  if (nameForm.test(name)) return
  throw errors.stackValidationFailed({
    message: `Invalid stack name ${name} must contain only alphanumeric or "_-." characters, must start with alpha and must be 255 characters or less.`,
  })
}

/** Seconds an operation may take: the stack's own minutes, else the operator's default. */
export const timeoutSeconds = ({ options }: Pick<StackServices, 'options'>, timeoutMins: number | null): number =>
  timeoutMins !== null && timeoutMins > 0 ? timeoutMins * 60 : options.get(stackActionTimeout)
