import { type StackRow, stacks } from '@hearth/db'
import { HearthError } from '../../errors.js'
import { again, type Json, type JsonMap, type Progress, ResourceFailure, type Transaction } from '../../plugin/index.js'
import type { ChildTask } from '../../resource/children.js'
import { cancelOperation } from '../cancel.js'
import { isOver } from '../is-over.js'
import type { Asker } from '../operate.js'
import type { Caller, StackServices } from '../services.js'

/** Until a nested stack that is locked is asked again, in milliseconds. */
const busyMs = 200

/** What a step that waits for a stack inside keeps: the cursor of its way, and the pause it is in. */
type Position = JsonMap & {
  readonly cursor?: Json
  readonly resting?: { readonly asked: number; readonly until: number }
}

/** The step belongs to an operation that is over: a newer one decides what becomes of the stack inside. */
class StepOver extends Error {}

/** One call of the step of a resource that is a stack: what it may ask of that stack, and how it waits for it. */
export class ChildStep {
  constructor(
    readonly services: StackServices,
    readonly child: ChildTask,
  ) {}

  get operation() {
    return this.child.task.operation
  }

  /** Names the step in the row of the stack that it asks for something. */
  get key(): string {
    return `${this.operation.id}:${this.child.resource.id}`
  }

  /** The stack inside, if there is one. */
  async find(): Promise<StackRow | undefined> {
    return (await stacks.ofResources(this.services.db, [this.child.resource.id]))[0]
  }

  async parent(): Promise<StackRow> {
    const { id, name } = this.operation.stack
    const parent = await stacks.find(this.services.db, id)
    if (parent === undefined) throw new Error(`stack ${name} is gone`)
    return parent
  }

  isOver(parent: StackRow): boolean {
    return isOver(parent, this.operation)
  }

  /** @returns the stack around. @throws ResourceFailure if the step may ask for nothing any more. */
  async current(): Promise<StackRow> {
    const parent = await this.parent()
    if (this.isOver(parent)) throw this.aborted()
    return parent
  }

  aborted(): Error {
    return new ResourceFailure(`Stack ${this.operation.action} cancelled`, '')
  }

  callerFor({ project, owner }: StackRow): Caller {
    return { project, user: owner ?? '', requestId: this.operation.id }
  }

  /** @param asked operations that the step has asked for before. */
  asker(asked = 0): Asker {
    return { key: asked === 0 ? this.key : `${this.key}:${asked}`, check: tx => this.check(tx) }
  }

  /** Asks for what must be before anything else: it counts for none of the operations. */
  resumer(): Asker {
    return { key: `resume:${this.key}`, check: tx => this.check(tx) }
  }

  /** How many operations the stack has been through for this step: the last one's asker has its number. */
  timesAsked({ askedBy }: StackRow): number {
    if (askedBy === null || !askedBy.startsWith(this.key)) return 0
    const rest = askedBy.slice(this.key.length)
    return rest === '' ? 1 : Number(rest.slice(1)) + 1
  }

  /** Whether what the stack inside is in was asked for by this step, be it only that it is resumed first. */
  hasAsked(found: StackRow): boolean {
    return this.timesAsked(found) > 0 || found.askedBy === this.resumer().key
  }

  /** What it has kept, without the pause, which is over once something else is waited for. */
  get position(): { readonly cursor?: Json } {
    const { cursor } = this.kept
    return cursor === undefined ? {} : { cursor }
  }

  /** Undefined: the time between what was asked for last and what comes now is over. */
  pause(asked: number, seconds: number): Progress | undefined {
    if (asked === 0 || seconds === 0) return undefined
    const now = this.services.clock.now()
    const { resting } = this.kept
    const until = resting?.asked === asked ? resting.until : now + seconds * 1000
    return until > now ? again({ ...this.position, resting: { asked, until } }, { afterMs: until - now }) : undefined
  }

  private get kept(): Position {
    return (this.child.resource.cursor ?? {}) as Position
  }

  /** The fence of what the step asks for: last in a transaction, since it locks rows of the parent. */
  async check(tx: Transaction): Promise<void> {
    const { stack, revision } = this.operation
    if (!(await stacks.stepCurrent(tx, stack.id, revision, this.child.resource.id))) throw new StepOver()
  }

  /** Asks for something. @throws ResourceFailure if the step may not any more. */
  async ask(what: () => Promise<unknown>): Promise<void> {
    try {
      await what()
    } catch (error) {
      throw error instanceof StepOver ? this.aborted() : error
    }
  }

  /** Asks for an operation and waits for its end; on an engine that does not overlap, until that may be asked for. */
  async askAndWait(what: () => Promise<unknown>, position = this.position): Promise<Progress> {
    try {
      await this.ask(what)
      return this.wait(position)
    } catch (error) {
      // Steps of an operation that was cancelled there are still awaited.
      if (HearthError.is(error) && error.type === 'ActionInProgress') return this.retry(position)
      throw error
    }
  }

  wait(position = this.position): Progress {
    // The operation's own deadline comes first, and ends the wait.
    const deadline = new Date(this.services.clock.now() + this.operation.timeoutSeconds * 1000)
    return again(position, { on: 'child-stack', deadline })
  }

  retry(position = this.position): Progress {
    return again(position, { afterMs: busyMs })
  }

  /**
   * Ends what a child was found in; it says so itself when it has ended. What cannot be cancelled is waited for, and so is
   * what was asked for since.
   */
  async stop(found: StackRow): Promise<void> {
    if (found.action !== 'CREATE' && found.action !== 'UPDATE') return
    try {
      await cancelOperation(this.services, this.callerFor(found), found.id, 'cancel_without_rollback', found.revision)
    } catch (error) {
      const now = await this.find()
      if (now?.status === 'IN_PROGRESS' && now.revision === found.revision) throw error
    }
  }

  /** The child has as long as its parent has left. */
  async secondsLeft(most = Number.POSITIVE_INFINITY): Promise<number> {
    const { action, stack, timeoutSeconds } = this.operation
    if (action === 'ROLLBACK') return Math.min(most, timeoutSeconds)
    return Math.min(most, Math.max(1, timeoutSeconds - (await stacks.elapsed(this.services.db, stack.id))))
  }
}
