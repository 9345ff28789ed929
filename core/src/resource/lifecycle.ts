import { isOfDatabase, type Queryable, type ResourceWrite, resources, softwareDeployments } from '@hearth/db'
import type {
  Clock,
  GivenUp,
  KnownRows,
  Lifecycle,
  Logger,
  Prepared,
  ResourceChange,
  SignalUrl,
  StackRef,
  StepEnd,
  Task,
  Transaction,
} from '../plugin/index.js'
import { inTurnsOn, type Pieces } from '../pieces.js'
import { type DefinitionSource, type Loaded, loadBatch, Unreadable } from './batch.js'
import { Change } from './rows/change.js'
import type { ChildStacks } from './children.js'
import { prepareCleanup } from './cleanup.js'
import { prepareConverge } from './converge.js'
import { forgetSignals } from './rows/forget-signals.js'
import { withHooks } from './hooks.js'
import { givenUp, isLeft } from './rows/given-up.js'
import type { Incarnation } from './rows/incarnation.js'
import { lockInOrder } from './rows/lock-order.js'
import type { NamedConstraints } from './properties/named-constraints.js'
import type { RowSource } from './rows/row-source.js'
import type { RowsInHand } from './rows/rows-in-hand.js'
import type { Secrets } from './secrets/secrets.js'
import { StackSizes } from './stack-sizes.js'
import type { TypeRegistry } from './types.js'
import { prepareVisit } from './visit.js'

export interface LifecycleParts {
  readonly db: Queryable
  readonly definitions: DefinitionSource
  readonly types: TypeRegistry
  readonly secrets: Secrets
  readonly log: Logger
  readonly constraints: NamedConstraints
  readonly now: () => number
  readonly after: Clock['after']
  /** By which somebody outside signals a resource. */
  readonly signalUrl: (stack: StackRef, resource: Pick<Incarnation, 'id' | 'name'>) => SignalUrl
  /** Whether a task's operation is not the one that its stack is in any more. */
  readonly isOver: (task: Task) => Promise<boolean>
  readonly children: ChildStacks
  /** The same incarnations, with the attributes that types make of the stacks inside as they are. */
  readonly attributesNow: (incarnations: readonly Incarnation[], on: Queryable) => Promise<readonly Incarnation[]>
  /** Characters that a template may have. */
  readonly maxTemplateSize: () => number
  /** Bytes that the values of a stack may have. */
  readonly maxStackValues: () => number
  /** The same step, whose calls somebody measures. */
  readonly measured: (prepared: Prepared) => Prepared
}

/** The same for one batch of steps. */
export interface BatchParts extends LifecycleParts {
  readonly sizes: StackSizes
}

/** Carries out steps: loads, decides, calls the plugin, and says what is to be written. Writes only when asked to. */
export class ResourceLifecycle implements Lifecycle {
  constructor(private readonly parts: LifecycleParts) {}

  async prepare(tasks: readonly Task[], tx?: Transaction, rows?: KnownRows): Promise<Prepared[]> {
    const db = tx ?? this.parts.db
    const inHand = rows as RowsInHand | undefined
    const sizes = inHand?.sizes ?? new StackSizes(db, this.parts.maxStackValues)
    if (inHand !== undefined) inHand.sizes = sizes
    const parts: BatchParts = { ...this.parts, db, sizes }
    const loaded = await this.load(tasks, parts, inHand)
    return inTurnsOn(db, this.each(tasks, loaded, parts), tasks[0]?.operation.stack.project)
  }

  /** A piece for each task. */
  private *each(
    tasks: readonly Task[],
    loaded: Awaited<ReturnType<typeof loadBatch>>,
    parts: BatchParts,
  ): Pieces<Prepared[]> {
    const prepared: Prepared[] = []
    for (const [index, task] of tasks.entries()) {
      prepared.push(this.parts.measured(this.prepareOne(task, loaded[index], parts)))
      yield
    }
    return prepared
  }

  private prepareOne(task: Task, one: Loaded | Unreadable | undefined, parts: BatchParts): Prepared {
    if (one === undefined) return vanished(task)
    try {
      if (!(one instanceof Unreadable)) return withHooks(one, it => preparedBy(it, parts))
      return this.unreadable(one)
    } catch (error) {
      return this.unreadable(new Unreadable(task, error))
    }
  }

