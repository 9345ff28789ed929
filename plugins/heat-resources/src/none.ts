import { randomUUID } from 'node:crypto'
import { done, type ResourceType } from '@hearth/core/plugin'

/** Stands for a resource that is not wanted: takes everything, does nothing, never changes. */
export const none: ResourceType = {
  name: 'OS::Heat::None',
  className: 'NoneResource',
  description: 'Enables easily disabling certain resources via the resource_registry.',
  support: { status: 'SUPPORTED', version: '5.0.0' },
  properties: 'any',
  attributes: 'any',
  updatePolicy: 'any',
  effectless: true,
  unchanging: true,
  replaceWhenFailed: false,
  async create() {
    return done({ physicalId: randomUUID() })
  },
  // Of nothing there is nothing to keep: whatever it stands for may have the policy.
  async snapshotDelete() {
    return done()
  },
}

/** What it did, Heat has given up; templates that still have one go on (heat/engine/resources/openstack/heat/ha_restarter.py). */
export const haRestarter: ResourceType = {
  ...none,
  name: 'OS::Heat::HARestarter',
  className: 'HARestarter',
  description: 'Does nothing. It restarted instances, long ago.',
  support: {
    status: 'HIDDEN',
    version: '10.0.0',
    message: 'It does nothing any more; leave it out.',
    previous: { status: 'DEPRECATED', version: '2015.1' },
  },
}
