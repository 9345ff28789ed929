import { type Queryable, type ResourceRow, resources, type StackRow, stacks } from '@hearth/db'
import * as errors from '../../errors.js'
import { chooseIncarnation } from '../../plan/choose.js'
import type { JsonMap } from '../../plugin/index.js'
import { type Incarnation, incarnationOf } from '../../resource/incarnation.js'
import { readLive } from '../../resource/live.js'
import { attributesOf } from '../../resource/scope.js'
import type { StackDefinition } from '../../template/index.js'
import { familyOf } from './family.js'
import { refOf } from '../records.js'
import { matches, type ResourceFilters } from './resource-filters.js'
import type { Secrets } from '../../resource/secrets.js'
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
  const views: ResourceView[] = []
  for (const member of await familyOf(services.db, stack, depth, { showDeleted: false })) {
    views.push(...(await listOwn(services, member, filters, withDetail)))
  }
  return views
}

async function listOwn(
  services: StackServices,
  stack: StackRow,
  filters: ResourceFilters,
  withDetail: boolean,
): Promise<ResourceView[]> {
  const all = await currentResources(services.db, services.secrets, stack)
  const definition = await services.definitions.ofTemplate(stack.templateId, refOf(stack))
  const requiredBy = dependents(all.map(({ row }) => row))
  const inside = await insideOf(
    services,
    all.map(({ row }) => row),
  )
  const listed = all.filter(({ row }) => matches(filters, row))
  const more = withDetail
    ? await details(
        services,
        listed.map(({ incarnation }) => incarnation),
        definition,
      )
    : new Map<string, object>()
  return listed.map(({ row }) => ({
    row,
    stack,
    inside: inside.get(row.id),
    requiredBy: requiredBy(row, definition.resources),
    ...more.get(row.id),
  }))
}

/** @throws ResourceNotFound */
export async function showResource(
  services: StackServices,
  stack: StackRow,
  name: string,
  extra: readonly string[] = [],
): Promise<ResourceView> {
  const all = await currentResources(services.db, services.secrets, stack)
  const found = all.find(({ row }) => row.name === name)
  if (found === undefined) throw errors.resourceNotFound(name, stack.name)
  const definition = await services.definitions.ofTemplate(stack.templateId, refOf(stack))
  const requiredBy = dependents(all.map(({ row }) => row))(found.row, definition.resources)
  const view = (await details(services, [found.incarnation], definition)).get(found.row.id)
  const asked = Object.fromEntries(extra.map(attribute => [attribute, view?.attributes[attribute] ?? null]))
  const inside = (await insideOf(services, [found.row])).get(found.row.id)
  const attributes = { ...asked, ...view?.attributes }
  return { row: found.row, stack, inside, requiredBy, ...view, attributes }
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

export interface Current {
  readonly row: ResourceRow
  readonly incarnation: Incarnation
}

/** The resource of a name; asks for no other. @throws ResourceNotFound */
export async function currentNamed({ db, secrets }: StackServices, stack: StackRow, name: string): Promise<Current> {
  const [found] = chooseCurrent(await resources.named(db, [{ stackId: stack.id, name }]), stack, secrets)
  if (found === undefined) throw errors.resourceNotFound(name, stack.name)
  return found
}

/** By name, else by physical id. @throws ResourceNotFound */
export async function currentKnownAs(services: StackServices, stack: StackRow, known: string): Promise<Current> {
  const all = await currentResources(services.db, services.secrets, stack)
  const found = all.find(({ row }) => row.name === known) ?? all.find(({ row }) => row.physicalId === known)
  if (found === undefined) throw errors.resourceNotFound(known, stack.name)
  return found
}

/** The row that each name of a stack stands for. */
export async function currentResources(on: Queryable, secrets: Secrets, stack: StackRow): Promise<Current[]> {
  return chooseCurrent(await resources.ofStack(on, stack.id), stack, secrets)
}

/** The same, of rows that were read. */
export function chooseCurrent(rows: readonly ResourceRow[], stack: StackRow, secrets: Secrets): Current[] {
  const names = new Map<string, Current[]>()
  for (const row of rows) {
    const one = { row, incarnation: incarnationOf(row, secrets) }
    const same = names.get(row.name)
    if (same === undefined) names.set(row.name, [one])
    else same.push(one)
  }
  return [...names.values()].flatMap(same => {
    const chosen = newest(
      same.map(({ incarnation }) => incarnation),
      stack,
    )
    return same.filter(({ incarnation }) => incarnation === chosen)
  })
}

/** The successor, where there is one: it is what the user waits for. */
function newest(same: readonly Incarnation[], stack: StackRow): Incarnation | undefined {
  if (stack.status === 'IN_PROGRESS') {
    const replaced = new Set(same.map(({ replaces }) => replaces))
    const heads = same.filter(({ id }) => !replaced.has(id))
    if (stack.action === 'UPDATE' && heads.length === 1) return heads[0]
  }
  return chooseIncarnation(same, stack.templateId, stack.previousTemplateId)
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

/** What lists show with details, of all at once. */
async function details(
  { types, db, secrets }: StackServices,
  shown: readonly Incarnation[],
  definition: StackDefinition,
): Promise<Map<string, { description: string; attributes: JsonMap }>> {
  const asked = shown.map(incarnation => ({ incarnation, attribute: undefined }))
  const live = await readLive(asked, { on: db, types, secrets })
  return new Map(
    shown.map(incarnation => {
      const description = definition.resources.get(incarnation.name)?.description ?? ''
      return [incarnation.id, { description, attributes: attributesOf(incarnation, types, live) as JsonMap }]
    }),
  )
}
