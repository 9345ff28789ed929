import type { Queryable } from '@hearth/db'
import { chooseIncarnation } from '../plan/choose.js'
import type { StackRef, Task } from '../plugin/index.js'
import type { Scope, StackDefinition } from '../template/index.js'
import { behind, readFailedChecks } from './failed-checks.js'
import { withChildren } from './children.js'
import type { Incarnation } from './rows/incarnation.js'
import { type Asked, readLive } from './attributes/live.js'
import { observed } from './observe.js'
import { keyOf, type NameInStack, type RowSource, storedRows } from './rows/row-source.js'
import { scopeOf } from './attributes/scope.js'
import { NotedSecrecy } from './secrets/secrecy.js'
import type { LifecycleParts } from './lifecycle.js'
import type { Secrets } from './secrets/secrets.js'

/** Where definitions of stored templates come from. */
export interface DefinitionSource {
  /** @param unreadable takes the error of a template that cannot be read. One that is gone is missing in the answer. */
  ofTemplates(
    wanted: readonly { readonly template: string; readonly stack: StackRef }[],
    on: Queryable,
    unreadable: Map<string, unknown>,
  ): Promise<Map<string, StackDefinition>>
}

/** A task with everything that its decision asks for. */
export interface Loaded {
  readonly task: Task
  readonly incarnation: Incarnation
  readonly definition: StackDefinition
  /** The incarnation that a name of the same stack stands for in this operation. */
  readonly find: (name: string) => Incarnation | undefined
  readonly scope: Scope
  /** Of a check: it depends on a resource whose check has failed. */
  readonly behindFailure: boolean
}

/** A task whose row or template cannot be read. It stands alone: the others of its batch go on. */
export class Unreadable {
  constructor(
    readonly task: Task,
    readonly error: unknown,
  ) {}
}

/**
 * Loads a batch of tasks: as many queries for all of them as for one. Their rows, the rows of what they depend on and the
 * stacks inside are one each, the templates that are not cached too, and what checks, live attributes and groups
 * ask for besides. Resources of operations that compare with reality are looked at.
 * @throws what the database throws; and what is wrong with a row that is read beside those of the tasks.
 */
export async function loadBatch(
  tasks: readonly Task[],
  {
    db,
    definitions,
    types,
    secrets,
    log,
    attributesNow,
  }: Pick<LifecycleParts, 'db' | 'definitions' | 'types' | 'secrets' | 'log' | 'attributesNow'>,
  rows: RowSource = storedRows(db, secrets),
): Promise<(Loaded | Unreadable | undefined)[]> {
  const own = await rows.load([...new Set(tasks.map(task => task.resource))])
  const unreadable = new Map<string, unknown>()
  const known = await definitions.ofTemplates(
    tasks.map(task => ({ template: task.operation.template, stack: task.operation.stack })),
    db,
    unreadable,
  )

  const names = new Map<string, NameInStack>()
  const reads = new Set<string>()
  for (const task of tasks) {
    const incarnation = own(task.resource)
    const definition = known.get(task.operation.template)
    if (incarnation === undefined || definition === undefined) continue
    const stackId = task.operation.stack.id
    const itself = { requires: [incarnation.name], reads: [] }
    const wanted = task.step === 'converge' ? definition.resources.get(incarnation.name) : itself
    for (const name of wanted?.requires ?? []) names.set(keyOf({ stackId, name }), { stackId, name })
    for (const { resource } of wanted?.reads ?? []) reads.add(keyOf({ stackId, name: resource }))
  }
  const named = await rows.loadNamed([...names.values()])
  const areRead = [...names.values()].filter(name => reads.has(keyOf(name))).flatMap(named)
  const now = byId(await attributesNow(areRead, db))
  // After the rows: a stack that ends from now on raises the signals that they were read with.
  const all = tasks.flatMap(({ resource }) => own(resource) ?? [])
  const inside = byId(await withChildren(all, types, db))
  const sights = tasks.flatMap(({ step, operation, resource }) => {
    const incarnation = step === 'converge' && operation.observe === true ? inside.get(resource) : undefined
    return incarnation === undefined ? [] : [{ incarnation, project: operation.stack.project }]
  })
  const found = byId(await observed(sights, { types, log }))
  const isBehind = await readBehind(tasks, db, secrets)
  const place = (task: Task): Placed | Unreadable | undefined => {
    const { template, previous, stack } = task.operation
    if (unreadable.has(template)) return new Unreadable(task, unreadable.get(template))
    const incarnation = found.get(task.resource) ?? inside.get(task.resource)
    const definition = known.get(template)
    if (incarnation === undefined || definition === undefined) return undefined
    const find = (name: string): Incarnation | undefined =>
      chooseIncarnation(
        named({ stackId: stack.id, name }).map(one => now.get(one.id) ?? one),
        template,
        previous,
      )
    return { task, incarnation, definition, find }
  }
  const placed = tasks.map(place)
  const live = await readLive(placed.flatMap(asked), { on: db, types, secrets, log, attributesNow })
  return placed.map(one => {
    if (one === undefined || one instanceof Unreadable) return one
    const { task, incarnation, definition, find } = one
    const scope = scopeOf({ find, types, missing: name => name, live, secrecy: new NotedSecrecy(secrets) })
    return { task, incarnation, definition, find, scope, behindFailure: isBehind(task, definition, incarnation.name) }
  })
}

type Placed = Omit<Loaded, 'scope' | 'behindFailure'>

/** The attributes that a step reads of other resources. */
function asked(one: Placed | Unreadable | undefined): Asked[] {
  if (one === undefined || one instanceof Unreadable || one.task.step !== 'converge') return []
  const reads = one.definition.resources.get(one.incarnation.name)?.reads ?? []
  return reads.map(({ resource, ...read }) => ({ incarnation: one.find(resource), ...read }))
}

const byId = (incarnations: readonly Incarnation[]): Map<string, Incarnation> =>
  new Map(incarnations.map(incarnation => [incarnation.id, incarnation]))

/** Says of a resource that is to be checked whether something that it depends on has failed. */
async function readBehind(
  tasks: readonly Task[],
  on: Queryable,
  secrets: Secrets,
): Promise<(task: Task, definition: StackDefinition, name: string) => boolean> {
  const stacks = new Set(tasks.flatMap(({ step, operation }) => (step === 'check' ? operation.stack.id : [])))
  const failedChecks = await readFailedChecks(on, secrets, [...stacks])
  const known = new Map<string, ReadonlySet<string>>()
  return ({ step, operation }, definition, name) => {
    if (step !== 'check') return false
    const names = known.get(operation.id) ?? behind(definition, failedChecks(operation))
    known.set(operation.id, names)
    return names.has(name)
  }
}
