import { resources, type StackRow } from '@hearth/db'
import * as errors from '../errors.js'
import type { Transaction, VisitingAction } from '../plugin/index.js'
import { timeoutSeconds } from './create.js'
import { type Asker, operate } from './operate.js'
import { nextOperation } from './operation.js'
import { refOf } from './records.js'
import type { Caller, StackServices } from './services.js'

/** Whether a visit is made again of a stack that has come through it: the others say nothing new. */
export const repeats = (action: VisitingAction): boolean => action === 'CHECK' || action === 'SNAPSHOT'

const doing: Readonly<Record<VisitingAction, string>> = {
  SUSPEND: 'Suspending',
  RESUME: 'Resuming',
  CHECK: 'Checking',
  SNAPSHOT: 'Taking a snapshot of',
}

/** What a step of the stack around asks with. */
export interface VisitInside {
  readonly asker: Asker
  /** What the operation around has left. */
  readonly timeoutSeconds: number
}

/**
 * Takes every resource of a stack through an action; its definition stays.
 * @param store runs under the stack's lock, before anything changes; it may throw to refuse.
 * @throws NotSupported for a stack that is being deleted: it has no definition any more.
 */
export async function visitStack(
  services: StackServices,
  caller: Caller,
  stackId: string,
  action: VisitingAction,
  store: (tx: Transaction, stack: StackRow) => Promise<void> = async () => undefined,
  inside?: VisitInside,
): Promise<void> {
  const { definitions, plans, log } = services
  await operate(services, stackId, async stack => {
    if (stack.action === 'DELETE') throw errors.notSupported(`${doing[action]} a stack when it is deleting`)
    if (!repeats(action) && stack.action === action && stack.status === 'COMPLETE') return undefined
    const passesOver = action === 'RESUME' && (inside !== undefined || (await isSuspended(services, stack)))
    log.info({ stack: stack.id, request: caller.requestId }, `${doing[action]} stack ${stack.name}`)
    const operation = nextOperation(stack, {
      action,
      template: stack.templateId,
      previous: stack.previousTemplateId,
      timeoutSeconds: inside?.timeoutSeconds ?? timeoutSeconds(services, stack.timeoutMins),
      ...(passesOver ? { passesOver } : {}),
    })
    if (stack.status !== 'IN_PROGRESS') {
      await plans.prepare(operation, await definitions.ofTemplate(stack.templateId, refOf(stack)))
    }
    return { operation, patch: {}, store, ...(inside === undefined ? {} : { asker: inside.asker }) }
  })
}

/** If only in part: a suspend or a resume may have failed half way, and an update may have come since. */
const isSuspended = async ({ db }: StackServices, { id, action }: StackRow): Promise<boolean> =>
  action === 'SUSPEND' || action === 'RESUME' || (await resources.anySuspended(db, id))
