import { enableStackAbandon } from '@hearth/config'
import { patiently, resources, type StackRow } from '@hearth/db'
import * as errors from '../errors.js'
import { refuseBusy, type StackData, stackData } from './data.js'
import { deleteStack } from './remove.js'
import type { Caller, StackServices } from './services.js'

/** The data of a stack that stays. @throws NotSupported unless the operator allows it. */
export function exportStack(services: StackServices, stack: StackRow): Promise<StackData> {
  checkAllowed(services)
  return stackData(services.db, services.secrets, stack)
}

/**
 * Deletes a stack, and those inside, and leaves all that their resources stand for. The data that is answered is that of the stack as it was.
 * @throws ActionInProgress while an operation runs: nobody could tell what there will be; NotSupported as for an export.
 */
export async function abandonStack(services: StackServices, caller: Caller, stackId: string): Promise<StackData> {
  checkAllowed(services)
  const left: StackData[] = []
  await deleteStack(services, caller, stackId, async (tx, stack) => {
    await refuseBusy(tx, stack)
    left[0] = await patiently(tx, () => stackData(tx, services.secrets, stack))
    await resources.forget(tx, stack.id)
  })
  return left[0] as StackData
}

function checkAllowed({ options }: StackServices): void {
  if (!options.get(enableStackAbandon)) throw errors.notSupported('Stack Abandon')
}
