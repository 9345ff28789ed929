import { type Queryable, resources, type StackRow, stacks } from '@hearth/db'
import { byName, chooseIncarnation } from '../../plan/choose.js'
import type { Json, JsonMap } from '../../plugin/index.js'
import { Unknown } from '../../plugin/schema.js'
import { type Incarnation, incarnationOf, untouched } from '../../resource/incarnation.js'
import { readLive } from '../../resource/live.js'
import { scopeOf } from '../../resource/scope.js'
import type { OutputDefinition, ResolvedOutput, Scope, StackDefinition } from '../../template/index.js'
import { lookInside } from '../nested/inside.js'
import { refOf } from '../records.js'
import type { StackServices } from '../services.js'

export interface Output {
  readonly output_key: string
  readonly description: string
  readonly output_value?: unknown
  readonly output_error?: string
}

export type OutputServices = Pick<StackServices, 'definitions' | 'types' | 'secrets'> & { readonly db: Queryable }

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

/** The same, of the template that the stack has. */
export async function outputsNow(services: OutputServices, row: StackRow): Promise<Output[]> {
  return allOutputs(services, row, await services.definitions.ofTemplate(row.templateId, refOf(row), services.db))
}

/** As a map; what cannot be resolved is null. */
export const valuesOf = (outputs: readonly Output[]): JsonMap =>
  Object.fromEntries(outputs.map(({ output_key, output_value }) => [output_key, (output_value ?? null) as Json]))

/** One output, as the API has it. */
export function shown({ name, description }: OutputDefinition, { value, error }: ResolvedOutput): Output {
  return {
    output_key: name,
    description,
    output_value: Unknown.within(value) ? null : value,
    ...(error === undefined ? {} : { output_error: error }),
  }
}

/** Resources that do not exist yet read as null, as Heat shows outputs of a stack in progress. */
export async function outputScope(
  services: OutputServices,
  row: StackRow,
  outputs: readonly OutputDefinition[],
): Promise<Scope> {
  const { db, types, secrets } = services
  const wanted = [...new Set(outputs.flatMap(({ references }) => references.map(({ resource }) => resource)))]
  const rows = await resources.named(
    db,
    wanted.map(name => ({ stackId: row.id, name })),
  )
  const incarnations = rows.map(one => incarnationOf(one, secrets))
  const names = byName(await withAttributesNow(incarnations, services))
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

/**
 * The same incarnations, with the attributes that those have now whose type makes them of the stack inside as it is: one
 * query for all of those stacks, and two more for each.
 */
export async function withAttributesNow(
  incarnations: readonly Incarnation[],
  services: OutputServices,
): Promise<readonly Incarnation[]> {
  const { db, types } = services
  const asking = incarnations.filter(one => types.find(one.type)?.children?.now !== undefined && !untouched(one))
  if (asking.length === 0) return incarnations
  const inside = await stacks.ofResources(
    db,
    asking.map(({ id }) => id),
  )
  const made = new Map<string, JsonMap>()
  for (const stack of inside) {
    const around = asking.find(({ id }) => id === stack.parentResourceId)
    const now = types.find(around?.type ?? '')?.children?.now
    if (around === undefined || now === undefined) continue
    made.set(around.id, now(valuesOf(await outputsNow(services, stack)), await lookInside(services, stack)))
  }
  return incarnations.map(one => ({ ...one, attributes: made.get(one.id) ?? one.attributes }))
}
