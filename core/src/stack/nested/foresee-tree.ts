import { limits } from '@hearth/config'
import * as errors from '../../errors.js'
import type { ForeseenChange } from '../../plan/changes.js'
import { asUncertainAs, type Fate, fateOf, untold } from '../../plan/inside.js'
import type { Pieces } from '../../pieces.js'
import {
  aroundIn,
  checked,
  type Checking,
  defining,
  insideOf,
  type StackDefinition,
  within,
} from '../../template/index.js'
import { Unknown } from '../../plugin/schema.js'
import { carriesOn } from '../../resource/types.js'
import { nestingOf } from '../create.js'
import { type Aim, foreseeStacks } from '../foresee.js'
import type { StackServices } from '../services.js'

/** A stack that is there, or would be made, with what is foreseen of its resources. */
export interface ForeseenStack {
  readonly place: { readonly id: string | null; readonly name: string; readonly project: string }
  /** The resource that it is inside of, in the stack around. */
  readonly parentResource: string | undefined
  /** What it is to be. Undefined: it is to be deleted, or that cannot be told yet. */
  readonly definition: StackDefinition | undefined
  readonly changes: readonly ForeseenChange[]
  /** The stacks inside its resources, by name: two of one that is replaced, the old one first. */
  readonly inside: ReadonlyMap<string, readonly ForeseenStack[]>
  /** Resources of which cannot be told yet what their stack is to be. */
  readonly untold: ReadonlySet<string>
}

/** A stack that is still to be looked at. */
interface Open extends Aim {
  readonly name: string
  readonly parentResource: string | undefined
  /** How what is foreseen of it in place is to be read. */
  readonly read: (change: ForeseenChange) => ForeseenChange
}

interface Draft extends ForeseenStack {
  changes: readonly ForeseenChange[]
  readonly inside: Map<string, Draft[]>
  readonly untold: Set<string>
}

export interface TreeInput extends Aim {
  readonly name: string
  readonly project: string
  readonly depth: number
  readonly observe: boolean
  /** False: the root alone. */
  readonly nested: boolean
  /** Assume that nothing changes; see `QuietAssumption`. */
  readonly quiet?: boolean
  readonly timeoutSeconds: number
}

/**
 * What an operation would do with a stack and all that are nested in it, by the plans and decisions that it takes itself,
 * one level after the other: as many queries a level, however many stacks it has.
 * @throws HearthError where a stack inside would be refused, with the path to it.
 */
export async function foreseeTree(services: StackServices, input: TreeInput): Promise<ForeseenStack> {
  const { stack, definition, name, project, observe, nested, quiet = false } = input
  const open: Open = { stack, definition, name, parentResource: undefined, read: change => change }
  const root = draftOf(open, project)
  let seen = 0
  let level = [{ open, draft: root }]
  for (let { depth } = input; level.length > 0; depth++) {
    const found = await foreseeStacks(
      level.map(one => one.open),
      services.plans,
      { observe, quiet },
    )
    const below: typeof level = []
    for (const [index, { open, draft }] of level.entries()) {
      draft.changes = (found[index] ?? []).map(open.read)
      seen += open.definition?.resources.size ?? 0
      if (!nested) continue
      for (const [around, { inner, untold }] of await insidesOf(open, draft.changes, services, { ...input, depth })) {
        if (untold) draft.untold.add(around)
        const drafts = inner.map(one => ({ open: one, draft: draftOf(one, project) }))
        draft.inside.set(
          around,
          drafts.map(one => one.draft),
        )
        below.push(...drafts)
      }
    }
    checkCount(seen, services)
    level = below
  }
  return root
}

const draftOf = ({ stack, name, parentResource, definition }: Open, project: string): Draft => ({
  place: { id: stack?.id ?? null, name, project },
  parentResource,
  definition,
  changes: [],
  inside: new Map(),
  untold: new Set(),
})

/** All stacks of a tree, those around before those inside. */
export function* stacksOf(root: ForeseenStack): Generator<ForeseenStack> {
  yield root
  for (const within of root.inside.values()) for (const one of within) yield* stacksOf(one)
}

function checkCount(seen: number, { options }: StackServices): void {
  const most = options.get(limits.maxResourcesPerStack)
  if (most >= 0 && seen > most) throw errors.tooManyResources()
}

