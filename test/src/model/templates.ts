import type { Random } from '@hearth/conformance'

/** What a template wants, said without the language: what the reference model compares with. */
export interface WantedResource {
  readonly name: string
  readonly kind: 'thing' | 'value'
  readonly value: string
  readonly fixed: string
  readonly polls: number
  readonly fail: boolean
  /** Deleting it leaves the thing alone. */
  readonly kept: boolean
  /** Names of resources whose reference it takes. */
  readonly needs: readonly string[]
  readonly dependsOn: readonly string[]
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
}

/** A name keeps its policy for ever, so that what must be left is known whatever was under way. */
const keptNames: ReadonlySet<string> = new Set(['a', 'd'])

/** A random graph: everything leans only on names before it, or, now and then, the other way round. */
export function anyTemplate(random: Random, mark: string, { failing, keeping }: Shape): Wanted {
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
  return { mark, resources }
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

/** The same in the language of templates. */
export const templateOf = (wanted: Wanted, thing: ThingType) => ({
  heat_template_version: '2018-08-31',
  description: wanted.mark,
  resources: Object.fromEntries(
    wanted.resources.map(resource => {
      const { name, kind, value, fixed, polls, fail, kept, dependsOn } = resource
      const needs = resource.needs.map(one => ({ get_resource: one }))
      return [
        name,
        {
          ...(kind === 'thing'
            ? {
                type: thing.type,
                properties: {
                  value,
                  fixed,
                  polls,
                  fail,
                  needs,
                  ...(kept ? { kept } : {}),
                  ...othersOf(thing, resource, wanted),
                },
              }
            : { type: 'OS::Heat::Value', properties: { value: { list_join: ['+', [value, ...needs]] } } }),
          depends_on: dependsOn,
          ...(kept ? { deletion_policy: 'Retain' } : {}),
        },
      ]
    }),
  ),
})
