import { type ResourceRow, resources, type StackRow, stacks } from '@hearth/db'
import * as errors from '../../errors.js'
import { groupBy } from '../../group-by.js'
import type { JsonMap } from '../../plugin/index.js'
import type { Incarnation } from '../../resource/rows/incarnation.js'
import { attributesOf, shownAttribute } from '../../resource/attributes/scope.js'
import type { StackDefinition } from '../../template/index.js'
import { familyOf } from './family.js'
import { refOf } from '../records.js'
import { chooseShown, type Current } from './current.js'
import { liveNow, withAttributesNow } from './outputs.js'
import { matches, type ResourceFilters } from './resource-filters.js'
import type { StackServices } from '../services.js'

export interface ResourceView {
  readonly row: ResourceRow
  /** The stack that the resource belongs to, and the one inside of it, if there is one. */
  readonly stack: StackRow
  readonly inside: StackRow | undefined
  readonly requiredBy: readonly string[]
  readonly description?: string
  readonly attributes?: JsonMap
}

/** One entry a name: a replacement hides its predecessor. */
export async function listResources(
  services: StackServices,
  stack: StackRow,
  filters: ResourceFilters,
  withDetail: boolean,
  depth = 0,
): Promise<ResourceView[]> {
  const members = await membersOf(services, await familyOf(services.db, stack, depth, { showDeleted: false }), filters)
  const listed = members.flatMap(({ listed }) => listed)
  const inside = await insideOf(
    services,
    listed.map(({ row }) => row),
  )
  const attributes = withDetail
    ? await attributesNow(
        services,
        listed.map(({ incarnation }) => incarnation),
      )
    : undefined
  return members.flatMap(({ stack, definition, listed, requiredBy }) =>
    listed.map(({ row }) => ({
      row,
      stack,
      inside: inside.get(row.id),
      requiredBy: requiredBy(row, definition.resources),
      ...(attributes && { description: descriptionOf(definition, row), attributes: attributes.get(row.id) ?? {} }),
    })),
  )
}

interface Member {
  readonly stack: StackRow
  readonly definition: StackDefinition
  readonly listed: readonly Current[]
  readonly requiredBy: ReturnType<typeof dependents>
}

/** The stacks with those of their resources that are listed: two queries for all. */
async function membersOf(
  { db, definitions, secrets }: StackServices,
  family: readonly StackRow[],
  filters: ResourceFilters,
): Promise<Member[]> {
  const found = await resources.ofStacks(
    db,
    family.map(({ id }) => id),
  )
  const rows = groupBy(found, ({ stackId }) => stackId)
  const known = await definitions.ofTemplates(family.map(one => ({ template: one.templateId, stack: refOf(one) })))
  return family.flatMap(stack => {
    const definition = known.get(stack.templateId)
    // It was purged meanwhile.
    if (definition === undefined) return []
    const all = chooseShown(rows.get(stack.id) ?? [], stack, secrets)
    const listed = all.filter(({ row }) => matches(filters, row))
    return [{ stack, definition, listed, requiredBy: dependents(all.map(({ row }) => row)) }]
  })
}

/** @throws ResourceNotFound */
export async function showResource(
  services: StackServices,
  stack: StackRow,
  name: string,
  extra: readonly string[] = [],
): Promise<ResourceView> {
  const all = chooseShown(await resources.ofStack(services.db, stack.id), stack, services.secrets)
  const found = all.find(({ row }) => row.name === name)
  if (found === undefined) throw errors.resourceNotFound(name, stack.name)
  const definition = await services.definitions.ofTemplate(stack.templateId, refOf(stack))
  const requiredBy = dependents(all.map(({ row }) => row))(found.row, definition.resources)
  const attributes = (await attributesNow(services, [found.incarnation], extra)).get(found.row.id) ?? {}
  const inside = (await insideOf(services, [found.row])).get(found.row.id)
  return { row: found.row, stack, inside, requiredBy, description: descriptionOf(definition, found.row), attributes }
}

/** The live stacks inside resources, by the ids of their rows. */
async function insideOf({ db, types }: StackServices, rows: readonly ResourceRow[]): Promise<Map<string, StackRow>> {
  const nested = rows.filter(({ type, implementation }) => types.find(implementation ?? type)?.children !== undefined)
  const found = await stacks.ofResources(
    db,
    nested.map(({ id }) => id),
  )
  return new Map(found.map(stack => [stack.parentResourceId ?? '', stack]))
}

/** Direct dependents by name: from the definition, or, for what is no longer in it, from the rows. */
function dependents(rows: readonly ResourceRow[]) {
  let fromRows: Map<string, string[]> | undefined
  let fromDefinition: Map<string, string[]> | undefined
  return (
    row: ResourceRow,
    definitions: ReadonlyMap<string, { readonly name: string; readonly requires: readonly string[] }>,
  ): string[] => {
    if (definitions.has(row.name)) {
      fromDefinition ??= inverse([...definitions.values()].map(({ name, requires }) => ({ name, requires })))
      return fromDefinition.get(row.name) ?? []
    }
    fromRows ??= inverse(rows.map(({ name, requires }) => ({ name, requires: requires ?? [] })))
    return fromRows.get(row.id) ?? []
  }
}

function inverse(
  edges: readonly { readonly name: string; readonly requires: readonly string[] }[],
): Map<string, string[]> {
  const result = new Map<string, string[]>()
  for (const { name, requires } of edges) {
    for (const required of requires) result.set(required, [...(result.get(required) ?? []), name])
  }
  return result
}

const descriptionOf = (definition: StackDefinition, { name }: ResourceRow): string =>
  definition.resources.get(name)?.description ?? ''

/**
 * The attributes that lists show with details, of all at once, by the ids of rows.
 * @param extra attributes beside those that the types declare.
 */
async function attributesNow(
  services: StackServices,
  stored: readonly Incarnation[],
  extra: readonly string[] = [],
): Promise<Map<string, JsonMap>> {
  const { types } = services
  const shown = await withAttributesNow(stored, services)
  const asked = shown.flatMap(incarnation => [undefined, ...extra].map(attribute => ({ incarnation, attribute })))
  const live = await liveNow(asked, services)
  return new Map(
    shown.map(incarnation => {
      const asked = extra.map(name => [name, shownAttribute(incarnation, name, types, live)] as const)
      return [incarnation.id, { ...Object.fromEntries(asked), ...attributesOf(incarnation, types, live) } as JsonMap]
    }),
  )
}
