import type { Random } from '@hearth/conformance'
import { dialects, type Family, withWaiting } from './waiting.js'

/** What a template wants, said without the language: what the reference model compares with. */
export interface WantedResource {
  readonly name: string
  readonly kind: 'thing' | 'value' | 'handle' | 'condition'
  readonly value: string
  readonly fixed: string
  readonly polls: number
  readonly fail: boolean
  /** Deleting it leaves the thing alone. */
  readonly kept: boolean
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
}

/** A name keeps its policy for ever, so that what must be left is known whatever was under way. */
const keptNames: ReadonlySet<string> = new Set(['a', 'd'])

/** A random graph: everything leans only on names before it, or, now and then, the other way round. */
export function anyTemplate(random: Random, mark: string, { failing, keeping, waiting = false }: Shape): Wanted {
  const chosen = names.filter(() => random.chance(0.6))
  const order = random.chance(0.15) ? [...chosen].reverse() : chosen
  const kinds = new Map(order.map(name => [name, random.chance(0.75) ? ('thing' as const) : ('value' as const)]))
  const resources = order.map((name, index): WantedResource => {
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
      needs: below.filter(() => random.chance(0.3)),
      dependsOn: before.filter(() => random.chance(0.15)),
    }
  })
  return { mark, resources: waiting && random.chance(0.7) ? withWaiting(random, resources) : resources }
}

/** How a cloud has its things made. */
export interface ThingType {
  readonly type: string
  /** Properties beside those that the things of every cloud have, by name. */
  readonly more: Readonly<Record<string, (resource: WantedResource, wanted: Wanted) => unknown>>
}

/** What a wanted thing has beyond those of every cloud. */
export const othersOf = ({ more }: ThingType, resource: WantedResource, wanted: Wanted): Record<string, unknown> =>
  Object.fromEntries(Object.entries(more).map(([property, of]) => [property, of(resource, wanted)]))

type Written = { readonly type: string; readonly properties: object }

/** What a resource is, in the language of templates. */
const writers: Readonly<
  Record<WantedResource['kind'], (one: WantedResource, all: Wanted, type: ThingType) => Written>
> = {
  thing: (resource, wanted, type) => {
    const { value, fixed, polls, fail, kept } = resource
    const needs = referencesOf(resource)
    const more = { ...(kept ? { kept } : {}), ...othersOf(type, resource, wanted), ...ringing(resource, wanted) }
    return { type: type.type, properties: { value, fixed, polls, fail, needs, ...more } }
  },
  value: resource => ({
    type: 'OS::Heat::Value',
    properties: { value: { list_join: ['+', [resource.value, ...referencesOf(resource)]] } },
  }),
  handle: ({ family = 'native' }) => ({ type: dialects[family].handle, properties: {} }),
  condition: ({ family = 'native', handle, count = 1 }) => dialects[family].condition({ get_resource: handle }, count),
}

const referencesOf = ({ needs }: WantedResource): object[] => needs.map(one => ({ get_resource: one }))

function ringing({ rings }: WantedResource, { resources }: Wanted): object {
  const family = resources.find(({ name }) => name === rings)?.family
  if (rings === undefined || family === undefined) return {}
  return { rings: { url: dialects[family].url(rings), whole: dialects[family].whole } }
}

/** The same in the language of templates. */
export const templateOf = (wanted: Wanted, thing: ThingType) => ({
  heat_template_version: '2018-08-31',
  description: wanted.mark,
  resources: Object.fromEntries(
    wanted.resources.map(resource => [
      resource.name,
      {
        ...writers[resource.kind](resource, wanted, thing),
        depends_on: resource.dependsOn,
        ...(resource.kept ? { deletion_policy: 'Retain' } : {}),
      },
    ]),
  ),
})
