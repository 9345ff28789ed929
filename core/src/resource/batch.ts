import { type Queryable, type ResourceRow, resources } from '@hearth/db'
import { chooseIncarnation } from '../plan/choose.js'
import type { Logger, Task } from '../plugin/index.js'
import type { Definitions } from '../stack/definitions.js'
import { withAttributesNow } from '../stack/read/outputs.js'
import type { Scope, StackDefinition } from '../template/index.js'
import { behind, readFailedChecks } from './failed-checks.js'
import { withChildren } from './children.js'
import { type Incarnation, incarnationOf } from './incarnation.js'
import { readLive } from './live.js'
import { observed } from './observe.js'
import { scopeOf } from './scope.js'
import type { Secrets } from './secrets.js'
import type { TypeRegistry } from './types.js'

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
 * Loads a batch of tasks: two queries and the definitions that are not cached, however many tasks there are. Resources
 * of operations that compare with reality are looked at.
 * @throws what the database throws, nothing else.
 */
export async function loadBatch(
  tasks: readonly Task[],
  {
    db,
    definitions,
    types,
    secrets,
    log,
  }: { db: Queryable; definitions: Definitions; types: TypeRegistry; secrets: Secrets; log: Logger },
): Promise<(Loaded | Unreadable | undefined)[]> {
  const rows = await resources.byIds(db, [...new Set(tasks.map(task => task.resource))])
  const own = new Map(rows.map(row => [row.id, row]))
  const read = once((row: ResourceRow) => incarnationOf(row, secrets))
  const unreadable = new Map<string, unknown>()
  const known = await definitions.ofTemplates(
    tasks.map(task => ({ template: task.operation.template, stack: task.operation.stack })),
    db,
    unreadable,
  )

  const pairs = new Map<string, { stackId: string; name: string }>()
  for (const task of tasks) {
    const row = own.get(task.resource)
    const definition = known.get(task.operation.template)
    if (row === undefined || definition === undefined) continue
    const required = task.step === 'converge' ? (definition.resources.get(row.name)?.requires ?? []) : [row.name]
    for (const name of required)
      pairs.set(`${task.operation.stack.id} ${name}`, { stackId: task.operation.stack.id, name })
  }
  const named = new Map<string, Incarnation[]>()
  const rowsNamed = await resources.named(db, [...pairs.values()])
  const incarnations = await withAttributesNow(rowsNamed.map(read), { db, definitions, types, secrets })
  rowsNamed.forEach(({ stackId, name }, index) => {
    const key = `${stackId} ${name}`
    const one = incarnations[index] as Incarnation
    const same = named.get(key)
    if (same === undefined) named.set(key, [one])
    else same.push(one)
  })
  // After the rows: a stack that ends from now on raises the signals that they were read with.
  const inside = byId(await withChildren(rows.map(read), types, db))
  const observing = new Set(
    tasks.flatMap(({ step, operation, resource }) =>
      step === 'converge' && operation.observe === true ? [resource] : [],
    ),
  )
  const found = byId(
    await observed(
      [...inside.values()].filter(({ id }) => observing.has(id)),
      { types, log },
    ),
  )
  const isBehind = await readBehind(tasks, db, secrets)
  const load = async (task: Task): Promise<Loaded | undefined> => {
    if (unreadable.has(task.operation.template)) throw unreadable.get(task.operation.template)
    const row = own.get(task.resource)
    const definition = known.get(task.operation.template)
    if (row === undefined || definition === undefined) return undefined
    const incarnation = found.get(row.id) ?? inside.get(row.id) ?? read(row)
    const find = (name: string): Incarnation | undefined =>
      chooseIncarnation(
        named.get(`${task.operation.stack.id} ${name}`) ?? [],
        task.operation.template,
        task.operation.previous,
      )
    const reads = task.step === 'converge' ? (definition.resources.get(incarnation.name)?.reads ?? []) : []
    const asked = reads.map(({ resource, attribute }) => ({ incarnation: find(resource), attribute }))
    const scope = scopeOf({
      find,
      types,
      missing: name => name,
      live: await readLive(asked, { on: db, types, secrets }),
    })
    return { task, incarnation, definition, find, scope, behindFailure: isBehind(task, definition, incarnation.name) }
  }
  return Promise.all(tasks.map(task => load(task).catch(error => new Unreadable(task, error))))
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

/** Each row is read once, however many of a batch need it. */
function once<From extends object, To>(read: (from: From) => To): (from: From) => To {
  const known = new Map<From, To>()
  return from => {
    const found = known.get(from)
    if (found !== undefined) return found
    const made = read(from)
    known.set(from, made)
    return made
  }
}
