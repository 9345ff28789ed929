import type { Wanted, WantedResource } from './templates.js'
import { dialects } from './waiting.js'

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

export const scalingPolicy = 'OS::Heat::ScalingPolicy'

/** What a resource is, in the language of templates. */
const writers: Readonly<
  Record<WantedResource['kind'], (one: WantedResource, all: Wanted, type: ThingType) => Written>
> = {
  thing: (resource, wanted, type) => {
    const { value, fixed, polls, fail, kept, copied } = resource
    const needs = referencesOf(resource)
    const marks = { ...(kept ? { kept } : {}), ...(copied ? { copied } : {}) }
    const more = { ...marks, ...othersOf(type, resource, wanted), ...ringing(resource, wanted) }
    return { type: type.type, properties: { value, fixed, polls, fail, needs, ...more } }
  },
  value: resource => ({
    type: 'OS::Heat::Value',
    properties: { value: { list_join: ['+', [resource.value, ...referencesOf(resource)]] } },
  }),
  handle: ({ family = 'native' }) => ({ type: dialects[family].handle, properties: {} }),
  condition: ({ family = 'native', handle, count = 1 }) => dialects[family].condition({ get_resource: handle }, count),
  stack: ({ name }) => ({ type: fileOf(name), properties: {} }),
  group: ({ inside = [] }, wanted, type) => ({
    type: 'OS::Heat::ResourceGroup',
    properties: {
      count: inside.length,
      resource_def: writers.thing(inside[0] as WantedResource, wanted, type),
    },
  }),
  scaling: ({ inside = [], least, most }, wanted, type) => ({
    type: 'OS::Heat::AutoScalingGroup',
    properties: {
      min_size: least,
      max_size: most,
      resource: writers.thing(inside[0] as WantedResource, wanted, type),
    },
  }),
  policy: ({ scales, by }) => ({
    type: scalingPolicy,
    properties: {
      auto_scaling_group_id: { get_resource: scales },
      adjustment_type: 'change_in_capacity',
      scaling_adjustment: by,
    },
  }),
}

const fileOf = (name: string): string => `${name}.yaml`

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
        ...policyOf(resource),
      },
    ]),
  ),
})

const policyOf = ({ kept, copied }: WantedResource): object => {
  if (kept) return { deletion_policy: 'Retain' }
  return copied ? { deletion_policy: 'Snapshot' } : {}
}

/**
 * What comes with a template: files of the stacks inside, and an environment that says where resources stop, and what
 * may not be.
 */
export const besides = ({ resources }: Wanted, thing: ThingType) => ({
  files: filesOf(resources, thing),
  environment: { resource_registry: { resources: pointsOf(resources) } },
})

const filesOf = (resources: readonly WantedResource[], thing: ThingType): Readonly<Record<string, string>> =>
  Object.fromEntries(
    resources.flatMap(({ name, kind, inside = [] }) =>
      kind === 'stack'
        ? [
            [fileOf(name), JSON.stringify(templateOf({ mark: 'inside', resources: inside }, thing))],
            ...Object.entries(filesOf(inside, thing)),
          ]
        : [],
    ),
  )

/** By name; what lies within a resource stands beside its own. */
const pointsOf = (resources: readonly WantedResource[]): Readonly<Record<string, object>> =>
  Object.fromEntries(
    resources.flatMap(({ name, hooks, restricted, inside = [] }) => {
      const points = {
        ...pointsOf(inside),
        ...(hooks === undefined ? {} : { hooks }),
        ...(restricted === undefined ? {} : { restricted_actions: restricted }),
      }
      return Object.keys(points).length === 0 ? [] : [[name, points]]
    }),
  )