  /** Together; or one by one, if something is wrong that has to do with one of them. */
  private async load(
    tasks: readonly Task[],
    parts: BatchParts,
    rows: RowSource | undefined,
  ): Promise<Awaited<ReturnType<typeof loadBatch>>> {
    try {
      return await loadBatch(tasks, parts, rows)
    } catch (error) {
      if (isOfDatabase(error)) throw error
      const [first, ...others] = tasks
      if (first === undefined || others.length === 0) return tasks.map(task => new Unreadable(task, error))
      const apart = []
      for (const task of tasks) apart.push(...(await this.load([task], parts, rows)))
      return apart
    }
  }

  async write(
    changes: readonly ResourceChange[],
    tx: Transaction,
    actorOf?: (change: ResourceChange) => string | null,
  ): Promise<void> {
    if (changes.length === 0) return
    const { secrets } = this.parts
    // Sent at once: an engine may send what follows right behind, without waiting for the answers.
    await Promise.all([
      lockInOrder(changes as Change[], tx),
      // Whoever signals looks for those that wait, and does not find a step that was beginning: that one looks back here.
      resources.overhear(
        tx,
        changes.flatMap(change => (change as Change).awaited),
      ),
      resources.write(
        tx,
        changes.map(change => {
          const write = (change as Change).toWrite(secrets)
          if (actorOf !== undefined) write.actor = actorOf(change)
          return write
        }),
      ),
    ])
    await forgetSignals(changes as Change[], tx, secrets)
  }

  packTaken(changes: readonly ResourceChange[], known: KnownRows): (tx: Transaction) => Promise<void> {
    const rows = known as RowsInHand
    const writes = changes.map((change): ResourceWrite => {
      const write = (change as Change).toWrite(this.parts.secrets)
      // What replaces it is one of the rows in hand, and is stored as it ends up.
      if (write.insert !== undefined) delete write.insert
      const own = rows.bring(change.resource)
      if (own !== undefined) write.own = own
      return write
    })
    const packed = resources.packed(writes)
    const forgetting = (changes as readonly Change[]).filter(change => change.forgetting !== undefined)
    return async tx => {
      await Promise.all([lockInOrder(forgetting, tx), resources.send(tx, packed)])
      await forgetSignals(forgetting, tx, this.parts.secrets)
    }
  }

  async giveUp(ids: readonly string[], why: GivenUp, tx: Transaction): Promise<void> {
    const rows = (await resources.byIds(tx, ids)).filter(row => isLeft(row, why))
    if (rows.length > 0) {
      const stackOf = await resources.stacksOf(tx, [...new Set(rows.map(row => row.stackId))])
      const writes = rows.map(row => {
        const stack = stackOf.get(row.stackId) ?? { id: row.stackId, rootId: row.rootId, project: '', name: '' }
        return givenUp(row, stack, why, this.parts.secrets, error => this.complain(error, stack.id, row.id))
      })
      await resources.write(tx, writes)
      const left = rows.map(({ id }) => id)
      // Nobody waits any more for what servers were to say to them.
      await softwareDeployments.cancelOf(tx, left, 'Deployment cancelled.')
    }
    await resources.clearActors(tx, ids)
  }

  /** Its row stays as it is; the operation fails and says why. */
  private unreadable({ task, error }: Unreadable): Prepared {
    this.complain(error, task.operation.stack.id, task.resource)
    const reason = `Resource ${task.resource} cannot be read: ${(error as Error).message}`
    return { task, effectless: true, run: async () => ({ end: { kind: 'failed', reason } }) }
  }

  private complain(error: unknown, stack: string, resource: string): void {
    this.parts.log.error({ err: error, stack, resource }, 'A resource cannot be read')
  }
}

function preparedBy(loaded: Loaded, parts: BatchParts): Prepared {
  switch (loaded.task.step) {
    case 'converge':
      return prepareConverge(loaded, parts)
    case 'cleanup':
      return prepareCleanup(loaded, parts)
    default:
      return prepareVisit(loaded, parts)
  }
}

/** A row or template that is gone: a newer operation, or a purge, has removed it. Nothing is left to do. */
const vanished = (task: Task): Prepared => ({
  task,
  effectless: true,
  run: async () => ({ end: { kind: 'done' } satisfies StepEnd }),
})
