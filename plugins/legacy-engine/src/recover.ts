import {
  type Database,
  type GivenUp,
  isPassing,
  type Lifecycle,
  lockStack,
  type Logger,
  type OperationEnd,
  type Pauses,
  type Outcome,
  type PlanOperation,
  type Plans,
  settle,
  type StackRef,
  type Transaction,
} from '@hearth/core/plugin'
import {
  dropLock,
  handOn,
  type Lock,
  lockUnlocked,
  type Request,
  readLock,
  unfinished,
  unlocked,
  untaken,
} from './sql/lock.js'

export interface RecoverParts {
  readonly db: Database
  readonly lifecycle: Lifecycle
  readonly outcome: Outcome
  readonly plans: Plans
}

/**
 * Ends the operation of an owner that is gone: its stack and the resources it was at work on become FAILED. What was
 * accepted on top of it is not lost: any worker takes a delete, or the rollback that a cancel asked for.
 */
export async function endOrphan(stack: string, owner: string, parts: RecoverParts): Promise<boolean> {
  const { db, lifecycle } = parts
  return db.transaction(async tx => {
    await tx.query(lockStack, [stack])
    const [lock] = await tx.query<Lock>(readLock, [stack])
    if (lock === undefined || lock.owner !== owner) return false
    const { operation, request } = lock
    await giveUpUnfinished(stack, { reason: `Engine went down during stack ${operation.action}` }, lifecycle, tx)
    if (request?.kind === 'follow') await goOn(stack, request.operation, tx)
    else await settleAndGoOn(operation, endOf(request, { kind: 'crashed' }), parts, tx)
    return true
  })
}

/**
 * Ends what no worker has taken while it had time: time goes by also for what waits until somebody has room for it, or
 * until there is anybody at all. One that cannot be ended holds up no other.
 */
export async function endAllUntaken(parts: RecoverParts & { readonly log: Logger }, pauses: Pauses): Promise<void> {
  for (const { stack } of await parts.db.query<Pick<Lock, 'stack'>>(untaken)) {
    if (!pauses.isOver(stack)) continue
    try {
      if (await endUntaken(stack, parts))
        parts.log.warn({ stack }, 'legacy: an operation was over before a worker had room for it')
      pauses.end(stack)
    } catch (error) {
      // Without the database nothing goes.
      if (isPassing(error)) throw error
      pauses.begin(stack)
      parts.log.error({ err: error, stack }, 'legacy: an operation that is over could not be ended; it is tried again')
    }
  }
}

/**
 * Ends an operation that no worker has taken while it had time. What follows on it, a rollback or nothing, has time of its own.
 * @returns whether there was anything to end.
 */
async function endUntaken(stack: string, parts: RecoverParts): Promise<boolean> {
  return parts.db.transaction(async tx => {
    await tx.query(lockStack, [stack])
    const [lock] = await tx.query<Lock>(readLock, [stack])
    if (lock === undefined || lock.owner !== null) return false
    const { request, ageMs } = lock
    const operation = request?.kind === 'follow' ? request.operation : lock.operation
    if (ageMs < operation.timeoutSeconds * 1000) return false
    await giveUpUnfinished(stack, 'timeout', parts.lifecycle, tx)
    await settleAndGoOn(operation, endOf(request, { kind: 'timeout' }), parts, tx)
    return true
  })
}

/** The stack is free, or any worker's who takes the operation that follows. */
async function goOn(stack: string, next: PlanOperation | undefined, tx: Transaction): Promise<void> {
  if (next === undefined) await tx.query(dropLock, [stack])
  else await tx.query(handOn, [stack, JSON.stringify(next)])
}

/** A cancel that nobody has answered yet says how the operation ends, and not what has happened to it. */
const endOf = (request: Request | null, happened: OperationEnd): OperationEnd =>
  request?.kind === 'cancel' ? { kind: 'cancelled', rollback: request.rollback } : happened

/** Ends the operation, and goes on with the rollback that may follow. */
async function settleAndGoOn(
  operation: PlanOperation,
  end: OperationEnd,
  parts: RecoverParts,
  tx: Transaction,
): Promise<void> {
  await goOn(operation.stack.id, (await settle(operation, end, parts, tx))?.operation, tx)
}

interface Unlocked extends StackRef {
  readonly action: PlanOperation['action']
  readonly revision: number
  readonly template: string
  readonly previous: string | null
}

/**
 * Ends operations whose lock is gone: a stack never stays IN_PROGRESS with nobody at work on it. One that cannot be
 * ended holds up no other.
 */
export async function endUnlocked(parts: RecoverParts & { readonly log: Logger }): Promise<void> {
  for (const found of await parts.db.query<Unlocked>(unlocked)) {
    try {
      await endIfUnlocked(found, parts)
    } catch (error) {
      // Without the database nothing goes.
      if (isPassing(error)) throw error
      parts.log.error({ err: error, stack: found.id }, 'legacy: a stack that nobody holds could not be ended')
    }
  }
}

async function endIfUnlocked(found: Unlocked, { db, lifecycle, outcome }: RecoverParts): Promise<void> {
  const { id, rootId, project, name, ...rest } = found
  const stack = { id, rootId, project, name }
  const operation: PlanOperation = {
    kind: 'plan',
    id,
    stack,
    ...rest,
    rollback: false,
    timeoutSeconds: 0,
    underway: 'await',
  }
  await db.transaction(async tx => {
    if ((await tx.query(lockUnlocked, [id, rest.revision])).length === 0) return
    if ((await tx.query<Lock>(readLock, [id])).length > 0) return
    await giveUpUnfinished(id, { reason: `Engine went down during stack ${rest.action}` }, lifecycle, tx)
    await outcome.settle(operation, { kind: 'crashed' }, tx)
  })
}

async function giveUpUnfinished(stack: string, why: GivenUp, lifecycle: Lifecycle, tx: Transaction): Promise<void> {
  const left = await tx.query<{ id: string }>(unfinished, [stack])
  if (left.length > 0)
    await lifecycle.giveUp(
      left.map(({ id }) => id),
      why,
      tx,
    )
}
