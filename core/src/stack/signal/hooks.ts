import { resources, type StackRow } from '@hearth/db'
import * as errors from '../../errors.js'
import type { StackRef, Transaction } from '../../plugin/index.js'
import { Change } from '../../resource/rows/change.js'
import { leave } from '../../resource/hooks.js'
import { incarnationOf } from '../../resource/rows/incarnation.js'
import type { Secrets } from '../../resource/secrets/secrets.js'
import { hookPoints } from '../../template/index.js'
import type { StackServices } from '../services.js'
import { refOf } from '../records.js'
import { withResource } from './with-resource.js'

/**
 * Lets a resource go on that is paused at a hook. @throws InvalidBreakPointHook if it is not at that one.
 */
export async function clearHook(services: StackServices, stack: StackRow, name: string, hook: string): Promise<void> {
  const rows = await resources.named(services.db, [{ stackId: stack.id, name }])
  const [first] = rows
  if (first === undefined) throw errors.resourceNotFound(name, stack.name)
  if (!(hookPoints as readonly string[]).includes(hook)) {
    throw errors.wrongHook(`Invalid hook type "${hook}" for resource ${name}; expected one of ${hookPoints.join(', ')}`)
  }
  const paused = rows.find(row => row.hook === hook)
  if (paused === undefined) throw errors.wrongHook(`The "${hook}" hook is not defined on resource ${name}`)
  await withResource(services, stack, paused.id, async (incarnation, tx) => {
    // Somebody else was faster.
    if (incarnation.hook !== hook) return
    await resources.clearHook(tx, paused.id)
    const change = new Change(incarnation, refOf(stack))
    change.report(incarnation.action, incarnation.status, `Hook ${hook} is cleared`)
    await resources.write(tx, [change.toWrite(services.secrets)])
  })
}

/** The operation is over in which resources of this stack are paused. The stack is locked. */
export async function leaveHooks(tx: Transaction, stack: StackRef, secrets: Secrets): Promise<void> {
  const rows = await resources.paused(tx, stack.id)
  if (rows.length === 0) return
  await resources.write(
    tx,
    rows.map(row => leave(incarnationOf(row, secrets), stack).toWrite(secrets)),
  )
}
