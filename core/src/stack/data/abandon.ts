import { enableStackAbandon } from '@hearth/config'
import { patiently, resources, type StackRow, trees } from '@hearth/db'
import * as errors from '../../errors.js'
import { dataOfRows, refuseBusy, type StackData, stackData } from './stack-data.js'
import { deleteStack } from '../remove.js'
import type { Caller, StackServices } from '../services.js'

/** The data of a stack that stays. @throws NotSupported unless the operator allows it. */
export function exportStack(services: StackServices, stack: StackRow): Promise<StackData> {
  checkAllowed(services)
  return stackData(services.db, services.secrets, stack)
}

/**
 * Deletes a stack, and those inside, and leaves what the data that is answered names, of the stack as it was. Of a
 * resource that was being replaced the data can name only one: the other goes by its own policy, as Heat deletes its
 * backup stack, since nobody would know of it.
 * @throws ActionInProgress while an operation runs: nobody could tell what there will be; NotSupported as for an
 * export.
 */
export async function abandonStack(services: StackServices, caller: Caller, stackId: string): Promise<StackData> {
  checkAllowed(services)
  const left: StackData[] = []
  await deleteStack(services, caller, stackId, async (tx, stack) => {
    // A signal may change a stack inside while that around is at rest: what is answered would be gone before it is left.
    await trees.holdBelow(tx, stack.id)
    await refuseBusy(tx, stack)
    const told = await patiently(tx, () => dataOfRows(tx, services.secrets, stack))
    left[0] = told.data
    await resources.leave(tx, told.resources, told.stacks)
  })
  return left[0] as StackData
}

function checkAllowed({ options }: StackServices): void {
  if (!options.get(enableStackAbandon)) throw errors.notSupported('Stack Abandon')
}
