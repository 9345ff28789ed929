import { randomUUID } from 'node:crypto'
import type { StackRow } from '@hearth/db'
import type { PlanOperation, Progress, Transaction } from '../plugin/index.js'
import type { Way } from '../resource/children.js'
import { physicalName } from '../resource/physical-name.js'
import { define, type DefinitionContent, type StackDefinition } from '../template/index.js'
import type { ChildStep } from './child-step.js'
import { createStack, nestingOf } from './create.js'
import { type Asker, operate } from './operate.js'
import { refOf, storeTemplate } from './records.js'
import { contentInside, restoresInside } from './restore-inside.js'
import { checkTreeSize } from './tree-size.js'

/** What the stack inside a resource is to be, in the stack around. */
interface Aim {
  readonly parent: StackRow
  readonly content: DefinitionContent
  /** Kept while it is waited for. */
  readonly position: ChildStep['position']
}

/** Asks for the stack inside a resource; it is made of what is to be adopted, if anything is. */
export async function createInside(
  step: ChildStep,
  { parent, content: given, position, adopt }: Aim & { readonly adopt: Way['adopt'] },
): Promise<Progress> {
  const { services } = step
  const { name, id } = step.child.resource
  const content = await contentInside(step, given)
  const request = { ...content, timeoutMins: parent.timeoutMins, disableRollback: true }
  await step.ask(async () => {
    try {
      await createStack(
        services,
        step.callerFor(parent),
        physicalName(parent.name, name, id),
        adopt === undefined ? request : { ...request, adopt },
        {
          stack: parent,
          resource: name,
          resourceId: id,
          asker: counting(step, parent, 0),
          define: stack => defineInside(step, content, stack, parent.depth + 1, parent),
          timeoutSeconds: await step.secondsLeft(),
          ...restoresInside(step),
        },
      )
    } catch (error) {
      // Another worker, which had the step before, was faster.
      if ((await step.find()) === undefined) throw error
    }
  })
  return step.wait(position)
}

/** Asks for an update of the stack inside a resource. */
export async function updateInside(
  step: ChildStep,
  { parent, found, asked, content: given, position }: Aim & { readonly found: StackRow; readonly asked: number },
): Promise<Progress> {
  const { services } = step
  const content = await contentInside(step, given)
  const definition = await defineInside(step, content, refOf(found), found.depth, parent)
  const timeoutSeconds = await step.secondsLeft()
  const template = randomUUID()
  const ask = () =>
    operate(services, found.id, async stack => {
      const operation: PlanOperation = {
        kind: 'plan',
        id: randomUUID(),
        stack: refOf(stack),
        action: 'UPDATE',
        revision: stack.revision + 1,
        template,
        previous: stack.templateId,
        rollback: false,
        timeoutSeconds,
        observe: step.operation.observe === true,
        underway: 'await',
        ...restoresInside(step),
      }
      if (stack.status !== 'IN_PROGRESS') await services.plans.prepare(operation, definition)
      services.definitions.remember(template, definition)
      return {
        operation,
        asker: counting(step, stack, asked),
        patch: {
          templateId: template,
          previousTemplateId: stack.templateId,
          disableRollback: true,
          timeoutMins: parent.timeoutMins,
        },
        store: async tx => {
          await storeTemplate(tx, stack, content, template)
        },
      }
    })
  return step.askAndWait(ask, position)
}

/** The fence, and the limit of the whole tree: a group has as many members as its step says. */
function counting(step: ChildStep, { rootId }: StackRow, asked: number): Asker {
  const { key, check } = step.asker(asked)
  return {
    key,
    check: async (tx: Transaction) => {
      await check(tx)
      await checkTreeSize(step.services, rootId, tx)
    },
  }
}

/** With values, as it is to be; only now can they be checked. */
function defineInside(
  { services: { types, options, language } }: ChildStep,
  { content, environment, files }: DefinitionContent,
  stack: { readonly id: string; readonly name: string; readonly project: string },
  depth: number,
  parent: StackRow,
): Promise<StackDefinition> {
  return language.constraints.answered(checks =>
    define({
      checks,
      template: content,
      environment,
      files,
      stack,
      types,
      language,
      nesting: nestingOf(options, depth),
      ...(parent.timeoutMins === null ? {} : { timeoutSeconds: parent.timeoutMins * 60 }),
    }),
  )
}
