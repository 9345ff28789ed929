import type { Random } from '@hearth/conformance'
import { withNested } from './nested.js'
import { withScaling } from './scaling.js'
import { type Family, withWaiting } from './waiting.js'

/** What a template wants, said without the language: what the reference model compares with. */
export interface WantedResource {
  readonly name: string
  readonly kind: 'thing' | 'value' | 'handle' | 'condition' | 'stack' | 'group' | 'scaling' | 'policy'
  readonly value: string
  readonly fixed: string
  readonly polls: number
  readonly fail: boolean
  /** Deleting it leaves the thing alone. */
  readonly kept: boolean
  /** Deleting it leaves a copy of the thing. */
  readonly copied?: boolean
  /** Names of resources whose reference it takes. */
  readonly needs: readonly string[]
  readonly dependsOn: readonly string[]
  /** Of a thing: the name of a handle that it signals. */
  readonly rings?: string
  /** Of a handle, and of a condition: which kind of it. */
  readonly family?: Family
  /** Of a condition: whose signals it waits for, and how many. */
  readonly handle?: string
  readonly count?: number
  /** Of a group that scales: how few members it has, and how many. */
  readonly least?: number
  readonly most?: number
  /** Of a policy: the group that a signal scales, and by how many members. */
  readonly scales?: string
  readonly by?: number
  /** Of a stack inside, and of a group: what it has; of one that scales, a member. */
  readonly inside?: readonly WantedResource[]
  /** Where it stops until somebody lets it go. */
  readonly hooks?: readonly string[]
  /** What no update may do with it: `update`, `replace`. */
  readonly restricted?: readonly string[]
}

export interface Wanted {
  /** Tells one template from another; stands in its description. */
  readonly mark: string
  readonly resources: readonly WantedResource[]
}

const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']

export interface Shape {
  /** Chance that a resource is told to fail. */
  readonly failing: number
  /** Whether the things of some names are to be kept when they are deleted. */
  readonly keeping: boolean
  /** Some wait for signals; absent: none. */
  readonly waiting?: boolean
  /** Some are stacks of their own; absent: none. */
  readonly nesting?: boolean
  /** Some are groups that signals scale; absent: none. */
  readonly scaling?: boolean
  /** Some stop at hooks; absent: none. */
  readonly pausing?: boolean
  /** Of the things of some names a copy is left when they are deleted; absent: of none. */
  readonly copying?: boolean
  /** Chance that no update may touch a resource; absent: 0. */
  readonly restricting?: number
}

/** A name keeps its policy for ever, so that what must be left is known whatever was under way. */
const keptNames: ReadonlySet<string> = new Set(['a', 'd'])
const copiedNames: ReadonlySet<string> = new Set(['b', 'e', 'x'])

/** A random graph, with what its shape adds to it. */
export function anyTemplate(random: Random, mark: string, shape: Shape): Wanted {
  const { waiting = false, nesting = false, scaling = false, pausing = false, restricting = 0 } = shape
  let resources = anyGraph(random, names, shape)
  if (waiting && random.chance(0.7)) resources = withWaiting(random, resources)
  if (nesting && random.chance(0.7)) {
    resources = withNested(random, resources, inner => {
      const inside = anyGraph(random, inner, { ...shape, keeping: false })
      return waiting && random.chance(0.4) ? withWaiting(random, inside) : inside
    })
  }
  if (scaling && random.chance(0.7)) resources = withScaling(random, resources)
  if (pausing) resources = everywhere(resources, () => (random.chance(0.2) ? { hooks: anyHooks(random) } : {}))
  if (restricting > 0) {
    resources = everywhere(resources, () =>
      random.chance(restricting) ? { restricted: [random.pick(['update', 'replace'])] } : {},
    )
  }
  return { mark, resources }
}

/** Adds something to each resource, also within stacks inside. */
const everywhere = (resources: readonly WantedResource[], more: () => Partial<WantedResource>): WantedResource[] =>
  resources.map(one => ({
    ...one,
    ...(one.inside === undefined ? {} : { inside: everywhere(one.inside, more) }),
    ...more(),
  }))

const hookPoints = ['pre-create', 'post-create', 'pre-update', 'post-update', 'pre-delete', 'post-delete']

const anyHooks = (random: Random): string[] => random.shuffled(hookPoints).slice(0, random.between(1, 3))

/** Everything leans only on names before it, or, now and then, the other way round. */
function anyGraph(
  random: Random,
  of: readonly string[],
  { failing, keeping, copying = false }: Shape,
): WantedResource[] {
  const chosen = of.filter(() => random.chance(0.6))
  const order = random.chance(0.15) ? [...chosen].reverse() : chosen
  const kinds = new Map(order.map(name => [name, random.chance(0.75) ? ('thing' as const) : ('value' as const)]))
  return order.map((name, index): WantedResource => {
    const before = order.slice(0, index)
    const kind = kinds.get(name) ?? 'thing'
    const kept = keeping && kind === 'thing' && keptNames.has(name)
    // A thing stands on things only. What is kept stands on nothing: nobody would know any more what to keep for it.
    const below = kept ? [] : before.filter(one => kind === 'value' || kinds.get(one) === 'thing')
    return {
      name,
      kind,
      value: `v${random.below(3)}`,
      fixed: `f${random.below(random.chance(0.5) ? 1 : 3)}`,
      polls: random.chance(0.4) ? random.below(4) : 0,
      fail: random.chance(failing),
      kept,
      ...(copying && kind === 'thing' && copiedNames.has(name) ? { copied: true } : {}),
      needs: below.filter(() => random.chance(0.3)),
      dependsOn: before.filter(() => random.chance(0.15)),
    }
  })
}
