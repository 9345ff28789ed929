import { done, type ResourceType, Unknown } from '@hearth/core/plugin'
import { checkInstances, instanceAttributes, instanceProperties, instancesInside } from './instances.js'
import { memberRange } from './member-limits.js'
import { cfnRollingUpdate } from './update-policy.js'

/** So many instances; only updates of the stack change how many. */
export const instanceGroup: ResourceType = {
  name: 'OS::Heat::InstanceGroup',
  className: 'InstanceGroup',
  description: 'A number of instances that follow one launch configuration.',
  support: { status: 'SUPPORTED', version: '2014.1' },
  properties: {
    AvailabilityZones: instanceProperties.AvailabilityZones,
    LaunchConfigurationName: { ...instanceProperties.LaunchConfigurationName, required: true },
    Size: {
      type: 'integer',
      description: 'How many instances there are to be.',
      required: true,
      constraints: [memberRange],
      updateAllowed: true,
    },
    LoadBalancerNames: instanceProperties.LoadBalancerNames,
    Tags: instanceProperties.Tags,
  },
  attributes: instanceAttributes,
  updatePolicy: { RollingUpdate: cfnRollingUpdate },
  validate: (properties, resource) => checkInstances(properties, resource, 'RollingUpdate'),
  children: instancesInside(
    ({ Size: size }) => (Unknown.is(size) ? undefined : { desired: Number(size), clamp: wanted => wanted }),
    'RollingUpdate',
  ),
  create: async () => done(),
}
