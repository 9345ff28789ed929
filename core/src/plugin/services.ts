import type { Option } from '@hearth/config/option'
import type { Database as HostDatabase, Transaction } from '@hearth/db/transaction'
import type { ServiceIdentifier } from 'inversify'
import type { Json } from './json.js'
import type { Plan, PlanOperation, Step } from './operation.js'

/** The host's services that a plugin may inject. Each is an interface and a symbol of one name. */

/** The host's connection pool. Engines keep their own tables with it. */
export type Database = HostDatabase
export const Database = Symbol.for('hearth.Database') as ServiceIdentifier<Database>

/** This process's time and timers; simulated in tests. */
export interface Clock {
  /** Milliseconds since the epoch, by the database's clock as near as it is known: the same on every daemon. */
  now(): number
  /** Calls `fn` once after `ms`; the answer cancels it. Does not keep the process alive. */
  after(ms: number, fn: () => void): () => void
}
export const Clock = Symbol.for('hearth.Clock') as ServiceIdentifier<Clock>

/** The daemon's structured log: fields first, then a sentence. `{ err }` is an error with its stack. */
export interface Logger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}
export const Logger = Symbol.for('hearth.Logger') as ServiceIdentifier<Logger>

/** Values of options, those that the plugin declares among them. */
export interface Options {
  /** The value now; a mutable option may answer differently later. */
  get<T>(option: Option<T>): T
}
export const Options = Symbol.for('hearth.Options') as ServiceIdentifier<Options>

/** Who is alive. A worker's heartbeat keeps all its leases, whichever engine took them. */
export interface Workers {
  /** This process's worker id; changes when its heartbeat came too late. */
  readonly id: string
  /** True while this process may act: registered and its last heartbeat is younger than its lease. */
  readonly alive: boolean
  /** Calls `fn` after this process lost its worker id (its heartbeat came too late): drop everything held. */
  onLost(fn: () => void): void
  /** Calls `fn` with the ids of workers found dead, in every process, at least once each; also at start. */
  onDead(fn: (ids: readonly string[]) => Promise<void>): void
}
export const Workers = Symbol.for('hearth.Workers') as ServiceIdentifier<Workers>

/** Builds plans from rows. */
export interface Plans {
  /**
   * Called in `Engine.accept`: the plan of `operation`, after storing a row for each resource it adds. Without `moving`
   * this may be the plan that the host built before it locked the stack; pass `moving` if steps of an earlier operation
   * have been running until now, after making sure that they can change no rows before `tx` ends.
   */
  place(operation: PlanOperation, tx: Transaction, options: { readonly moving: boolean }): Promise<Plan>
  /** The same without storing the rows that the plan adds: for engines that carry out some of it before. */
  open(operation: PlanOperation, tx: Transaction, options: { readonly moving: boolean }): Promise<OpenPlan>
  /** Stores those of the plan's rows that are not stored yet, as they begin. */
  store(rows: KnownRows, tx: Transaction): Promise<void>
  /** The plan of an operation whose rows were placed before, for the rows as they are now. */
  build(operation: PlanOperation): Promise<Plan>
}
export const Plans = Symbol.for('hearth.Plans') as ServiceIdentifier<Plans>

/**
 * The rows of one stack in memory: what a plan was made from, what it adds, and what steps have changed since, as it will be
 * stored. Whoever goes by them has to make sure that nobody else writes those that are free. Opaque to engines otherwise.
 */
export interface KnownRows {
  /** Whether nobody acts on the resource, and it is at no hook. */
  isFree(resource: string): boolean
  /**
   * What is prepared from now on sees this change. It is written later, in the same order.
   * @param isAskedFor whether something that is still to be prepared requires the resource.
   */
  take(change: ResourceChange, options: { readonly isAskedFor: boolean }): void
}

/** A plan whose rows need not be stored yet. */
export interface OpenPlan extends Plan {
  readonly rows: KnownRows
}

/** One claimed node, handed to the lifecycle. */
export interface Task {
  /** The engine's own id of the node; the lifecycle gives it back. */
  readonly key: string
  readonly resource: string
  readonly step: Step
  /** The operation that the node belongs to, as it was accepted. */
  readonly operation: PlanOperation
}

/** Changes to resource rows with the events that report them; applied with `Lifecycle.write`. Opaque to engines. */
export interface ResourceChange {
  readonly resource: string
}

