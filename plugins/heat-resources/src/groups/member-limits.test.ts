import type { ChildWanted, JsonMap } from '@hearth/core/plugin'
import { expect } from 'chai'
import { autoScalingGroup } from './auto-scaling-group.js'
import { isTooMuch, mostMembers } from './member-limits.js'
import { resourceChain } from './resource-chain.js'
import { resourceGroup } from './resource-group.js'

const large: JsonMap = { type: 'T', properties: { value: 'x'.repeat(1_000_000) } }
const nothing = { attributes: {}, data: {} }
const wanted = (properties: JsonMap): ChildWanted => ({
  action: 'create',
  properties,
  updatePolicy: {},
  stored: nothing,
  asked: 0,
  timeoutSeconds: 60,
  seed: 's',
})

describe('Groups of more than there may ever be', () => {
  const group = { count: mostMembers, index_var: '%index%', resource_def: large }
  const scaled = { min_size: mostMembers, max_size: mostMembers, resource: large }

  it('are refused before their members are listed', () => {
    for (const [type, properties] of [
      [resourceGroup, group],
      [autoScalingGroup, scaled],
    ] as const) {
      expect(type.children?.of(properties, nothing)).to.equal(undefined)
      expect(() => type.children?.next?.(wanted(properties))).to.throw(
        'The definitions of 10000 members are too large together: more than 33554432 characters',
      )
    }
    const chain = { resources: Array.from({ length: mostMembers }, () => 'T'), resource_properties: large }
    expect(resourceChain.children?.of(chain, nothing)).to.equal(undefined)
  })

  it('are none of those with one member, or with many small ones', () => {
    expect(isTooMuch(1, large)).to.equal(false)
    expect(isTooMuch(mostMembers, { type: 'T', properties: { value: 'x'.repeat(1000) } })).to.equal(false)
  })
})
