import { type Queryable, type ResourceRow, resources, type StackRow, stacks } from '@hearth/db'
import { groupBy } from '../../group-by.js'
import { byName, chooseIncarnation } from '../../plan/choose.js'
import { type Incarnation, incarnationOf, untouched } from '../../resource/rows/incarnation.js'
import { type Asked, readLive } from '../../resource/attributes/live.js'
import { type Live, scopeOf } from '../../resource/attributes/scope.js'
import { keptSecrets } from '../../resource/secrets/kept-secrets.js'
import { NotedSecrecy } from '../../resource/secrets/secrecy.js'
import type { OutputDefinition, Scope, StackDefinition } from '../../template/index.js'
import { insideAs } from '../nested/inside.js'
import { refOf } from '../records.js'
import type { StackServices } from '../services.js'
import { chooseCurrent } from './current.js'
import { type Output, outputsIn, valuesOf } from './output.js'

export type OutputServices = Pick<StackServices, 'definitions' | 'types' | 'secrets' | 'log'> & {
  readonly db: Queryable
}

/** The outputs of a stack, as far as they can be resolved now. */
export async function allOutputs(
  services: OutputServices,
  row: StackRow,
  definition: StackDefinition,
): Promise<Output[]> {
  if (definition.outputs.size === 0) return []
  return outputsIn(definition, await outputScope(services, row, [...definition.outputs.values()]), row.project)
}

/** The same, of the template that the stack has, and whether anything secret is in them. */
export async function outputsNow(
  services: OutputServices,
  row: StackRow,
): Promise<{ readonly outputs: Output[]; readonly secret: boolean }> {
  const definition = await services.definitions.ofTemplate(row.templateId, refOf(row), services.db)
  if (definition.outputs.size === 0) return { outputs: [], secret: false }
  const scope = await outputScope(services, row, [...definition.outputs.values()])
  const outputs = await outputsIn(definition, scope, row.project)
  return { outputs, secret: scope.secrecy?.taken() === true }
}

/** What outputs of a stack refer to; resources that do not exist yet read as null, as Heat shows a stack in progress. */
export async function outputScope(
  services: OutputServices,
  stack: StackRow,
  outputs: readonly OutputDefinition[],
): Promise<Scope> {
  const rows = await resources.named(
    services.db,
    [...namesIn(outputs)].map(name => ({ stackId: stack.id, name })),
  )
  const [scope] = await scopesOf([{ stack, outputs, rows }], services)
  return scope as Scope
}

/** A stack of which outputs are asked for. */
interface Source {
  readonly stack: StackRow
  readonly outputs: readonly OutputDefinition[]
  /** Of its resources, at least of those that the outputs refer to. */
  readonly rows: readonly ResourceRow[]
}

const namesIn = (outputs: readonly OutputDefinition[]): Set<string> =>
  new Set(outputs.flatMap(({ references }) => references.map(({ resource }) => resource)))

/** The scope of each, in their order: as many queries for all of them as for one. */
async function scopesOf(sources: readonly Source[], services: OutputServices): Promise<Scope[]> {
  const { types, secrets } = services
  const stored = sources.map(({ outputs, rows }) => {
    const names = namesIn(outputs)
    return rows.filter(({ name }) => names.has(name)).map(row => incarnationOf(row, secrets))
  })
  const now = new Map((await withAttributesNow(stored.flat(), services)).map(one => [one.id, one]))
  const finds = sources.map(({ stack }, index) => {
    const names = byName((stored[index] ?? []).map(one => now.get(one.id) ?? one))
    return (name: string) => chooseIncarnation(names.get(name) ?? [], stack.templateId, stack.previousTemplateId)
  })
  const asked = sources.flatMap(({ outputs }, index) =>
    outputs
      .flatMap(({ references }) => references)
      .map(({ resource, ...read }) => ({ incarnation: finds[index]?.(resource), ...read })),
  )
  const live = await liveNow(asked, services)
  return finds.map(find =>
    scopeOf({
      find,
      types,
      missing: (name, what) => (what === 'reference' ? name : null),
      live,
      secrecy: new NotedSecrecy(secrets),
    }),
  )
}

/** The live attributes that are asked for, those of stacks inside as they are now. */
export function liveNow(asked: readonly Asked[], services: OutputServices): Promise<Live> {
  const { db: on, types, secrets, log } = services
  return readLive(asked, { on, types, secrets, log, attributesNow: some => withAttributesNow(some, services) })
}

/**
 * The same incarnations, with the attributes that those have now whose type makes them of the stack inside as it is: one
 * query for all of those stacks, one for their resources and one for templates that are not cached. The same again for
 * each level of such stacks inside one another.
 */
export async function withAttributesNow(
  incarnations: readonly Incarnation[],
  services: OutputServices,
): Promise<readonly Incarnation[]> {
  const { db, types, secrets } = services
  const nowOf = ({ type }: Incarnation) => types.find(type)?.children?.now
  const asking = new Map(
    incarnations.filter(one => nowOf(one) !== undefined && !untouched(one)).map(one => [one.id, one]),
  )
  if (asking.size === 0) return incarnations
  const inside = await stacks.ofResources(db, [...asking.keys()])
  const definitions = await services.definitions.ofTemplates(
    inside.map(stack => ({ template: stack.templateId, stack: refOf(stack) })),
    db,
  )
  const ids = inside.map(({ id }) => id)
  const rows = groupBy(ids.length === 0 ? [] : await resources.ofStacks(db, ids), ({ stackId }) => stackId)
  const sources = inside.flatMap(stack => {
    const definition = definitions.get(stack.templateId)
    const around = asking.get(stack.parentResourceId ?? '')
    // Without a template it was purged meanwhile.
    if (definition === undefined || around === undefined) return []
    return [{ stack, around, definition, outputs: [...definition.outputs.values()], rows: rows.get(stack.id) ?? [] }]
  })
  const scopes = await scopesOf(sources, services)
  const made = new Map<string, Pick<Incarnation, 'attributes' | 'kept'>>()
  for (const [index, { stack, around, definition, rows }] of sources.entries()) {
    const scope = scopes[index] as Scope
    const outputs = await outputsIn(definition, scope, stack.project)
    const attributes = nowOf(around)?.(valuesOf(outputs), insideAs(definition, chooseCurrent(rows, stack, secrets)))
    if (attributes === undefined) continue
    const tells = scope.secrecy?.taken() === true || around.kept?.tells === true
    made.set(around.id, { attributes, kept: keptSecrets(around.kept?.properties ?? [], tells) })
  }
  return incarnations.map(one => ({ ...one, ...made.get(one.id) }))
}
