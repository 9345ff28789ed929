import { randomUUID } from 'node:crypto'
import { events, type NewEvent, type StackRow, templates } from '@hearth/db'
import type { JsonMap, StackRef, Transaction } from '../plugin/index.js'
import { digestOf } from '../resource/digest.js'
import type { Environment, Facade } from '../template/index.js'

/** Small writes that several use-cases and the outcome share. */

export const refOf = (row: Pick<StackRow, 'id' | 'rootId' | 'project' | 'name'>): StackRef => ({
  id: row.id,
  rootId: row.rootId,
  project: row.project,
  name: row.name,
})

/** A stack's own event names the stack as the resource (heat/engine/stack.py, `_persist_state`). */
export const stackEvent = (stack: StackRef, action: string, status: string, reason: string): NewEvent => ({
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

export interface TemplateContent {
  readonly content: JsonMap
  readonly environment: Environment
  readonly files: Record<string, string>
  /** Of a stack inside a resource. */
  readonly facade?: Facade
}

/** Stores an immutable template row. @returns its id. */
export async function storeTemplate(
  tx: Transaction,
  stack: Pick<StackRow, 'id' | 'rootId'>,
  { content, environment, files, facade }: TemplateContent,
  id: string = randomUUID(),
): Promise<string> {
  const row = {
    id,
    stackId: stack.id,
    rootId: stack.rootId,
    content,
    environment: environment as unknown as JsonMap,
    files,
    ...(facade === undefined ? {} : { facade: facade as unknown as JsonMap }),
  }
  await templates.insert(tx, { ...row, digest: digestOf([content, environment, files, facade]) })
  return id
}
