import { randomUUID } from 'node:crypto'
import { events, type NewEvent, type StackRow } from '@hearth/db'
import type { StackRef, Transaction } from '../plugin/index.js'

/** Small writes that several use-cases and the outcome share. */

export const refOf = (row: Pick<StackRow, 'id' | 'rootId' | 'project' | 'name'>): StackRef => ({
  id: row.id,
  rootId: row.rootId,
  project: row.project,
  name: row.name,
})

/** A stack's own event names the stack as the resource (heat/engine/stack.py, `_persist_state`). */
const stackEvent = (stack: StackRef, action: string, status: string, reason: string): NewEvent => ({
  id: randomUUID(),
  stackId: stack.id,
  rootId: stack.rootId,
  resourceName: stack.name,
  resourceType: 'OS::Heat::Stack',
  physicalId: stack.id,
  action,
  status,
  statusReason: reason,
  properties: null,
})

export async function reportStack(
  tx: Transaction,
  stack: StackRef,
  action: string,
  status: string,
  reason: string,
): Promise<void> {
  await events.insertMany(tx, [stackEvent(stack, action, status, reason)])
}
