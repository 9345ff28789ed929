import { isDeepStrictEqual } from 'node:util'
import { done, ResourceFailure, type ResourceType, Unknown } from '@hearth/core/plugin'
import { refusingProperty } from '../refuse-services.js'
import { isMap } from './members.js'

const pair = {
  Key: { type: 'string', description: 'The key.', required: true },
  Value: { type: 'string', description: 'The value.', required: true },
} as const
/** A list of keys with their values. */
export const pairs = { '*': { type: 'map', schema: pair } } as const

/** What the members of a group of instances have in common. It makes nothing: a group reads it. */
export const launchConfiguration: ResourceType = {
  name: 'AWS::AutoScaling::LaunchConfiguration',
  className: 'LaunchConfiguration',
  description: 'What the members of groups of instances are made of: their properties.',
  support: { status: 'SUPPORTED', version: '2014.1' },
  properties: {
    ImageId: { type: 'string', description: 'What an instance is made from.' },
    InstanceType: { type: 'string', description: 'The size of an instance.' },
    InstanceId: { type: 'string', description: 'Refused: it needs the service nova.' },
    KeyName: { type: 'string', description: 'The key pair of an instance.' },
    UserData: { type: 'string', description: 'User data to pass to an instance.' },
    SecurityGroups: { type: 'list', description: 'Security group names to assign.' },
    BlockDeviceMappings: {
      type: 'list',
      description: 'Block device mappings to attach to an instance.',
      schema: {
        '*': {
          type: 'map',
          schema: {
            DeviceName: { type: 'string', description: 'The name of the device, e.g. vdb.', required: true },
            Ebs: {
              type: 'map',
              description: 'The volume to attach to the instance.',
              schema: {
                DeleteOnTermination: {
                  type: 'boolean',
                  description: 'Whether the volume goes with the instance.',
                  default: true,
                },
                SnapshotId: { type: 'string', description: 'The snapshot to create a volume from.' },
                VolumeSize: { type: 'string', description: 'The size of the volume, in GB.' },
              },
            },
          },
        },
      },
    },
    NovaSchedulerHints: { type: 'list', description: 'Hints for where an instance is made.', schema: pairs },
  },
  attributes: {},
  effectless: true,
  validate({ ImageId: image, InstanceType: kind, InstanceId: instance, BlockDeviceMappings: devices }) {
    refuseInstance({ InstanceId: instance ?? null })
    if (isAbsent(image) || isAbsent(kind))
      throw new ResourceFailure(
        'If without InstanceId, ImageId and InstanceType are required.',
        'StackValidationFailed',
      )
    for (const device of Array.isArray(devices) ? devices : []) {
      if (!isMap(device)) continue
      if (isAbsent(device.Ebs)) throw missing('Ebs')
      if (isMap(device.Ebs) && isAbsent(device.Ebs.SnapshotId)) throw missing('SnapshotId')
    }
  },
  create: async ({ resource: { physicalName }, metadata }) =>
    done({ data: { name: physicalName, metadata }, reference: physicalName }),
  // Members have the metadata, too: they are to see another name when it changes.
  mayReplace: true,
  update: async ({ data, metadata }) =>
    isDeepStrictEqual(data.metadata, metadata) ? done() : { kind: 'replace', because: 'its metadata changes' },
}

const refuseInstance = refusingProperty({
  property: 'InstanceId',
  service: 'nova',
  instead: 'give ImageId and InstanceType',
})

const isAbsent = (value: unknown): boolean =>
  !Unknown.is(value) && (value === undefined || value === null || value === '')

const missing = (what: string): ResourceFailure =>
  new ResourceFailure(
    `${what} is missing, this is required when specifying BlockDeviceMappings.`,
    'StackValidationFailed',
  )
