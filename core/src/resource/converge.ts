import { type JsonMap, type Prepared, ResourceFailure, type ResourceType } from '../plugin/index.js'
import type { Loaded } from './batch.js'
import { splitAdopted } from './rows/adopted.js'
import { fail, failed } from './call.js'
import { Change, type State } from './rows/change.js'
import type { Way } from './children.js'
import { type Decision, decide, differences } from './decide.js'
import { deletionPolicyOf, leansOnAll, requiredOf, requiresOf } from './defined.js'
import { digestOf } from './digest.js'
import { failureReason, typeUnavailable } from './failure.js'
import { hiddenNames } from './secrets/hidden.js'
import { keptSecrets } from './secrets/kept-secrets.js'
import { untouched } from './rows/incarnation.js'
import type { BatchParts } from './lifecycle.js'
import type { NamedChecks } from './properties/named-constraints.js'
import { physicalName } from './physical-name.js'
import type { RestrictedAction } from '../template/index.js'
import { shownProperties } from './secrets/shown.js'
import { keep } from './keep.js'
import { replaceBy } from './replace-by.js'
import { restrict } from './restrict.js'
import { checkStorable } from './properties/storable.js'
import { instant, prepareStep } from './step.js'
import { secretTexts } from './secrets/secret-texts.js'
import { checkByType } from './properties/type-checks.js'
import { type Resolved, resolveWanted } from './wanted.js'
import { wayThrough } from './way.js'

/** Decides one resource with real values and prepares the step that follows. */
export function prepareConverge(loaded: Loaded, parts: BatchParts): Prepared {
  const { task, incarnation, definition } = loaded
  const resource = definition.resources.get(incarnation.name)
  const fresh = untouched(incarnation) || incarnation.action === 'CREATE'
  const adopts =
    task.operation.action === 'ADOPT' || (incarnation.action === 'ADOPT' && incarnation.status !== 'COMPLETE')
  const action = adopts ? 'ADOPT' : fresh ? 'CREATE' : 'UPDATE'
  const start = (): Change => new Change(incarnation, task.operation.stack)
  const broken = (reason: string): Prepared =>
    instant(task, () => fail(start().enter(action, 'IN_PROGRESS'), action, reason))

  if (resource === undefined) return instant(task, () => ({ end: { kind: 'done' } }))
  const type = definition.typeOf(resource.name)
  if (type === undefined) {
    return broken(typeUnavailable(resource))
  }
  const wantedBy = (checks: NamedChecks): Resolved => resolveWanted(resource, type, loaded.scope, 'Properties', checks)
  let unanswered = false
  let wanted: Resolved
  try {
    wanted = wantedBy(parts.constraints.noting(() => (unanswered = true)))
  } catch (error) {
    return broken(failureReason(error, incarnation.name, parts.log))
  }
  const restricted = definition.registry.restrictedActionsOf(incarnation.name)
  const decision = restrict(underWay(loaded, wanted) ?? decide(type, incarnation, wanted), restricted)
  if (decision.do === 'create' && action === 'ADOPT') {
    return broken(`Exception: resources.${incarnation.name}: Resource ID was not provided.`)
  }
  try {
    checkStorable('properties', wanted.properties, hiddenOf(type, wanted))
    if (!wanted.tellsSecrets) checkStorable('metadata', wanted.metadata)
    // When the template was checked, not everything was known.
    if (decision.do === 'create' || decision.do === 'update') {
      const { timeoutSeconds } = task.operation
      checkByType(
        type,
        { ...wanted.properties },
        {
          name: incarnation.name,
          timeoutSeconds,
          updatePolicy: wanted.updatePolicy,
        },
      )
    }
  } catch (error) {
    return broken(failureReason(error, incarnation.name, parts.log, secretsOf(loaded, type, wanted)))
  }
  const ask = async (): Promise<void> => void (await parts.constraints.answered(wantedBy))
  return follow(decision, { loaded, parts, type, wanted, start, ...(unanswered ? { ask } : {}) })
}

