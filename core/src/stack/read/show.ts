import type { StackRow } from '@hearth/db'
import * as errors from '../../errors.js'
import { inTurns } from '../../pieces.js'
import type { ResolvedOutput, StackDefinition } from '../../template/index.js'
import { refOf } from '../records.js'
import type { StackServices } from '../services.js'
import { type Output, shown } from './output.js'
import { allOutputs, outputScope } from './outputs.js'

export interface StackView {
  readonly row: StackRow
  readonly definition: StackDefinition
  /** Absent: not asked for, or the stack is gone. */
  readonly outputs?: readonly Output[]
}

/** A stack with its outputs, as far as they can be resolved now. */
export async function showStack(services: StackServices, row: StackRow, resolveOutputs: boolean): Promise<StackView> {
  const definition = await services.definitions.ofTemplate(row.templateId, refOf(row))
  const gone = row.deletedAt !== null
  return resolveOutputs && !gone
    ? { row, definition, outputs: await allOutputs(services, row, definition) }
    : { row, definition }
}

/** @throws NotFound for an unknown key. */
export async function showOutput(services: StackServices, row: StackRow, key: string): Promise<Output> {
  const definition = await services.definitions.ofTemplate(row.templateId, refOf(row))
  const output = definition.outputs.get(key)
  if (output === undefined) throw errors.notFound(`Specified output key ${key} not found.`)
  const scope = await outputScope(services, row, [output])
  const [resolved] = await inTurns(definition.resolveOutputs([output], scope), row.project)
  return shown(output, resolved as ResolvedOutput)
}

export async function listOutputs({ definitions }: StackServices, row: StackRow): Promise<Output[]> {
  const definition = await definitions.ofTemplate(row.templateId, refOf(row))
  return [...definition.outputs.values()].map(({ name, description }) => ({ output_key: name, description }))
}
