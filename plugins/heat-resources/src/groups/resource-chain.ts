import { done, type ResourceType, Unknown } from '@hearth/core/plugin'
import {
  allOfMembers,
  insideMembers,
  memberAttribute,
  memberAttributes,
  missingOfMembers,
} from './member-attributes.js'
import { isTooMuch, mostMembers, refuseTooMuch } from './member-limits.js'
import { isMap, type Snippet, snippetOf, stackOf, storedMembers, writtenIn } from './members.js'

/** Resources of several types with the same properties, one after the other or all at once. */
export const resourceChain: ResourceType = {
  name: 'OS::Heat::ResourceChain',
  className: 'ResourceChain',
  description: 'Creates one or more resources with the same configuration.',
  support: { status: 'SUPPORTED', version: '6.0.0' },
  properties: {
    resources: {
      type: 'list',
      description: 'The list of resource types to create.',
      required: true,
      constraints: [{ length: { max: mostMembers } }],
      updateAllowed: true,
    },
    concurrent: {
      type: 'boolean',
      description: 'If the resources in the chain can be created concurrently.',
      default: false,
    },
    resource_properties: { type: 'map', description: 'Properties to pass to each resource being created.' },
  },
  attributes: memberAttributes,
  validate({ resources, resource_properties: properties }) {
    if (Array.isArray(resources)) refuseTooMuch(resources.length, isMap(properties) ? properties : {})
  },
  children: {
    label: 'nested_stack',
    of: ({ resources, concurrent, resource_properties }, stored) => {
      if (!Array.isArray(resources) || Unknown.within(resources)) return undefined
      if (stored !== undefined && Unknown.is(resource_properties)) return undefined
      const properties = isMap(resource_properties) ? resource_properties : {}
      const types = resources.map(String)
      if (isTooMuch(types.length, properties)) return undefined
      const members = types.map((type, index): [string, Snippet] => [
        String(index),
        snippetOf({
          type,
          properties,
          ...(index === 0 || concurrent === true ? {} : { depends_on: [String(index - 1)] }),
        }),
      ])
      return stackOf(new Map(members))
    },
    written(path) {
      const inMember = writtenIn('', path)
      if (inMember?.startsWith('.properties.')) return `resource_properties${inMember.slice('.properties'.length)}`
      const [, index] = /^resources\.(\d+)/.exec(path) ?? []
      return index === undefined ? undefined : `resources[${index}]`
    },
    done: storedMembers,
    missing: missingOfMembers,
    inside: insideMembers,
    attribute: memberAttribute,
    all: allOfMembers,
  },
  create: async () => done(),
}
