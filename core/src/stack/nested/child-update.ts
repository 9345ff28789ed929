import { randomUUID } from 'node:crypto'
import type { StackRow } from '@hearth/db'
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
import { nextOperation, towardTemplate } from '../operation.js'
import { refOf } from '../records.js'
import type { StackServices } from '../services.js'
import { refuseStuck } from '../stuck.js'

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
    const operation = nextOperation(stack, { action: 'UPDATE', template: randomUUID(), ...given })
    const patch = { disableRollback: true, timeoutMins: parent.timeoutMins }
    return { ...(await towardTemplate(services, stack, operation, { content, definition }, patch)), asker }
  })
}
