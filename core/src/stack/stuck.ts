import type { StackRow } from '@hearth/db'
import * as errors from '../errors.js'

/** @throws NotSupported in states that only other operations lead out of. @param what e.g. Updating. */
export function refuseStuck({ action }: Pick<StackRow, 'action'>, what: string): void {
  if (action === 'SUSPEND') throw errors.notSupported(`${what} a stack when it is suspended`)
  if (action === 'DELETE') throw errors.notSupported(`${what} a stack when it is deleting`)
}