/** The stacks inside a resource, and whether it cannot be told yet what its stack is to be. */
interface Inside {
  readonly inner: readonly Open[]
  readonly untold: boolean
}

const insidesOf = (
  around: Open,
  changes: readonly ForeseenChange[],
  services: StackServices,
  input: TreeInput,
): Promise<Map<string, Inside>> =>
  checked(services.language, given => insides(around, changes, services, { ...input, ...given }), input.project)

/** A piece for each resource. */
function* insides(
  around: Open,
  changes: readonly ForeseenChange[],
  services: StackServices,
  input: Checked,
): Pieces<Map<string, Inside>> {
  const found = new Map<string, Inside>()
  for (const change of changes) {
    yield
    const one = yield* insideOne(around, change, services, input)
    if (one !== undefined) found.set(change.name, one)
  }
  return found
}

type Checked = TreeInput & Checking

/** Undefined: the resource has none. */
function* insideOne(
  around: Open,
  change: ForeseenChange,
  services: StackServices,
  input: Checked,
): Pieces<Inside | undefined> {
  const { name, kind, incarnation } = change
  const type = around.definition?.typeOf(name) ?? services.types.find(incarnation?.type ?? '')
  const isStack = type?.children !== undefined
  if (!isStack && incarnation?.child === undefined) return undefined
  // Its resource is no stack any more: then it goes.
  const gone = kind === 'deleted' || !isStack
  const wanted = gone ? undefined : yield* wantedOf(around, change, services, input)
  const aims = aimsOf({ stack: incarnation?.child, wanted, fate: fateOf(change), gone })
  const inner = aims.map(({ aim, read }): Open => {
    return { ...aim, name: aim.stack?.name ?? `${around.name}-${name}`, parentResource: name, read }
  })
  return { inner, untold: !gone && wanted === undefined }
}

/** What is to become of the stack that is there, and which one is made anew. */
function aimsOf({
  stack,
  wanted,
  fate,
  gone,
}: {
  readonly stack: Aim['stack']
  readonly wanted: StackDefinition | undefined
  readonly fate: Fate
  readonly gone: boolean
}): { readonly aim: Aim; readonly read: Open['read'] }[] {
  const uncertain = (change: ForeseenChange): ForeseenChange => asUncertainAs(fate, change)
  if (stack !== undefined && (gone || fate.inPlace)) {
    if (gone || wanted !== undefined) return [{ aim: { stack, definition: wanted }, read: uncertain }]
    return [{ aim: { stack }, read: untold }]
  }
  const old = stack === undefined ? [] : [{ aim: { stack }, read: uncertain }]
  return wanted === undefined ? old : [...old, { aim: { definition: wanted }, read: uncertain }]
}

const nothingStored = { attributes: {}, data: {} }
const unresolved = {
  properties: {},
  facade: { metadata: new Unknown(), deletion_policy: 'Delete', update_policy: new Unknown() },
}

function* wantedOf(
  { definition, name: around, stack }: Open,
  { name, foreseen, incarnation }: ForeseenChange,
  { types, options, language }: StackServices,
  { project, depth, timeoutSeconds, checks, allowance }: Checked,
): Pieces<StackDefinition | undefined> {
  const resource = definition?.resources.get(name)
  if (definition === undefined || resource === undefined) return undefined
  const { maxTemplateSize, ...nesting } = nestingOf(options, depth + 1)
  const resolved = foreseen?.resolved ?? unresolved
  // What another type has stored says nothing of this one's stack.
  const type = definition.typeOf(name)
  const stored = incarnation && type && carriesOn(type, incarnation.type) ? incarnation : nothingStored
  const found = insideOf(definition, resource, resolved.properties, stored)
  if (found?.template === undefined) return undefined
  const { template } = found
  return yield* within(found.around, function* () {
    const content = definition.contentOf(name, template, resolved.facade, maxTemplateSize)
    const child = incarnation?.child
    return yield* defining({
      checks,
      allowance,
      template: content.content,
      environment: content.environment,
      files: content.files,
      unknown: content.unknown,
      ...aroundIn(content),
      stack: { id: child?.id ?? null, name: child?.name ?? `${stack?.name ?? around}-${name}`, project },
      types,
      language,
      timeoutSeconds,
      nesting: { ...nesting, maxTemplateSize },
    })
  })
}
