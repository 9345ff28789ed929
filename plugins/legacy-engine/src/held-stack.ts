import {
  type GivenUp,
  lockStack,
  type OperationEnd,
  type Plan,
  type PlanOperation,
  settle,
  type Transaction,
} from '@hearth/core/plugin'
import type { RunParts } from './run-parts.js'
import { clearCancel, freeLock, goOn, type Lock, peekLock, readLock, type Request } from './sql/lock.js'

/** The lock is no longer this process's: nothing is written any more. */
export class LockLost extends Error {}

/** A stack whose lock this process owns: what a run says of it in rows, each time under that fence. */
export class HeldStack {
  constructor(
    readonly id: string,
    private readonly parts: RunParts,
  ) {}

  /**
   * Ends an operation: its outcome, and in the same lock the operation that follows.
   * @param parked resources whose steps have nothing under way that could be aborted: a timeout ends them here.
   * @param after the commit, if it has.
   */
  settle(
    operation: PlanOperation,
    end: OperationEnd,
    parked: readonly string[],
    after: () => void,
  ): Promise<{ readonly operation: PlanOperation; readonly plan: Plan } | undefined> {
    return this.parts.db.transaction(async tx => {
      const { request } = await this.own(tx)
      if (end.kind === 'timeout') await this.stop(parked, 'timeout', after, tx)
      const following = await settle(operation, end, this.parts, tx)
      await this.goOn(following?.operation ?? operation, request?.kind === 'follow' ? request : null, tx)
      return following
    })
  }

  /** A delete came on top, and takes the operation's place; what is parked ends here. @returns the newest delete. */
  follow(operation: PlanOperation, parked: readonly string[], after: () => void): Promise<PlanOperation> {
    return this.parts.db.transaction(async tx => {
      const { request } = await this.own(tx)
      const newest = request?.kind === 'follow' ? request.operation : operation
      await this.stop(parked, 'cancelled', after, tx)
      await this.goOn(newest, null, tx)
      return newest
    })
  }

  /** Steps of these resources end here. @param after the commit. */
  async giveUp(resources: readonly string[], why: GivenUp, after: () => void): Promise<void> {
    await this.parts.db.transaction(async tx => {
      await this.own(tx)
      await this.stop(resources, why, after, tx)
    })
  }

  /** @returns the request that came at the last moment; undefined if the stack is free now, null if it is not. */
  async free(): Promise<Request | null | undefined> {
    const freed = await this.parts.db.query(freeLock, [this.id, this.parts.worker()])
    if (freed.length > 0) return undefined
    const [lock] = await this.parts.db.query<Lock>(peekLock, [this.id])
    return this.owned(lock).request
  }

  /** A cancel that found nothing to stop is answered. */
  async clearCancel(): Promise<void> {
    await this.parts.db.query(clearCancel, [this.id, this.parts.worker()])
  }

  private async own(tx: Transaction): Promise<Lock> {
    await tx.query(lockStack, [this.id])
    const [lock] = await tx.query<Lock>(readLock, [this.id])
    return this.owned(lock)
  }

  private owned(lock: Lock | undefined): Lock {
    if (lock === undefined || lock.owner !== this.parts.worker()) throw new LockLost()
    return lock
  }

  private async goOn(operation: PlanOperation, request: Request | null, tx: Transaction): Promise<void> {
    await tx.query(goOn, [this.id, JSON.stringify(operation), request === null ? null : JSON.stringify(request)])
  }

  private async stop(resources: readonly string[], why: GivenUp, after: () => void, tx: Transaction): Promise<void> {
    if (resources.length === 0) return
    await this.parts.lifecycle.giveUp(resources, why, tx)
    // Not before the commit: a transaction that met another one runs again.
    tx.afterCommit(after)
  }
}
