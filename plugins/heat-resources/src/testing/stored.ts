import type { StoredResource } from '@hearth/core/plugin'

/** A resource as it is stored once it is created, with what a test makes of it. */
export const storedWith = (more: Partial<StoredResource>): StoredResource => ({
  name: 'a',
  type: 'T',
  physicalId: 'p',
  properties: {},
  attributes: {},
  data: {},
  received: {},
  action: 'CREATE',
  status: 'COMPLETE',
  ...more,
})
