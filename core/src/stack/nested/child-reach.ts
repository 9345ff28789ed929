import type { StackRow } from '@hearth/db'
import type { Progress } from '../../plugin/index.js'
import type { Kept, Way } from '../../resource/children.js'
import { physicalName } from '../../resource/physical-name.js'
import type { DefinitionContent } from '../../template/index.js'
import type { ChildStep } from './child-step.js'
import { defineChild, updateChild } from './child-update.js'
import { withFormerFiles } from './former-files.js'
import { refuseBeyond } from './tree-size.js'
import { createStack } from '../create.js'
import { contentInside, restoresInside } from './restore-inside.js'

/** What the stack inside a resource is to be, in the stack around. */
interface Aim {
  /** With the minutes that the stack inside may take. */
  readonly parent: StackRow
  /** Undefined: as long as the operation around. */
  readonly mostSeconds: number | undefined
  readonly content: DefinitionContent
  /** Kept while it is waited for. */
  readonly position: ChildStep['position']
}

/** Asks for the stack inside a resource; it is made of what is to be adopted, if anything is. */
export async function createInside(
  step: ChildStep,
  {
    parent,
    mostSeconds,
    content: given,
    position,
    adopt,
    made,
  }: Aim & { readonly adopt: Way['adopt']; readonly made: Kept['stack'] },
): Promise<Progress> {
  const { services } = step
  const { name, id } = step.child.resource
  const content = await contentInside(step, given)
  const request = { ...content, timeoutMins: parent.timeoutMins, disableRollback: true }
  await step.ask(async () => {
    try {
      const { id: created } = await createStack(
        services,
        step.callerFor(parent),
        physicalName(parent.name, name, id),
        adopt === undefined ? request : { ...request, adopt },
        {
          stack: parent,
          resource: name,
          resourceId: id,
          asker: step.asker(),
          adopts: step.operation.action === 'ADOPT',
          async define(stack) {
            const definition = await defineChild(services, content, stack, parent)
            await refuseBeyond(services, { parent, resource: name, size: definition.resources.size })
            return definition
          },
          timeoutSeconds: await step.secondsLeft(mostSeconds),
          ...restoresInside(step),
        },
      )
      made(created)
    } catch (error) {
      // Another worker, which had the step before, was faster.
      const found = await step.find()
      if (found === undefined) throw error
      made(found.id)
    }
  })
  return step.wait(position)
}

interface UpdateAim extends Aim {
  readonly found: StackRow
  readonly asked: number
  /** Those of its resources that are not to change yet stay as they are. */
  readonly staged: boolean
}

/** Asks for an update of the stack inside a resource. */
export async function updateInside(
  step: ChildStep,
  { parent, mostSeconds, found, asked, staged, content: given, position }: UpdateAim,
): Promise<Progress> {
  const content = await contentInside(step, staged ? await withFormerFiles(step.services, found, given) : given)
  const operation = {
    timeoutSeconds: await step.secondsLeft(mostSeconds),
    observe: step.operation.observe === true,
    ...restoresInside(step),
  }
  const toward = async () => ({ content, asker: step.asker(asked) })
  return step.askAndWait(() => updateChild(step.services, { stack: found.id, parent, operation, toward }), position)
}
