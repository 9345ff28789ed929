import { randomUUID } from 'node:crypto'
import { stacks } from '@hearth/db'
import * as errors from '../errors.js'
import { refOf } from './records.js'
import type { Caller, StackServices } from './services.js'

/** Which stack states each cancel applies to. */
const cancellable = { cancel_update: ['UPDATE'], cancel_without_rollback: ['UPDATE', 'CREATE'] } as const
export type CancelAction = keyof typeof cancellable

/**
 * Stops what runs on a stack. @throws NotSupported when nothing runs that this cancel applies to.
 * @param seen the revision of the operation that is meant. Another one that runs by now stays: ActionInProgress is thrown.
 */
export async function cancelOperation(
  services: StackServices,
  caller: Caller,
  stackId: string,
  action: CancelAction,
  seen?: number,
): Promise<void> {
  const { db, engines, log } = services
  await db.transaction(async tx => {
    const stack = await stacks.lock(tx, stackId)
    if (stack === undefined || stack.deletedAt !== null) throw errors.entityNotFound('Stack', stackId)
    if (seen !== undefined && stack.revision !== seen) throw errors.actionInProgress(stack.name, stack.action)
    const applies = (cancellable[action] as readonly string[]).includes(stack.action) && stack.status === 'IN_PROGRESS'
    if (!applies) {
      const what = action === 'cancel_update' ? 'Cancelling update' : 'Cancelling create or update'
      throw errors.notSupported(`${what} when stack is ${stack.action}_${stack.status}`)
    }
    log.info({ stack: stack.id, request: caller.requestId }, `Cancelling ${stack.action} of stack ${stack.name}`)
    await engines.accept(
      stack.engine,
      { kind: 'cancel', id: randomUUID(), stack: refOf(stack), rollback: action === 'cancel_update' },
      tx,
    )
  })
}
