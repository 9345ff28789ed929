import { randomUUID } from 'node:crypto'
import { type NewResourceRow, patiently, type Queryable, resources, stacks } from '@hearth/db'
import { HearthError } from '../errors.js'
import { buildPlan } from '../plan/build.js'
import { type ForeseenChange, foreseenChanges } from '../plan/changes.js'
import { chooseWanted } from '../plan/choose.js'
import { foresee, settledNames } from '../plan/decisions.js'
import { inTurns, inTurnsOn } from '../pieces.js'
import { effectlessIn } from '../plan/effectless.js'
import type { PlanInput, Wanted } from '../plan/draft.js'
import {
  type KnownRows,
  type Logger,
  type MaybeUnknown,
  type OpenPlan,
  type Plan,
  type PlanOperation,
  type Plans,
  type Transaction,
  Unknown,
  type VisitStep,
  visitOf,
} from '../plugin/index.js'
import { withChildren } from '../resource/children.js'
import { type Incarnation, incarnationOf, isOld, typeColumns } from '../resource/incarnation.js'
import { readLive } from '../resource/live.js'
import { RowsInHand } from '../resource/rows-in-hand.js'
import { observed, unread } from '../resource/observe.js'
import type { Live } from '../resource/scope.js'
import type { Secrets } from '../resource/secrets.js'
import type { TypeRegistry } from '../resource/types.js'
import type { StackDefinition } from '../template/index.js'
import { withAttributesNow } from './read/outputs.js'
import { completeOldRows, type OldRow } from './old-rows.js'
import type { Definitions } from './definitions.js'

interface Built extends Existing {
  readonly plan: Plan
}

interface Existing {
  readonly existing: readonly Incarnation[]
  /** Rows from before the flag, with what they lack. */
  readonly completed: readonly OldRow[]
}

interface NamedStack {
  readonly id: string
  readonly name: string
  readonly project: string
}

/** What a stack is, and is to be. */
export interface Aim {
  /** Undefined: there is none yet. */
  readonly stack?: (NamedStack & { readonly templateId: string }) | undefined
  /** Undefined: it is to be deleted. */
  readonly definition?: StackDefinition | undefined
}

/** Builds plans from rows: reads, hands everything to the pure passes, and stores the rows a plan adds. */
export class StackPlans implements Plans {
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

  /**
   * What operations would do with stacks, name by name: the plans that they would get, read. As many queries
   * for all of them as for one, but for stacks with rows from before the flag.
   * @param observe the operations would compare with reality: so does this.
   * @param quiet assume that nothing changes; see `QuietAssumption`.
   */
  async foresee(
    aims: readonly Aim[],
    { observe, quiet }: { readonly observe: boolean; readonly quiet: boolean },
  ): Promise<ForeseenChange[][]> {
    const rows = await this.existingOf(
      aims.flatMap(({ stack }) => (stack === undefined ? [] : [{ ...stack, previous: stack.templateId }])),
      this.db,
    )
    const stored = await withAttributesNow(
      [...rows.values()].flatMap(({ existing }) => existing),
      this,
    )
    const now = new Map(stored.map(one => [one.id, one]))
    const sights = aims.flatMap(({ stack }) =>
      (stack === undefined ? [] : (rows.get(stack.id)?.existing ?? [])).map(one => ({
        incarnation: now.get(one.id) ?? one,
        project: stack?.project ?? '',
      })),
    )
    const seen = observe ? new Map((await observed(sights, this)).map(one => [one.id, one])) : now
    const found = aims.map(({ stack, definition }) => {
      const own = (stack === undefined ? undefined : rows.get(stack.id))?.existing ?? []
      const existing = own.map(one => seen.get(one.id) ?? one)
      const wanted = definition?.resources ?? new Map<string, never>()
      const chosen = chooseWanted(existing, wanted, randomUUID(), stack?.templateId ?? null)
      return { definition, existing, chosen, project: stack?.project }
    })
    const assumed = quiet ? { live: await this.liveIn(found) } : undefined
    const changes: ForeseenChange[][] = []
    for (const { definition, existing, chosen, project } of found) {
      if (definition === undefined) {
        changes.push(foreseenChanges({ nodes: [] }, new Map(), existing))
        continue
      }
      const foreseen = await inTurns(foresee(definition, chosen, this.types, this.secrets, undefined, assumed), project)
      const settled = settledNames(definition, foreseen)
      const plan = planOf(definition, existing, chosen, settled, effectlessIn(definition, this.types))
      changes.push(foreseenChanges(plan, foreseen, existing))
    }
    return changes
  }

