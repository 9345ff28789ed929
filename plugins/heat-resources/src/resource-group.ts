import {
  done,
  type JsonMap,
  type MaybeUnknown,
  type Properties,
  type ResourceType,
  type StoredResource,
  Unknown,
} from '@hearth/core/plugin'
import { asMap, type Member, memberAttribute, memberAttributes, own, stackOf, storedMembers } from './members.js'

type Given = Readonly<Record<string, MaybeUnknown>>
type Stored = Pick<StoredResource, 'attributes' | 'data'>

/** A number of resources that are alike but for their index. */
export const resourceGroup: ResourceType = {
  name: 'OS::Heat::ResourceGroup',
  className: 'ResourceGroup',
  description: 'Creates one or more identically configured nested resources.',
  support: { status: 'SUPPORTED', version: '2014.1' },
  properties: {
    count: {
      type: 'integer',
      description: 'The number of resources to create.',
      default: 1,
      constraints: [{ range: { min: 0 } }],
      updateAllowed: true,
    },
    index_var: {
      type: 'string',
      description: 'A text that is replaced by the index of the member in all values of its properties.',
      default: '%index%',
      constraints: [{ length: { min: 3 } }],
    },
    resource_def: {
      type: 'map',
      description: 'Resource definition for the resources in the group.',
      required: true,
      updateAllowed: true,
      schema: {
        type: { type: 'string', description: 'The type of the resources in the group.', required: true },
        properties: { type: 'map', description: 'Property values for the resources in the group.' },
        metadata: { type: 'map', description: 'Supplied metadata for the resources in the group.' },
      },
    },
    removal_policies: {
      type: 'list',
      description: 'Policies for removal of resources on update.',
      default: [],
      updateAllowed: true,
      schema: {
        '*': {
          type: 'map',
          schema: {
            resource_list: {
              type: 'list',
              description: 'Names or references of members to be removed: their indexes are not used again.',
              default: [],
            },
          },
        },
      },
    },
    removal_policies_mode: {
      type: 'string',
      description: 'Whether removal_policies are added to what was removed before, or stand in its place.',
      default: 'append',
      constraints: [{ allowed_values: ['append', 'update'] }],
      updateAllowed: true,
    },
  },
  attributes: {
    ...memberAttributes,
    removed_rsrc_list: { description: 'A list of the names of removed members.', type: 'list' },
  },
  children: {
    label: 'nested_stack',
    of: (properties, stored) => {
      const definition = properties.resource_def
      if (Unknown.within(properties.count) || !isMap(definition)) return undefined
      const { type } = definition
      if (typeof type !== 'string') return undefined
      const { index_var, removal_policies, removal_policies_mode } = properties
      const naming = [index_var, removal_policies, removal_policies_mode]
      if (stored !== undefined && (Unknown.is(definition.properties) || Unknown.within(naming))) return undefined
      const count = Number(properties.count ?? 1)
      if (!Number.isInteger(count) || count < 0) return undefined
      // Before anything exists one member tells what there is to tell of all.
      const names = stored === undefined ? namesOf(Math.min(count, 1), []) : namesOf(count, removed(properties, stored))
      return stackOf(new Map(names.map(name => [name, memberOf(definition, type, name, index_var)])))
    },
    done: (outputs, { properties, stored }) => ({
      ...storedMembers(outputs),
      data: { ...stored.data, name_blacklist: removed(properties, stored).join(',') },
    }),
    attribute: (stored, attribute, path) =>
      attribute === 'removed_rsrc_list' ? blacklist(stored) : memberAttribute(stored, attribute, path),
  },
  create: async () => done(),
}

const isMap = (value: MaybeUnknown | undefined): value is Record<string, MaybeUnknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !Unknown.is(value)

function memberOf(
  { properties, metadata }: Given,
  type: string,
  index: string,
  given: MaybeUnknown | undefined,
): Member {
  const variable = typeof given === 'string' ? given : '%index%'
  const replaced = isMap(properties) ? (indexed(properties, variable, index) as Record<string, MaybeUnknown>) : {}
  return { type, properties: replaced, ...(metadata === undefined ? {} : { metadata }) }
}

/** In values only, however deep: not in keys. */
function indexed(value: MaybeUnknown, variable: string, index: string): MaybeUnknown {
  if (typeof value === 'string') return value.replaceAll(variable, index)
  if (Array.isArray(value)) return value.map(item => indexed(item, variable, index))
  if (!isMap(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, indexed(item, variable, index)]))
}

/** The lowest indexes that were not removed. */
function namesOf(count: number, gone: readonly string[]): string[] {
  const names: string[] = []
  const skipped = new Set(gone)
  for (let index = 0; names.length < count; index++) if (!skipped.has(String(index))) names.push(String(index))
  return names
}

/** What is removed from now on. The same again while nothing new is stored, so a step may ask any number of times. */
function removed(properties: Given | Properties, stored: Stored): string[] {
  const before = blacklist(stored)
  const refs = asMap(stored.attributes.refs_map)
  const fresh = stored.attributes.refs_map === undefined
  const found = new Set(properties.removal_policies_mode === 'update' ? [] : before)
  for (const entry of entriesOf(properties.removal_policies)) {
    const name = String(entry)
    if (fresh || before.includes(name) || Object.hasOwn(refs, name)) found.add(name)
    else for (const member of Object.keys(refs)) if (own(refs, member) === entry) found.add(member)
  }
  return [...found].sort()
}

const entriesOf = (policies: MaybeUnknown | undefined): (string | number)[] =>
  Array.isArray(policies)
    ? policies.flatMap(policy => {
        const list = isMap(policy) ? policy.resource_list : undefined
        return Array.isArray(list)
          ? list.filter((item): item is string | number => typeof item === 'string' || typeof item === 'number')
          : []
      })
    : []

const blacklist = ({ data }: { readonly data: JsonMap }): string[] =>
  typeof data.name_blacklist === 'string' ? data.name_blacklist.split(',').filter(name => name !== '') : []
