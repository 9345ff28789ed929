import { type NewResourceRow, patiently, type Queryable, resources } from '@hearth/db'
import { inTurnsOn } from '../pieces.js'
import { chooseWanted } from '../plan/choose.js'
import { foresee, settledNames } from '../plan/decisions.js'
import { effectlessIn } from '../plan/effectless.js'
import { planOf } from '../plan/of-definition.js'
import {
  type KnownRows,
  type Logger,
  type OpenPlan,
  type Plan,
  type PlanOperation,
  type Plans,
  type Transaction,
  visitOf,
} from '../plugin/index.js'
import { typeColumns } from '../resource/rows/incarnation.js'
import { unread } from '../resource/observe.js'
import { RowsInHand } from '../resource/rows/rows-in-hand.js'
import type { Secrets } from '../resource/secrets/secrets.js'
import type { TypeRegistry } from '../resource/types.js'
import type { StackDefinition } from '../template/index.js'
import type { Definitions, NamedStack } from './definitions.js'
import { type Existing, existingOf, type PlanParts } from './existing.js'

interface Built extends Existing {
  readonly plan: Plan
}

/** Builds plans from rows: reads, hands everything to the pure passes, and stores the rows a plan adds. */
export class StackPlans implements Plans, PlanParts {
  /** Plans that were built before their stack was locked, for the operation object they belong to. */
  private readonly early = new WeakMap<PlanOperation, Built>()

  constructor(
    readonly db: Queryable,
    readonly definitions: Definitions,
    readonly types: TypeRegistry,
    readonly secrets: Secrets,
    readonly log: Logger,
  ) {}

  /** Builds the plan of an operation that is about to be accepted, outside of any lock. */
  async prepare(operation: PlanOperation, definition: StackDefinition): Promise<void> {
    // A stack that is not stored yet has no rows to ask for.
    const none =
      operation.action === 'CREATE' || operation.action === 'ADOPT' ? { existing: [], completed: [] } : undefined
    this.early.set(
      operation,
      await this.assemble(
        operation,
        definition,
        none ?? (await this.existing(operation.stack, operation.previous, this.db)),
        this.db,
      ),
    )
  }

  async place(operation: PlanOperation, tx: Transaction, options: { moving: boolean }): Promise<Plan> {
    const { plan } = await this.begin(operation, tx, options)
    await resources.insertMany(tx, newRows(plan, operation))
    return plan
  }

  async open(operation: PlanOperation, tx: Transaction, options: { moving: boolean }): Promise<OpenPlan> {
    const { plan, existing } = await this.begin(operation, tx, options)
    return { ...plan, rows: new RowsInHand(existing, newRows(plan, operation)) }
  }

  async store(known: KnownRows, tx: Transaction): Promise<void> {
    await resources.insertMany(tx, (known as RowsInHand).missing)
  }

  private async begin(operation: PlanOperation, tx: Transaction, { moving }: { moving: boolean }): Promise<Built> {
    const early = moving ? undefined : this.early.get(operation)
    const built =
      early ?? (await patiently(tx, async () => this.compute(operation, await this.definitionOf(operation, tx), tx)))
    if (built.completed.length > 0) await resources.completeOld(tx, built.completed)
    return built
  }

  async build(operation: PlanOperation): Promise<Plan> {
    return (await this.compute(operation, await this.definitionOf(operation, this.db), this.db)).plan
  }

  private definitionOf(operation: PlanOperation, on: Queryable): Promise<StackDefinition> {
    return this.definitions.ofTemplate(operation.template, operation.stack, on)
  }

  private async compute(operation: PlanOperation, definition: StackDefinition, on: Queryable): Promise<Built> {
    return this.assemble(operation, definition, await this.existing(operation.stack, operation.previous, on), on)
  }

  private async assemble(
    { action, template: target, previous, observe, adopts, stack }: PlanOperation,
    definition: StackDefinition,
    { existing: stored, completed }: Existing,
    on: Queryable,
  ): Promise<Built> {
    // A look at what is outside is the step's: a plan is built while a request waits, and again under a lock.
    const existing = observe === true ? unread(stored, this.types) : stored
    const chosen = chooseWanted(existing, definition.resources, target, previous)
    const visit = visitOf(action)
    // A rollback must always have a plan: what cannot be resolved fails when its turn comes.
    const settled =
      visit !== undefined || existing.length === 0
        ? new Set<string>()
        : settledNames(
            definition,
            await inTurnsOn(
              on,
              foresee(definition, chosen, this.types, this.secrets, () => undefined),
              stack.project,
            ),
          )
    const effectless =
      // They are there before any step.
      adopts === true ? () => false : effectlessIn(definition, this.types)
    const plan = planOf(definition, existing, chosen, settled, effectless, visit)
    return { plan, existing: stored, completed }
  }

  private async existing(stack: NamedStack, previous: string | null, on: Queryable): Promise<Existing> {
    return (await existingOf([{ ...stack, previous }], this, on)).get(stack.id) ?? { existing: [], completed: [] }
  }
}

const newRows = ({ added }: Plan, { stack }: PlanOperation): NewResourceRow[] =>
  added.map(({ id, name, type, declaredType = type }) => ({
    id,
    name,
    ...typeColumns(declaredType, type),
    stackId: stack.id,
    rootId: stack.rootId,
    replaces: null,
  }))
