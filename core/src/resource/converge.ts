import { randomUUID } from 'node:crypto'
import type { JsonMap, Prepared, ResourceType, StepResult } from '../plugin/index.js'
import type { Loaded } from './batch.js'
import { type Call, callStep, fail, kept } from './call.js'
import { Change } from './change.js'
import { type Decision, decide, differences } from './decide.js'
import { digestOf } from './digest.js'
import { failureReason, typeUnavailable } from './failure.js'
import type { LifecycleParts } from './lifecycle.js'
import { shownProperties } from './shown.js'
import { type Resolved, resolveWanted } from './wanted.js'

/** Decides one resource with real values and prepares the step that follows. */
export function prepareConverge(loaded: Loaded, parts: LifecycleParts): Prepared {
  const { task, incarnation, definition } = loaded
  const resource = definition.resources.get(incarnation.name)
  const fresh = incarnation.action === 'INIT' || incarnation.action === 'CREATE'
  const action = fresh ? 'CREATE' : 'UPDATE'
  const start = (): Change => new Change(incarnation, task.operation.stack)
  const broken = (reason: string): Prepared =>
    instant(task, () => fail(start().enter(action, 'IN_PROGRESS'), action, reason))

  if (resource === undefined) return instant(task, () => ({ end: { kind: 'done' } }))
  const type = parts.types.find(resource.type)
  if (type === undefined) {
    return broken(typeUnavailable(resource))
  }
  let wanted: Resolved
  try {
    wanted = resolveWanted(resource, type, loaded.scope, 'Properties')
  } catch (error) {
    return broken(failureReason(error, incarnation.name, parts.log))
  }
  const decision = underWay(loaded, wanted) ?? decide(type, incarnation, wanted)
  return follow(decision, { loaded, parts, type, wanted, start })
}

/** An update that left a cursor goes on, whatever it has already changed. */
function underWay({ incarnation }: Loaded, wanted: Resolved): Decision | undefined {
  if (incarnation.action !== 'UPDATE' || incarnation.status !== 'IN_PROGRESS' || incarnation.cursor === null)
    return undefined
  return { do: 'update', changed: differences(incarnation.properties, wanted.properties).certain, or: [] }
}

interface Context {
  readonly loaded: Loaded
  readonly parts: LifecycleParts
  readonly type: ResourceType
  readonly wanted: Resolved
  readonly start: () => Change
}

function follow(decision: Decision, context: Context): Prepared {
  const { loaded, start } = context
  const { task, incarnation } = loaded
  switch (decision.do) {
    case 'nothing':
      return instant(task, () =>
        incarnation.template === task.operation.template
          ? { end: { kind: 'done' } }
          : { end: { kind: 'done' }, change: settle(start(), context) },
      )
    case 'recover':
      return instant(task, () => ({
        end: { kind: 'done' },
        change: settle(
          start().enter(
            incarnation.action,
            'COMPLETE',
            `Update status to COMPLETE for ${decision.from} resource neither update nor replace.`,
          ),
          context,
        ),
      }))
    case 'refuse':
      return instant(task, () =>
        fail(
          start().enter('UPDATE', 'IN_PROGRESS'),
          'UPDATE',
          `NotSupported: resources.${incarnation.name}: ${decision.message}`,
        ),
      )
    case 'replace':
      return instant(task, () => replaceBy(start(), decision.announce, context))
    case 'create':
      return step('create', 'CREATE', [], context)
    case 'update':
      return step('update', 'UPDATE', decision.changed, context)
  }
}

function step(
  member: 'create' | 'update',
  action: 'CREATE' | 'UPDATE',
  changed: readonly string[],
  context: Context,
): Prepared {
  const { loaded, parts, type, wanted, start } = context
  const { task, incarnation } = loaded
  const properties = wanted.properties as JsonMap
  const call: Call = {
    task,
    type,
    member,
    action,
    idempotencyKey:
      member === 'create'
        ? `${incarnation.id}:create`
        : `${incarnation.id}:update:${digestOf(properties).slice(0, 22)}`,
    properties,
    changed,
    signals: incarnation.signals,
    resource: { id: incarnation.id, name: incarnation.name, type: incarnation.type },
    now: parts.now,
    log: parts.log,
  }
  const shown = shownProperties(type.properties, properties)
  // Until it has ended it may lean on what it leant on before, and on what it will: neither goes before it.
  const requires = [...new Set([...(incarnation.requires ?? []), ...requiresOf(loaded)])]
  const begin = start()
    .enter(action, 'IN_PROGRESS', undefined, action === 'CREATE' ? shown : null)
    .set({ metadata: wanted.metadata as JsonMap, requires })
  const began = begin.now
  // A step without outside effects is written once: both its states and events together.
  const effectless = type.effectless === true || type[member] === undefined
  const fork = (): Change => new Change(incarnation, task.operation.stack, began)
  const resumed = incarnation.action === action && incarnation.status === 'IN_PROGRESS'
  return {
    task,
    effectless,
    ...(effectless || resumed ? {} : { begin }),
    run: (signal, save) =>
      callStep(call, effectless ? begin : fork(), signal, save, fork, (progress, change) => {
        if (progress.kind === 'replace') return replaceBy(change, 'short', context)
        change.set({ ...kept(progress), properties })
        change.enter(action, 'COMPLETE', undefined, action === 'UPDATE' ? shown : null)
        return { end: { kind: 'done' }, change: settle(change, context) }
      }),
  }
}

/** The incarnations that its definition leans on. */
const requiresOf = ({ definition, incarnation, find }: Loaded): string[] =>
  (definition.resources.get(incarnation.name)?.requires ?? []).flatMap(name => find(name)?.id ?? [])

/** What a row says once it stands as its definition wants it. */
function settle(change: Change, { loaded, wanted }: Context): Change {
  const { task, definition, incarnation } = loaded
  const resource = definition.resources.get(incarnation.name)
  return change.set({
    metadata: wanted.metadata as JsonMap,
    template: task.operation.template,
    requires: requiresOf(loaded),
    digest: wanted.digest ?? null,
    deletionPolicy: resource?.deletionPolicy ?? 'Delete',
    cursor: null,
  })
}

/** The node goes on with a new incarnation; the old row stays until its cleanup. */
function replaceBy(
  change: Change,
  announce: 'short' | 'long' | undefined,
  { loaded, type, wanted }: Context,
): StepResult {
  const { task, incarnation } = loaded
  const row = {
    id: randomUUID(),
    stackId: task.operation.stack.id,
    rootId: task.operation.stack.rootId,
    name: incarnation.name,
    type: wanted.type,
    replaces: incarnation.id,
  }
  if (announce !== undefined) {
    const { id, name } = task.operation.stack
    const what =
      announce === 'short'
        ? incarnation.name
        : `${type.className} "${incarnation.name}" [${incarnation.physicalId}] Stack "${name}" [${id}]`
    change
      .enter('UPDATE', 'IN_PROGRESS')
      .enter('UPDATE', 'COMPLETE', `The Resource ${what} requires replacement.`)
      .set({ cursor: null })
  }
  return { end: { kind: 'replaced', resource: row.id }, change: change.insert(row) }
}

/** A step that only writes. */
function instant(task: Prepared['task'], result: () => StepResult): Prepared {
  return { task, effectless: true, run: async () => result() }
}
