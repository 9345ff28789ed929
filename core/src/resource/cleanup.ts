import type { Prepared } from '../plugin/index.js'
import type { Loaded } from './batch.js'
import { fail } from './call.js'
import { Change } from './rows/change.js'
import type { Removal } from './children.js'
import { noSnapshot, typeUnavailable } from './failure.js'
import { untouched } from './rows/incarnation.js'
import type { LifecycleParts } from './lifecycle.js'
import { shownProperties } from './secrets/shown.js'
import { instant, prepareStep } from './step.js'

/** Deletes an incarnation that is no longer the resource of its name; keeps one that is. */
export function prepareCleanup(loaded: Loaded, parts: LifecycleParts): Prepared {
  const { task, incarnation, definition, find } = loaded
  const start = (): Change => new Change(incarnation, task.operation.stack)
  const only = (change?: Change): Prepared =>
    instant(task, () => ({ end: { kind: 'done' }, ...(change === undefined ? {} : { change }) }))

  // What has begun to delete it goes on, whatever has become of its replacement meanwhile: nobody knows what is left of it.
  const begun = incarnation.action === 'DELETE' && incarnation.status === 'IN_PROGRESS'
  const current = definition.resources.has(incarnation.name) && find(incarnation.name)?.id === incarnation.id
  if (current && !begun) return only()
  if (untouched(incarnation)) return only(start().remove())

  const type = parts.types.find(incarnation.type)
  // The last event of its name may be that of its replacement.
  const shown =
    type === undefined ? null : shownProperties(type.properties, incarnation.properties, incarnation.kept?.properties)
  const begin = start().enter('DELETE', 'IN_PROGRESS', undefined, shown)
  const over = (change: Change): Change => change.report('DELETE', 'COMPLETE', 'state changed').remove()
  const deleted = (change: Change): Change =>
    type?.forgets === undefined
      ? over(change)
      : over(change).forget(other => type.forgets?.(incarnation, other) === true)
  const policy = incarnation.deletionPolicy
  const isStack = type?.children !== undefined
  // What an adoption has only begun to look at may be somebody else's.
  const foreign = !isStack && incarnation.action === 'ADOPT' && incarnation.status !== 'COMPLETE'
  const kept = foreign || policy === 'Retain' || policy === 'Forget'
  // There is nothing to keep of what was never there.
  const member = policy === 'Snapshot' && incarnation.physicalId !== null ? 'snapshotDelete' : 'delete'
  if (!kept && member === 'snapshotDelete' && type !== undefined && type.snapshotDelete === undefined) {
    return instant(task, () => fail(begin, 'DELETE', noSnapshot(incarnation)))
  }
  // A type whose plugin is gone cannot be asked to delete: that must not look like success.
  if (type === undefined && !kept && incarnation.physicalId !== null) {
    return instant(task, () => fail(begin, 'DELETE', typeUnavailable(incarnation)))
  }
  if (type === undefined || (!isStack && (kept || type[member] === undefined)))
    return only(kept ? over(begin) : deleted(begin))
  return prepareStep({
    loaded,
    parts,
    type,
    member,
    action: 'DELETE',
    begin,
    key: 'delete',
    inside: isStack ? child => parts.children.remove(child, removalBy(policy)) : undefined,
    finish: (_progress, change) => ({ end: { kind: 'done' }, change: deleted(change) }),
  })
}

/** What becomes of the stack inside. */
function removalBy(policy: string | null): Removal {
  if (policy === 'Forget') return 'forget'
  return policy === 'Retain' ? 'keep' : 'delete'
}