  /** The live attributes that resources read of each other. What cannot be read is unknown. */
  private async liveIn(
    found: readonly {
      readonly definition: StackDefinition | undefined
      readonly chosen: ReadonlyMap<string, Incarnation>
    }[],
  ): Promise<Live> {
    const asked = found.flatMap(({ definition, chosen }) =>
      [...(definition?.resources.values() ?? [])].flatMap(({ reads }) =>
        reads.map(({ resource, ...read }) => ({ incarnation: chosen.get(resource), ...read })),
      ),
    )
    const { db: on, types, secrets, log } = this
    const live = await readLive(asked, {
      on,
      types,
      secrets,
      log,
      attributesNow: (incarnations, db) =>
        withAttributesNow(incarnations, { db, definitions: this.definitions, types, secrets, log }),
    })
    const orUnknown = (incarnation: Incarnation, attribute: string): MaybeUnknown => {
      try {
        return live(incarnation, attribute)
      } catch (error) {
        if (HearthError.is(error)) return new Unknown(error.message)
        throw error
      }
    }
    return Object.assign(orUnknown, live)
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
    return (await this.existingOf([{ ...stack, previous }], on)).get(stack.id) ?? { existing: [], completed: [] }
  }

  /** All live incarnations; those from before the flag are completed from the template they were made by. */
  private async existingOf(
    stacks: readonly (NamedStack & { readonly previous: string | null })[],
    on: Queryable,
  ): Promise<Map<string, Existing>> {
    const rows = await resources.ofStacks(
      on,
      stacks.map(({ id }) => id),
    )
    const all = await withChildren(
      rows.map(row => incarnationOf(row, this.secrets)),
      this.types,
      on,
    )
    const own = new Map(stacks.map(({ id }): [string, Incarnation[]] => [id, []]))
    rows.forEach(({ stackId }, index) => own.get(stackId)?.push(all[index] as Incarnation))
    const found = new Map<string, Existing>()
    for (const { previous, ...stack } of stacks) {
      found.set(stack.id, await this.completed(stack, previous, own.get(stack.id) ?? [], on))
    }
    return found
  }

  private async completed(
    stack: NamedStack,
    previous: string | null,
    existing: readonly Incarnation[],
    on: Queryable,
  ): Promise<Existing> {
    if (!existing.some(isOld)) return { existing, completed: [] }
    const made = previous ?? (await stacks.find(on, stack.id))?.templateId
    if (made === undefined || made === null) return { existing, completed: [] }
    const definition = await this.definitions.ofTemplate(made, stack, on)
    return completeOldRows(existing, definition, made, this)
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

const planOf = (
  definition: StackDefinition,
  existing: readonly Incarnation[],
  chosen: ReadonlyMap<string, Incarnation>,
  settled: ReadonlySet<string>,
  effectless: PlanInput['effectless'],
  visit?: VisitStep,
): Plan =>
  buildPlan({
    visit,
    wanted: wantedOf(definition),
    existing,
    leansOn: incarnation => incarnation.requires ?? [],
    chosen,
    settled,
    effectless,
    newId: randomUUID,
  })

/** A type that cannot be found stands for itself: the step of its resource says what is wrong. */
const wantedOf = (definition: StackDefinition): Map<string, Wanted> =>
  new Map(
    [...definition.resources].map(([name, { type: declaredType, requires }]) => [
      name,
      { name, declaredType, type: definition.typeOf(name)?.name ?? declaredType, requires },
    ]),
  )