/** How one call of a step has ended, and so what the engine does with the node. */
export type StepEnd =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly reason: string }
  /** Call again: run the same node after `afterMs`, or when the resource is woken. Nothing is held meanwhile. */
  | { readonly kind: 'again'; readonly afterMs: number }
  /**
   * Call again once the resource has had more than so many signals, or after `afterMs`. `idle`: the resource is at rest,
   * its step waits at a hook. It ends with its operation: there is nothing to await, and nobody to tell.
   */
  | { readonly kind: 'parked'; readonly signals: number; readonly afterMs: number; readonly idle?: true }
  /** The node now stands for `resource`, a new incarnation whose row the change inserts: run it again. */
  | { readonly kind: 'replaced'; readonly resource: string }

/** The end of one call, and what is to be written with it, in the same transaction, under the fence. */
export interface StepResult {
  readonly end: StepEnd
  readonly change?: ResourceChange
}

/** A task whose resource is loaded and whose decision is taken. */
export interface Prepared {
  readonly task: Task
  /** To be written (fenced) before `run` is called: the resource becomes IN_PROGRESS. */
  readonly begin?: ResourceChange
  /** True: the step touches nothing outside of the row: `run` may be called and its result written in one go. */
  readonly effectless: boolean
  /**
   * Runs one call of the step. A failure is a result. `save` must write the change, fenced and durable, before it
   * resolves; when it rejects, because the lease is lost or the database is away, the step ends with that rejection.
   */
  run(signal: AbortSignal, save: (change: ResourceChange) => Promise<void>): Promise<StepResult>
}

/** Carries out single steps. Engines decide where, when and how durably; this decides what. */
export interface Lifecycle {
  /** Loads rows, definitions and attributes of a whole batch in a constant number of queries, and decides. A row that
   *  cannot be read or decided is a step that fails; what rejects is the database.
   *  @param tx reads what this transaction has written; absent: what is committed.
   *  @param rows those of the tasks' stack, which are not read then. */
  prepare(tasks: readonly Task[], tx?: Transaction, rows?: KnownRows): Promise<Prepared[]>
  /**
   * Applies changes and their events in one statement. The caller has checked its fence in the same transaction.
   * @param actorOf who acts on a resource from now on, for engines that keep the actor in its row. Absent: it stays.
   */
  write(
    changes: readonly ResourceChange[],
    tx: Transaction,
    actorOf?: (change: ResourceChange) => string | null,
  ): Promise<void>
  /**
   * Makes changes that `rows` have taken ready to be written, each once and in their order, in as few statements as may be.
   * Actors stay. @returns what applies them: after those before, or none of them is applied.
   */
  packTaken(changes: readonly ResourceChange[], rows: KnownRows): (tx: Transaction) => Promise<void>
  /** Resources whose step is given up: those IN_PROGRESS become FAILED, with an event, and lose cursor and actor; for a
   *  `reason`, also those whose create has left no trace. Those at a hook leave it, and stay as they are.
   *  The caller has made sure that nobody acts on them any more. */
  giveUp(resources: readonly string[], why: GivenUp, tx: Transaction): Promise<void>
}
/** Why a step is given up; a `reason` is what the user reads. */
export type GivenUp = 'timeout' | 'cancelled' | { readonly reason: string }
export const Lifecycle = Symbol.for('hearth.Lifecycle') as ServiceIdentifier<Lifecycle>

/** How an operation has ended. The core makes the state of the stack of it. */
export type OperationEnd =
  | { readonly kind: 'complete' }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'cancelled'; readonly rollback: boolean }
  /** The process that ran it died, on an engine whose `afterCrash` is `fails`. */
  | { readonly kind: 'crashed' }

/** Turns the end of an operation into the stack's state. */
export interface Outcome {
  /**
   * Called once an operation has ended, inside `tx`, which holds the stack row's lock: writes the stack's state and
   * its event, removes what a delete leaves, and answers the rollback to start in the same transaction, if one is due:
   * its state is written and its plan built, the caller only carries it out.
   */
  settle(operation: PlanOperation, end: OperationEnd, tx: Transaction): Promise<PlanOperation | undefined>
}
export const Outcome = Symbol.for('hearth.Outcome') as ServiceIdentifier<Outcome>

export type { Json }
