import type { Queryable, Transaction } from '@hearth/db/transaction'
import type { ServiceIdentifier } from 'inversify'
import type { Figure } from './figures.js'
import type { Operation, ResourceRef, StackRef, Step } from './operation.js'

/** A node as the graph of a stack shows it. */
export interface NodeState {
  readonly resource: string
  readonly step: Step
  readonly state: 'waiting' | 'ready' | 'running' | 'parked'
  /** Ids of resources whose nodes it waits for. */
  readonly waitsFor: readonly string[]
}

/** Carries out plans. One instance a process; a stack's flag chooses it. */
export interface Engine {
  /** The flag's value: [a-z][a-z0-9-]*, unique among loaded plugins, not a word the option reads as true or false,
   *  never changed once released. */
  readonly name: string
  /** May a new operation supersede a running one? */
  readonly overlapping: boolean
  /** What becomes of an operation whose process died. */
  readonly afterCrash: 'resumes' | 'fails'
  /** Starts workers and the recovery of what a dead process left. Called once the host is ready. */
  start(): Promise<void>
  /** Claims nothing more, hands back what runs. Twice, or before start, is fine. */
  stop(): Promise<void>
  /** Called inside `tx`, which also changes the stack and holds its row's lock: write rows, start nothing before it
   *  commits (`tx.afterCommit`). @throws ActionInProgress (see `refusals`) if not `overlapping` and an operation runs. */
  accept(operation: Operation, tx: Transaction): Promise<void>
  /** A signal came, or a child stack ended, for which these resources wait, all at once; as durable as `tx`. */
  wake(resources: readonly ResourceRef[], tx: Transaction): Promise<void>
  /** What waits, and for what. Reads only, by `on`: the caller may be inside a transaction. */
  nodes(stack: StackRef, on: Queryable): Promise<NodeState[]>
  /**
   * What whoever monitors this daemon is told of the engine: what stands in its tables, and what this process has done.
   * Reads only, by `on`, at each scrape: one query that an index answers. Also called if it was never started.
   */
  figures?(on: Queryable): Promise<readonly Figure[]>
  /**
   * The stacks of a tree move to this engine: store what it needs of a stack on which nothing runs. They are settled,
   * their rows locked, and their former engine has let them go, in `tx` too. As `leave`, it is called by the operator's
   * tool, in a process that never started the engine, and the whole is rolled back in the end if only a trial was asked
   * for. @throws Error with the reason if it cannot take them.
   */
  enter(stacks: readonly StackRef[], tx: Transaction): Promise<void>
  /**
   * The stacks of a tree move away: nothing of theirs may be left that this engine would act on. They say that they are
   * settled, and their rows are locked. @throws OperationRefused if something is still under way: it is worth waiting
   * for its end; Error with the reason if they cannot leave at all.
   */
  leave(stacks: readonly StackRef[], tx: Transaction): Promise<void>
}
export const Engine = Symbol.for('hearth.Engine') as ServiceIdentifier<Engine>

/**
 * Something runs on the stack. Thrown by `accept` of an engine that does not overlap, and the host answers 409 with Heat's
 * text; by `leave` of any, and the stack stays until later.
 */
export class OperationRefused extends Error {
  private static readonly brand = Symbol.for('hearth.OperationRefused')
  /** @param running the action of the operation that runs. */
  constructor(
    readonly stackName: string,
    readonly running: string,
  ) {
    super(`Stack ${stackName} already has an action (${running}) in progress.`)
    Object.defineProperty(this, OperationRefused.brand, { value: true })
  }
  static is(error: unknown): error is OperationRefused {
    return typeof error === 'object' && error !== null && OperationRefused.brand in error
  }
}
