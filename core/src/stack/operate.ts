import { type StackRow, stacks } from '@hearth/db'
import * as errors from '../errors.js'
import type { PlanOperation, Transaction } from '../plugin/index.js'
import { cancelSnapshot } from './data/end-snapshot.js'
import { leaveHooks } from './signal/hooks.js'
import { refOf, reportStack } from './records.js'
import type { StackServices } from './services.js'
import { startedReason } from './state.js'

/** Tries to change a stack that other daemons change at the same moment; requests to this one take turns. */
const mostTries = 20

export interface Asker {
  readonly key: string
  /** @throws when the step is no longer the one that may ask. */
  readonly check: (tx: Transaction) => Promise<void>
}

export interface Change {
  readonly operation: PlanOperation
  /** Columns of the stack that this operation sets, beside its state. */
  readonly patch: Parameters<typeof stacks.update>[2]
  /** The step of a parent's resource that asks for it, and its fence: checked after all else, since it locks the parent's
   *  rows. */
  readonly asker?: Asker
  /** Checked last of all. */
  readonly check?: (tx: Transaction) => Promise<void>
  /** Stores what the operation points at; `stack` is the row as it is now, locked. */
  readonly store: (tx: Transaction, stack: StackRow) => Promise<void>
}

/**
 * Accepts one operation on a stack that exists. `draft` runs without a lock, and again if another operation was accepted
 * meanwhile; requests that this happens to take turns. The rest is one transaction: the stack's state and event, and the
 * engine's own rows. Without a draft there is nothing to do.
 */
export async function operate(
  services: StackServices,
  stackId: string,
  draft: (stack: StackRow) => Promise<Change | undefined>,
): Promise<StackRow> {
  const first = await attempt(services, stackId, draft)
  if (first.accepted) return first.seen
  const late = (): Error => errors.actionInProgress(first.seen.name, first.seen.action)
  const again = async (): Promise<StackRow> => {
    for (let tries = 1; tries < mostTries; tries++) {
      const { accepted, seen } = await attempt(services, stackId, draft)
      if (accepted) return seen
    }
    throw late()
  }
  return services.turns.take(stackId, again, late)
}

/** Not accepted: the stack has changed since it was seen. */
async function attempt(
  services: StackServices,
  stackId: string,
  draft: (stack: StackRow) => Promise<Change | undefined>,
): Promise<{ readonly accepted: boolean; readonly seen: StackRow }> {
  const { db, engines } = services
  const seen = await stacks.find(db, stackId)
  if (seen === undefined || seen.deletedAt !== null) throw errors.entityNotFound('Stack', seen?.name ?? stackId)
  engines.of(seen)
  let change: Change | undefined
  try {
    change = await draft(seen)
  } catch (error) {
    // What it read of the stack, as its template, may have gone with the operation that was accepted meanwhile.
    if (error instanceof errors.HearthError) throw error
    if ((await stacks.find(db, stackId))?.revision === seen.revision) throw error
    return { accepted: false, seen }
  }
  if (change === undefined) return { accepted: true, seen }
  const accepted = await db.transaction(async tx => {
    const stack = await stacks.lock(tx, stackId)
    if (stack === undefined || stack.deletedAt !== null) throw errors.entityNotFound('Stack', seen.name)
    if (stack.revision !== seen.revision) return false
    await accept(services, stack, change, tx)
    return true
  })
  return { accepted, seen }
}

async function accept(
  { engines, secrets }: StackServices,
  stack: StackRow,
  change: Change,
  tx: Transaction,
): Promise<void> {
  const { action } = change.operation
  await change.store(tx, stack)
  if (stack.action === 'SNAPSHOT' && stack.status === 'IN_PROGRESS') await cancelSnapshot(tx, stack.id)
  await stacks.update(tx, stack.id, {
    ...change.patch,
    askedBy: change.asker?.key ?? null,
    action,
    status: 'IN_PROGRESS',
    statusReason: startedReason(action),
    touch: true,
    bumpRevision: true,
  })
  await reportStack(tx, refOf(stack), action, 'IN_PROGRESS', startedReason(action))
  await engines.accept(stack.engine, change.operation, tx)
  if (stack.status === 'IN_PROGRESS') await leaveHooks(tx, refOf(stack), secrets)
  await change.asker?.check(tx)
  await change.check?.(tx)
}