/** Names of properties that are kept encrypted. */
function hiddenOf(type: ResourceType, { secret }: Resolved): readonly string[] {
  const hidden = hiddenNames(type.properties)
  return secret.length === 0 ? hidden : union(hidden, secret)
}

/** What no message of a type tells. */
const secretsOf =
  ({ definition }: Loaded, type: ResourceType, { properties, secret }: Resolved) =>
  (): string[] => [...definition.parameters.secretTexts(), ...secretTexts(type.properties, properties, secret)]

/** An update that left a cursor goes on, whatever it has already changed. */
function underWay({ incarnation }: Loaded, wanted: Resolved): Decision | undefined {
  if (incarnation.action !== 'UPDATE' || incarnation.status !== 'IN_PROGRESS' || incarnation.cursor === null)
    return undefined
  return { do: 'update', changed: differences(incarnation.properties, wanted.properties).certain, or: [] }
}

interface Context {
  readonly loaded: Loaded
  readonly parts: BatchParts
  readonly type: ResourceType
  readonly wanted: Resolved
  readonly start: () => Change
  /** Asks constraints that had no answer yet. @throws HearthError for what they refuse. */
  readonly ask?: () => Promise<void>
}

function follow(decision: Decision, context: Context): Prepared {
  const { loaded, start } = context
  const { task, incarnation } = loaded
  switch (decision.do) {
    case 'nothing':
      return instant(task, () =>
        incarnation.template === task.operation.template && leansOnAll(incarnation, requiredOf(loaded))
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
    case 'restrict':
      return instant(task, () => ({
        ...failed('UPDATE', restrictedReason(decision.action, context)),
        // The event says so; the resource is as good as it was.
        change: start().report('UPDATE', 'FAILED', `${decision.action} is restricted for resource.`),
      }))
    case 'replace':
      return instant(task, () => replaceBy(start(), decision.announce, context))
    case 'create':
      return step('create', context)
    case 'update':
      return step('update', context, { changed: decision.changed })
    case 'adopt':
      return step('adopt', context, {
        begin: {
          physicalId: decision.physicalId,
          externalId: context.wanted.externalId,
          ...(context.type.children === undefined ? { data: splitAdopted(incarnation.data).data } : {}),
        },
      })
    case 'check':
      return context.type.check === undefined
        ? instant(task, () => ({ end: { kind: 'done' }, change: unchecked(start(), context) }))
        : step('check', context)
  }
}

const actions = { create: 'CREATE', update: 'UPDATE', adopt: 'ADOPT', check: 'CHECK' } as const

const restrictedReason = (action: RestrictedAction, { loaded }: Context): string =>
  `ResourceActionRestricted: resources.${loaded.incarnation.name}: ${action} is restricted for resource.`

function step(
  member: keyof typeof actions,
  context: Context,
  { changed = [], begin: first = {} }: { changed?: readonly string[]; begin?: Partial<State> } = {},
): Prepared {
  const action = actions[member]
  const { loaded, parts, type, wanted, start, ask } = context
  const { incarnation } = loaded
  const properties = wanted.properties as JsonMap
  const checkSize = parts.sizes.checkOf(loaded)
  const { secret, tellsSecrets } = wanted
  const shown = shownProperties(type.properties, properties, secret)
  // Until it has ended it may lean on what it leant on before, and on what it will: neither goes before it.
  const requires = union(incarnation.requires ?? [], requiresOf(loaded))
  const begin = start()
    .enter(action, 'IN_PROGRESS', undefined, member === 'create' || member === 'adopt' ? shown : null)
    .set({ metadata: metadataOf(member, context), requires, ...first })
    .set({ hidden: hiddenOf(type, wanted), kept: keptSecrets(secret, tellsSecrets, keptBefore(context)) })
  // However a create ends, a delete of what it leaves knows what it was to be.
  if (member === 'create') begin.set({ properties })
  // What is to be retained is so from its beginning, too.
  if (member === 'create' || member === 'adopt') begin.set({ deletionPolicy: deletionPolicyOf(loaded) })
  // What stands outside is looked at once it is adopted: another call of the same node.
  const thenCheck = member === 'adopt' && wanted.externalId !== null
  const isStack = type.children !== undefined && wanted.externalId === null
  return prepareStep({
    loaded,
    parts,
    type,
    member,
    action,
    begin,
    key: `${member}${member === 'update' ? `:${digestOf(properties).slice(0, 22)}` : ''}`,
    properties,
    changed,
    updatePolicy: wanted.updatePolicy as JsonMap,
    required: () => requiredOf(loaded),
    inside: isStack ? (child, keep) => parts.children.reach(child, wayOf(member, context), keep) : undefined,
    before: async () => {
      await ask?.()
      await checkSize([properties, incarnation.attributes, incarnation.data])
    },
    claimed: ask !== undefined || (thenCheck && type.check !== undefined),
    finish: async (progress, change) => {
      if (progress.kind === 'replace') {
        if (wanted.externalId !== null)
          return fail(change, action, `Error: resources.${incarnation.name}: ${progress.because}`)
        return loaded.definition.registry.restrictedActionsOf(incarnation.name).includes('replace')
          ? fail(change, action, restrictedReason('replace', context))
          : replaceBy(change, 'short', context)
      }
      change.set({ properties })
      await keep(change, progress, type, checkSize)
      change.enter(action, 'COMPLETE', undefined, action === 'UPDATE' ? shown : null)
      if (!thenCheck) return { end: { kind: 'done' }, change: settle(change, context, member) }
      return type.check === undefined
        ? { end: { kind: 'done' }, change: unchecked(change, context) }
        : { end: { kind: 'again', afterMs: 0 }, change: settle(change, context) }
    },
  })
}

/** Until a step has ended, what the one before has left stays as it was kept. */
const keptBefore = ({ loaded, wanted }: Context): boolean =>
  wanted.tellsSecrets || loaded.incarnation.kept?.seals === true

const unchecked = (change: Change, context: Context): Change =>
  settle(change.enter('CHECK', 'COMPLETE', `CHECK not supported for ${context.type.name}`), context)

/** What was adopted keeps the metadata that it came with. */
function metadataOf(member: keyof typeof actions | undefined, { loaded, wanted }: Context): JsonMap {
  const { metadata } = loaded.incarnation
  return member === 'adopt' && Object.keys(metadata).length > 0 ? metadata : (wanted.metadata as JsonMap)
}

/** The way of its stack: what is done instead of a call of the type. */
function wayOf(member: keyof typeof actions, context: Context): Way {
  const { loaded, parts, type, wanted } = context
  const { task, incarnation, definition } = loaded
  const properties = wanted.properties as JsonMap
  const { data, inside: adopt } = splitAdopted(incarnation.data)
  if (member === 'adopt' && adopt === undefined && incarnation.child === undefined) {
    throw new ResourceFailure('The data of its stack was not provided.', 'Exception')
  }
  return wayThrough(type, {
    content: template => definition.contentOf(incarnation.name, template, wanted.facade, parts.maxTemplateSize()),
    wanted: {
      action: member === 'create' || member === 'adopt' ? 'create' : 'update',
      properties,
      updatePolicy: wanted.updatePolicy as JsonMap,
      stored: {
        ...incarnation,
        data,
        around: {
          name: physicalName(task.operation.stack.name, incarnation.name, incarnation.id),
          required: requiredOf(loaded),
        },
      },
      timeoutSeconds: task.operation.timeoutSeconds,
      seed: `${incarnation.id}:${task.operation.id}`,
    },
    adopt,
  })
}

const union = (some: readonly string[], others: readonly string[]): readonly string[] =>
  some.length === 0 ? others : [...new Set([...some, ...others])]

/** What a row says once it stands as its definition wants it. */
function settle(change: Change, context: Context, member?: keyof typeof actions): Change {
  const { loaded, wanted } = context
  return change.set({
    declaredType: wanted.declaredType,
    type: wanted.type,
    metadata: metadataOf(member, context),
    template: loaded.task.operation.template,
    requires: requiresOf(loaded),
    digest: wanted.digest ?? null,
    deletionPolicy: deletionPolicyOf(loaded),
    cursor: null,
  })
}
