import { resources, type StackRow } from '@hearth/db'
import { type OperationEnd, type PlanOperation, type Transaction, visitOf } from '../plugin/index.js'
import { behind, readFailedChecks } from '../resource/failed-checks.js'
import type { Secrets } from '../resource/secrets/secrets.js'
import { supports } from '../resource/visit.js'
import type { StackDefinition } from '../template/index.js'
import type { Definitions } from './definitions.js'

/** How an operation ended once the rows have been asked, and what else its reason has to say. */
export interface Findings {
  readonly end: OperationEnd
  readonly note: string
}

/** What a visit found when it had come through: the failures of a check, and what a user should know besides. */
export async function findingsOf(
  operation: PlanOperation,
  end: OperationEnd,
  stack: StackRow,
  parts: { readonly definitions: Definitions; readonly secrets: Secrets },
  tx: Transaction,
): Promise<Findings> {
  if (end.kind !== 'complete' || visitOf(operation.action) === undefined) return { end, note: '' }
  if (operation.action !== 'CHECK') return { end, note: await unfinishedNote(stack, tx) }
  const definition = await parts.definitions.ofTemplate(operation.template, operation.stack, tx)
  const failedChecks = await readFailedChecks(tx, parts.secrets, [operation.stack.id])
  const failed = rootsOf(definition, failedChecks(operation))
  const note = unsupportedNote(definition)
  if (failed.length > 0) return { end: { kind: 'failed', reason: checkFailed(failed) }, note }
  return { end, note: note + (await unfinishedNote(stack, tx)) }
}

/** Those that this check looked at: what depends on another failure it did not. */
function rootsOf<R extends { readonly name: string }>(definition: StackDefinition, failed: readonly R[]): R[] {
  const skipped = behind(definition, failed)
  const found = new Map(failed.filter(({ name }) => !skipped.has(name)).map(one => [one.name, one]))
  return definition.inOrder().flatMap(name => found.get(name) ?? [])
}

const checkFailed = (failed: readonly { readonly name: string; readonly statusReason: string }[]): string =>
  `Resource CHECK failed: ${failed.map(({ name, statusReason }) => `${name}: Resource CHECK failed: ${statusReason}`).join('; ')}`

const unsupportedNote = (definition: StackDefinition): string =>
  [...definition.resources.keys()].every(name => supports(definition.typeOf(name), 'check'))
    ? ''
    : ". 'CHECK' not fully supported (see resources)"

/** A visit says COMPLETE of itself; it must not hide that the stack is not as its template says. */
async function unfinishedNote({ id, previousTemplateId }: StackRow, tx: Transaction): Promise<string> {
  const unfinished = previousTemplateId !== null || (await resources.anyUnfinished(tx, id))
  return unfinished ? '. The last change of the stack was not completed (see resources)' : ''
}
