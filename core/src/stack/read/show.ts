import { resources, type StackRow } from '@hearth/db'
import * as errors from '../../errors.js'
import { Unknown } from '../../plugin/schema.js'
import { byName, chooseIncarnation } from '../../plan/choose.js'
import { incarnationOf } from '../../resource/incarnation.js'
import { readLive } from '../../resource/live.js'
import { scopeOf } from '../../resource/scope.js'
import type { OutputDefinition, ResolvedOutput, Scope, StackDefinition } from '../../template/index.js'
import { refOf } from '../records.js'
import type { StackServices } from '../services.js'

export interface Output {
  readonly output_key: string
  readonly description: string
  readonly output_value?: unknown
  readonly output_error?: string
}

export interface StackView {
  readonly row: StackRow
  readonly definition: StackDefinition
  /** Absent: not asked for, or the stack is gone. */
  readonly outputs?: readonly Output[]
}

export type OutputServices = Pick<StackServices, 'db' | 'types' | 'secrets'>

/** A stack with its outputs, as far as they can be resolved now. */
export async function showStack(services: StackServices, row: StackRow, resolveOutputs: boolean): Promise<StackView> {
  const definition = await services.definitions.ofTemplate(row.templateId, refOf(row))
  const gone = row.deletedAt !== null
  return resolveOutputs && !gone
    ? { row, definition, outputs: await allOutputs(services, row, definition) }
    : { row, definition }
}

/** The outputs of a stack, as far as they can be resolved now. */
export async function allOutputs(
  services: OutputServices,
  row: StackRow,
  definition: StackDefinition,
): Promise<Output[]> {
  if (definition.outputs.size === 0) return []
  const outputs = [...definition.outputs.values()]
  const scope = await outputScope(services, row, outputs)
  const values = definition.resolveOutputs(outputs, scope)
  return outputs.map((output, index) => shown(output, values[index] as ResolvedOutput))
}

/** @throws NotFound for an unknown key. */
export async function showOutput(services: StackServices, row: StackRow, key: string): Promise<Output> {
  const definition = await services.definitions.ofTemplate(row.templateId, refOf(row))
  const output = definition.outputs.get(key)
  if (output === undefined) throw errors.notFound(`Specified output key ${key} not found.`)
  return shown(output, output.resolve(await outputScope(services, row, [output])))
}

export async function listOutputs({ definitions }: StackServices, row: StackRow): Promise<Output[]> {
  const definition = await definitions.ofTemplate(row.templateId, refOf(row))
  return [...definition.outputs.values()].map(({ name, description }) => ({ output_key: name, description }))
}

function shown({ name, description }: OutputDefinition, { value, error }: ResolvedOutput): Output {
  return {
    output_key: name,
    description,
    output_value: Unknown.within(value) ? null : value,
    ...(error === undefined ? {} : { output_error: error }),
  }
}

/** Resources that do not exist yet read as null, as Heat shows outputs of a stack in progress. */
async function outputScope(
  { db, types, secrets }: OutputServices,
  row: StackRow,
  outputs: readonly OutputDefinition[],
): Promise<Scope> {
  const wanted = [...new Set(outputs.flatMap(({ references }) => references.map(({ resource }) => resource)))]
  const rows = await resources.named(
    db,
    wanted.map(name => ({ stackId: row.id, name })),
  )
  const names = byName(rows.map(one => incarnationOf(one, secrets)))
  const find = (name: string) => chooseIncarnation(names.get(name) ?? [], row.templateId, row.previousTemplateId)
  const asked = outputs
    .flatMap(({ references }) => references)
    .map(({ resource, attribute }) => ({ incarnation: find(resource), attribute }))
  return scopeOf({
    find,
    types,
    missing: (name, what) => (what === 'reference' ? name : null),
    live: await readLive(asked, { on: db, types, secrets }),
  })
}
