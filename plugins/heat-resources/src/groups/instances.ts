import {
  type Children,
  type ChildStored,
  type Json,
  type JsonMap,
  type MaybeUnknown,
  type PropertySchema,
  ResourceFailure,
  type StoredResource,
  Unknown,
  type Validated,
} from '@hearth/core/plugin'
import { refusingProperty } from '../refuse-services.js'
import { launchConfiguration, pairs } from './launch-configuration.js'
import { asMap, attributeFailure, follow, isMap, own, type Snippet } from './members.js'
import { orderIn, scaledNow } from './scaled-attributes.js'
import { nextOfScaled, type ScaledAim, templateOfScaled } from './scaled-members.js'
import { cfnPolicyOf } from './update-policy.js'

/** Groups whose members are instances that a launch configuration describes. What an instance is, the environment says. */

type Given = Readonly<Record<string, MaybeUnknown>>

/** What users map; without that it is what Heat makes of it. */
const memberType = 'OS::Heat::ScaledResource'
export const types = { [memberType]: 'AWS::EC2::Instance' }

export const instanceProperties = {
  AvailabilityZones: { type: 'list', description: 'Has no effect.', required: true },
  LaunchConfigurationName: {
    type: 'string',
    description: 'What Ref gives for an AWS::AutoScaling::LaunchConfiguration.',
    updateAllowed: true,
  },
  LoadBalancerNames: { type: 'list', description: 'Refused: it needs load balancers, and there are none here.' },
  Tags: { type: 'list', description: 'Tags that each instance gets.', schema: pairs },
} as const satisfies Record<string, PropertySchema>

export const instanceAttributes = {
  InstanceList: { description: 'The PublicIp of each instance, with commas between them.', type: 'string' },
} as const

const refuseBalancers = refusingProperty({
  property: 'LoadBalancerNames',
  service: 'octavia',
  instead: 'use the attribute InstanceList',
})

/** For `validate`. @param policy name of the update policy. @throws ResourceFailure */
export function checkInstances(properties: Given, { updatePolicy = {}, beside }: Validated, policy: string): void {
  refuseBalancers(properties)
  cfnPolicyOf(updatePolicy[policy])
  const { LaunchConfigurationName: config } = properties
  if (beside !== undefined && typeof config === 'string' && config !== '') {
    throw beside.has(config) ? notReferred(config) : notFound(config)
  }
}

const notFound = (config: string): ResourceFailure =>
  new ResourceFailure(`LaunchConfigurationName (${config}) reference can not be found.`, 'ValueError')
const notReferred = (config: string): ResourceFailure =>
  new ResourceFailure(
    `LaunchConfigurationName (${config}) requires a reference to the configuration not just the name of the resource.`,
    'ValueError',
  )

/** What a group is to be, apart from its members. */
export interface InstanceAim extends Pick<ScaledAim, 'desired' | 'clamp'> {
  /** Of each member, besides those of the launch configuration. */
  readonly properties?: JsonMap
  /** Tags that each member has, whatever the user says of tags. */
  readonly tags?: readonly string[]
}

/** @param of undefined: it is not known yet. */
export function instancesInside(
  of: (properties: Given) => InstanceAim | undefined,
  policyName: string,
): Children & Required<Pick<Children, 'next' | 'done'>> {
  const aimOf = (properties: Given, stored: ChildStored | undefined): ScaledAim | undefined => {
    const aim = of(properties)
    return aim && { ...aim, wanted: memberOf(properties, stored, aim), policy: undefined, types }
  }
  return {
    label: 'nested_stack',
    of(properties, stored) {
      const aim = aimOf(properties, stored)
      return aim && templateOfScaled(aim, orderIn(stored?.attributes ?? {}), stored)
    },
    next({ properties, updatePolicy, ...wanted }) {
      const aim = aimOf(properties, wanted.stored)
      if (aim === undefined) throw new ResourceFailure('what its members are to be cannot be told')
      const rolls = wanted.stored.data.config !== properties.LaunchConfigurationName
      return nextOfScaled(wanted, { ...aim, policy: rolls ? cfnPolicyOf(updatePolicy[policyName]) : undefined })
    },
    now: scaledNow,
    done(outputs, { properties, stored, stack, inside }) {
      const attributes = inside === undefined ? {} : scaledNow(outputs, inside)
      const member = aimOf(properties, stored)?.wanted as JsonMap
      const data = { ...stored.data, config: properties.LaunchConfigurationName ?? null, member }
      return { attributes, reference: stack.name, data }
    },
    attribute(stored, name, path) {
      if (name !== 'InstanceList') throw attributeFailure(stored.name, name)
      return follow(listOf(stored), path)
    },
    missing: name =>
      Object.hasOwn(instanceAttributes, name) ? undefined : { fails: true, known: Object.keys(instanceAttributes) },
    all: stored => ({ InstanceList: listOf(stored) }),
  }
}

/** Null: there is no instance. */
function listOf({ attributes }: Pick<StoredResource, 'attributes'>): Json {
  const addresses = orderIn(attributes).map(name => own(asMap(own(asMap(attributes.members), name)), 'PublicIp'))
  return addresses.length === 0
    ? null
    : addresses.map(address => (typeof address === 'string' ? address : '0.0.0.0')).join(',')
}

/** What a member is to be: outside of a step what the last one has made of the same configuration, as far as there was one. */
export function memberOf(
  properties: Given,
  stored: ChildStored | undefined,
  aim: Pick<InstanceAim, 'properties' | 'tags'>,
): Snippet {
  const { LaunchConfigurationName: config, Tags: tags } = properties
  if (stored?.around === undefined) {
    const isSame = stored?.data.config === config && isMap(stored?.data.member)
    return isSame ? asMap(stored.data.member) : { type: memberType, properties: new Unknown() }
  }
  const { name, required } = stored.around
  const found = required.find(one => one.type === launchConfiguration.name && one.data.name === config)
  if (found === undefined) throw notFound(typeof config === 'string' ? config : '')
  const metadata = asMap(found.data.metadata)
  return {
    type: memberType,
    properties: {
      ...asMap(withoutNulls(found.properties)),
      ...aim.properties,
      Tags: tagsOf(tags as Json | undefined, name, aim.tags),
    },
    ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
  }
}

/** One that names the group for whoever counts, unless the user has given one for that; and those that always are. */
function tagsOf(given: Json | undefined, group: string, always: readonly string[] = []): Json[] {
  const tags = Array.isArray(given) ? given : []
  const counted = tags.some(tag => {
    const { Key: key } = asMap(tag)
    return typeof key === 'string' && key.startsWith('metering.')
  })
  const added = [...(counted ? [] : ['metering.groupname']), ...always]
  return [...tags, ...added.map(Key => ({ Key, Value: group }))]
}

function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([, inner]) => inner !== null)
  return Object.fromEntries(entries.map(([name, inner]) => [name, withoutNulls(inner)]))
}
