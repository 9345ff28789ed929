import type { Json, ResourceType, StoredResource } from '@hearth/core/plugin'
import { expect } from 'chai'
import { cloudFormationStack } from './cloudformation-stack.js'
import { autoScalingGroup } from './groups/auto-scaling-group.js'
import { awsAutoScalingGroup } from './groups/aws-auto-scaling-group.js'
import { instanceGroup } from './groups/instance-group.js'
import { resourceChain } from './groups/resource-chain.js'
import { resourceGroup } from './groups/resource-group.js'
import { stack } from './stack.js'
import { storedWith } from './testing/stored.js'

const members = { refs_map: { 0: 'r' }, members: { 0: { ip: '1' } }, order: ['0'] }

const asked: readonly (readonly [string, ...Json[]])[] = [
  ['Outputs.out'],
  ['Outputs.other'],
  ['Outputs'],
  ['out'],
  ['outputs'],
  ['outputs', 'ip'],
  ['outputs_list'],
  ['outputs_list', 'ip'],
  ['current_size'],
  ['refs'],
  ['refs_map', '0'],
  ['attributes'],
  ['attributes', 'ip'],
  ['ip'],
  ['resource.0'],
  ['resource.0.ip'],
  ['InstanceList'],
]

describe('An attribute of a stack inside', () => {
  const readFails = (
    type: ResourceType,
    attributes: StoredResource['attributes'],
    name: string,
    path: Json[],
  ): boolean => {
    try {
      type.children?.attribute?.(storedWith({ attributes }), name, path)
      return false
    } catch {
      return true
    }
  }

  for (const [type, attributes] of [
    [cloudFormationStack, { outputs: { out: 1 } }],
    [autoScalingGroup, members],
    [awsAutoScalingGroup, members],
    [instanceGroup, members],
  ] as readonly [ResourceType, StoredResource['attributes']][]) {
    it(`is missing from the beginning if reading it fails once there is ${type.name}`, () => {
      for (const [name, ...path] of asked) {
        const missing = type.children?.missing?.(name, path, ['out'])
        expect(missing?.fails ?? false, `${name} ${JSON.stringify(path)}`).to.equal(
          readFails(type, attributes, name, path),
        )
      }
    })
  }

  // Any name may be an attribute of their members, which is looked for inside of them.
  for (const type of [resourceGroup, resourceChain]) {
    it(`is missing from the beginning only if reading it fails once there is ${type.name}`, () => {
      const missing = asked.filter(([name, ...path]) => type.children?.missing?.(name, path, ['out'])?.fails)
      expect(missing).to.deep.equal([['attributes']])
      for (const [name, ...path] of missing) expect(readFails(type, members, name, path), name).to.equal(true)
    })
  }

  it('may be any as long as the outputs inside are not known', () => {
    expect(cloudFormationStack.children?.missing?.('Outputs.other', [])).to.equal(undefined)
    expect(cloudFormationStack.children?.missing?.('other', [])).to.include({ fails: true })
    expect(stack.children?.missing?.('outputs', ['other'])).to.equal(undefined)
  })

  it('is null where the outputs of OS::Heat::Stack have no such one', () => {
    const of = (name: string, ...path: Json[]) => stack.children?.missing?.(name, path, ['out'])
    expect(of('outputs', 'other')).to.deep.equal({ fails: false, known: ['out'] })
    for (const fine of [of('outputs'), of('outputs', 'out', 'x'), of('stack_name', 'x')])
      expect(fine).to.equal(undefined)
  })
})
