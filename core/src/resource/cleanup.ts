import type { Prepared } from '../plugin/index.js'
import type { Loaded } from './batch.js'
import { callStep, fail } from './call.js'
import { Change } from './change.js'
import { noSnapshot, typeUnavailable } from './failure.js'
import { untouched } from './incarnation.js'
import type { LifecycleParts } from './lifecycle.js'
import { shownProperties } from './shown.js'

/** Deletes an incarnation that is no longer the resource of its name; keeps one that is. */
export function prepareCleanup(loaded: Loaded, parts: LifecycleParts): Prepared {
  const { task, incarnation, definition, find } = loaded
  const start = (): Change => new Change(incarnation, task.operation.stack)
  const only = (change?: Change): Prepared => ({
    task,
    effectless: true,
    run: async () => ({ end: { kind: 'done' }, ...(change === undefined ? {} : { change }) }),
  })

  if (definition.resources.has(incarnation.name) && find(incarnation.name)?.id === incarnation.id) return only()
  if (untouched(incarnation)) return only(start().remove())

  const type = parts.types.find(incarnation.type)
  // The last event of its name may be that of its replacement.
  const shown = type === undefined ? null : shownProperties(type.properties, incarnation.properties)
  const begin = start().enter('DELETE', 'IN_PROGRESS', undefined, shown)
  const policy = incarnation.deletionPolicy
  const kept = policy === 'Retain' || policy === 'Forget'
  // There is nothing to keep of what was never there.
  const member = policy === 'Snapshot' && incarnation.physicalId !== null ? 'snapshotDelete' : 'delete'
  if (!kept && member === 'snapshotDelete' && type !== undefined && type.snapshotDelete === undefined) {
    return { task, effectless: true, run: async () => fail(begin, 'DELETE', noSnapshot(incarnation)) }
  }
  if (kept || (type?.[member] === undefined && type?.children === undefined)) {
    // A type whose plugin is gone cannot be asked to delete: that must not look like success.
    if (type === undefined && !kept && incarnation.physicalId !== null) {
      return { task, effectless: true, run: async () => fail(begin, 'DELETE', typeUnavailable(incarnation)) }
    }
    return only(begin.report('DELETE', 'COMPLETE', 'state changed').remove())
  }
  const fork = begin.forks()
  const effectless = type.effectless === true
  const resumed = incarnation.action === 'DELETE' && incarnation.status === 'IN_PROGRESS'
  return {
    task,
    effectless,
    ...(effectless || resumed ? {} : { begin }),
    run: (signal, save) =>
      callStep(
        {
          task,
          type,
          ...(type.children === undefined
            ? {}
            : { step: () => parts.children.remove({ task, resource: incarnation }) }),
          member,
          action: 'DELETE',
          idempotencyKey: `${incarnation.id}:delete`,
          properties: incarnation.properties,
          changed: [],
          incarnation,
          now: parts.now,
          signalUrls: parts.signalUrls,
          isOver: parts.isOver,
          log: parts.log,
        },
        effectless ? begin : fork(),
        signal,
        save,
        fork,
        (_progress, change) => ({
          end: { kind: 'done' },
          change: change.report('DELETE', 'COMPLETE', 'state changed').remove(),
        }),
      ),
  }
}
