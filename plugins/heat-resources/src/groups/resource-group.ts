import { done, type ResourceType, Unknown } from '@hearth/core/plugin'
import { memberMaker, nextOfIndexed } from './indexed-members.js'
import {
  allOfMembers,
  insideMembers,
  memberAttribute,
  memberAttributes,
  missingOfMembers,
} from './member-attributes.js'
import { isMap, stackOf, storedMembers, writtenIn } from './members.js'
import { isTooMuch, memberRange, refuseTooMuch } from './member-limits.js'
import { blacklist, namesOf, removed } from './removals.js'
import { batchCreate, rollingUpdate } from './update-policy.js'

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
      constraints: [memberRange],
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
  updatePolicy: {
    rolling_update: rollingUpdate,
    batch_create: batchCreate,
  },
  validate({ count, ...properties }) {
    const member = memberMaker(properties)
    if (member !== undefined && !Unknown.within(count)) refuseTooMuch(Number(count ?? 1), member('0'))
  },
  children: {
    label: 'nested_stack',
    of: (properties, stored) => {
      const { count, resource_def: definition, index_var, removal_policies, removal_policies_mode } = properties
      const member = memberMaker(properties)
      if (Unknown.within(count) || member === undefined) return undefined
      const naming = [index_var, removal_policies, removal_policies_mode]
      const untold = Unknown.within(naming) || (isMap(definition) && Unknown.is(definition.properties))
      if (stored !== undefined && untold) return undefined
      const size = Number(count ?? 1)
      if (!Number.isInteger(size) || size < 0 || isTooMuch(size, member('0'))) return undefined
      // Before anything exists one member tells what there is to tell of all.
      const names = stored === undefined ? namesOf(Math.min(size, 1), []) : namesOf(size, removed(properties, stored))
      const template = stackOf(new Map(names.map(name => [name, member(name)])))
      return stored === undefined ? { ...template, standsFor: size } : template
    },
    written: path => writtenIn('resource_def', path),
    next: nextOfIndexed,
    done: (outputs, { properties, stored, stack }) => ({
      ...storedMembers(outputs, { stack }),
      data: { ...stored.data, name_blacklist: removed(properties, stored).join(',') },
    }),
    missing: missingOfMembers,
    inside: (attribute, path, stored) =>
      attribute === 'removed_rsrc_list' ? undefined : insideMembers(attribute, path, stored),
    attribute: (stored, attribute, path) =>
      attribute === 'removed_rsrc_list' ? blacklist(stored) : memberAttribute(stored, attribute, path),
    all: stored => ({ ...allOfMembers(stored), removed_rsrc_list: blacklist(stored) }),
  },
  create: async () => done(),
}
