import { resources, type StackRow, stacks } from '@hearth/db'
import * as errors from '../errors.js'
import { Change } from '../resource/rows/change.js'
import { incarnationOf, stillUntouched } from '../resource/rows/incarnation.js'
import { currentKnownAs } from './read/current.js'
import type { StackServices } from './services.js'
import { refOf } from './records.js'

export interface Health {
  readonly unhealthy: boolean
  /** Absent: Heat's. */
  readonly reason?: string
}

const plainReason = 'state changed by resource_mark_unhealthy api'

/**
 * Says of a resource that it is not well, so that the next update replaces it; or takes that back.
 * @param known its name or its physical id.
 * @throws ActionInProgress if somebody is, or will be, at work on it.
 */
export async function markUnhealthy(
  services: StackServices,
  stack: StackRow,
  known: string,
  { unhealthy, reason = plainReason }: Health,
): Promise<void> {
  const { db, engines, secrets } = services
  const { row } = await currentKnownAs(services, stack, known)
  await db.transaction(async tx => {
    // Nothing new is accepted for the stack while it is locked, and a step that is over has left its node.
    const now = await stacks.lock(tx, stack.id)
    if (now === undefined || now.deletedAt !== null) throw errors.entityNotFound('Stack', stack.name)
    const engine = engines.of(now)
    // Also on one that it replaces: which of them is the resource must not change before the last of its steps.
    const incarnations = await resources.named(tx, [{ stackId: stack.id, name: row.name }])
    const ids = new Set(incarnations.map(({ id }) => id))
    const busy = (await engine.nodes(refOf(now), tx)).some(({ resource }) => ids.has(resource))
    const locked = !engine.overlapping && now.status === 'IN_PROGRESS'
    if (busy || locked) throw errors.actionInProgress(now.name, now.action)
    const fresh = await resources.lock(tx, row.id)
    if (fresh === undefined || fresh.action === 'DELETE') return
    const incarnation = incarnationOf(fresh, secrets)
    const status = unhealthy ? 'FAILED' : 'COMPLETE'
    if (!unhealthy && !(fresh.action === 'CHECK' && fresh.status === 'FAILED')) return
    const change = new Change(incarnation, refOf(stack)).set(stillUntouched(incarnation))
    // A plan that was made for a stack at rest, before it is accepted, was made without this. Else no plan is made beforehand.
    if (now.status !== 'IN_PROGRESS') await stacks.update(tx, stack.id, { bumpRevision: true })
    await resources.write(tx, [change.enter('CHECK', status, reason).toWrite(secrets)])
  })
}
