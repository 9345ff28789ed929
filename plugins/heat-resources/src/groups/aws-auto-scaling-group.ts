import { done, type MaybeUnknown, ResourceFailure, type ResourceType, Unknown } from '@hearth/core/plugin'
import { refusingProperty } from '../refuse-services.js'
import { cooldownRange } from './cooldown.js'
import {
  checkInstances,
  type InstanceAim,
  instanceAttributes,
  instanceProperties,
  instancesInside,
  memberOf,
  types,
} from './instances.js'
import { memberRange } from './member-limits.js'
import { cooledDown, scalingMetadata, signalledSizes } from './signalled-sizes.js'
import { cfnRollingUpdate } from './update-policy.js'

type Given = Readonly<Record<string, MaybeUnknown>>

const policy = 'AutoScalingRollingUpdate'
const children = instancesInside(aimOf, policy)

/** Instances between limits; scaling policies change how many. */
export const awsAutoScalingGroup: ResourceType = {
  name: 'AWS::AutoScaling::AutoScalingGroup',
  className: 'AutoScalingGroup',
  description: 'A number of instances that follow one launch configuration, between limits.',
  support: { status: 'SUPPORTED', version: '2014.1' },
  properties: {
    AvailabilityZones: instanceProperties.AvailabilityZones,
    LaunchConfigurationName: instanceProperties.LaunchConfigurationName,
    InstanceId: { type: 'string', description: 'Refused: it needs the service nova.' },
    MaxSize: {
      type: 'integer',
      description: 'Maximum number of instances in the group.',
      required: true,
      constraints: [memberRange],
      updateAllowed: true,
    },
    MinSize: {
      type: 'integer',
      description: 'Minimum number of instances in the group.',
      required: true,
      constraints: [memberRange],
      updateAllowed: true,
    },
    Cooldown: {
      type: 'integer',
      description: 'Cooldown period, in seconds.',
      constraints: [cooldownRange],
      updateAllowed: true,
    },
    DesiredCapacity: {
      type: 'integer',
      description: 'Desired number of instances: at first, and after each update of the stack.',
      constraints: [memberRange],
      updateAllowed: true,
    },
    LoadBalancerNames: instanceProperties.LoadBalancerNames,
    VPCZoneIdentifier: {
      type: 'list',
      description: 'The SubnetId that each instance gets: a list of exactly one.',
      schema: { '*': { type: 'string', description: 'Id of a subnet.' } },
    },
    Tags: instanceProperties.Tags,
  },
  attributes: instanceAttributes,
  updatePolicy: { [policy]: cfnRollingUpdate },
  validate(properties, resource) {
    const { MinSize: least, MaxSize: most, DesiredCapacity: desired, VPCZoneIdentifier: zones } = properties
    if (typeof least === 'number' && typeof most === 'number') {
      if (least > most) throw wrong('MinSize can not be greater than MaxSize')
      if (typeof desired === 'number' && (desired < least || desired > most))
        throw wrong('DesiredCapacity must be between MinSize and MaxSize')
    }
    if (Array.isArray(zones) && zones.length > 1)
      throw new ResourceFailure('Anything other than one VPCZoneIdentifier is not supported.', 'NotSupported')
    const { LaunchConfigurationName: config, InstanceId: instance } = properties
    if (!Unknown.within([config, instance]) && Boolean(config) === Boolean(instance))
      throw wrong("Either 'InstanceId' or 'LaunchConfigurationName' must be provided.")
    refuseInstance(properties)
    checkInstances(properties, resource, policy)
  },
  children: {
    ...children,
    done(outputs, reached) {
      const { properties, stored, now } = reached
      const { attributes = {}, data = {}, reference = '' } = children.done(outputs, reached)
      const cooled = cooledDown(properties.Cooldown, attributes, { stored: { ...stored, data }, now })
      return { attributes, reference, data: cooled }
    },
    ...signalledSizes(stored => {
      const { properties } = stored
      const aim = aimOf(properties)
      const { MinSize: least, MaxSize: most, Cooldown: cooldown = null } = properties
      return (
        aim && {
          wanted: memberOf(properties, stored, aim),
          types,
          limits: { least: Number(least), most: Number(most) },
          cooldown,
        }
      )
    }),
  },
  metadata: scalingMetadata,
  create: async () => done(),
}

const refuseInstance = refusingProperty({
  property: 'InstanceId',
  service: 'nova',
  instead: 'give LaunchConfigurationName',
})

const wrong = (message: string): ResourceFailure => new ResourceFailure(message, 'StackValidationFailed')

/** Undefined: it is not known yet. */
function aimOf({
  MinSize: least,
  MaxSize: most,
  DesiredCapacity: desired,
  VPCZoneIdentifier: zones,
}: Given): InstanceAim | undefined {
  if (Unknown.within([least, most, desired, zones])) return undefined
  const [subnet] = Array.isArray(zones) ? zones : []
  return {
    desired: Number(desired ?? 0) === 0 ? undefined : Number(desired),
    clamp: size => Math.min(Math.max(size, Number(least)), Number(most)),
    ...(typeof subnet === 'string' ? { properties: { SubnetId: subnet } } : {}),
    tags: ['metering.AutoScalingGroupName'],
  }
}
