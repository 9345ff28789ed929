import { expect } from 'chai'
import type { Json } from '../plugin/json.js'
import { done, type ResourceType } from '../plugin/resource-type.js'
import { typeRegistry } from '../resource/types.js'
import { resolveWanted } from '../resource/wanted.js'
import { define } from './define.js'
import type { StackDefinition } from './definition.js'
import { emptyEnvironment } from './environment/environment.js'
import { defined, placeholders, refused } from './kit.test.js'

const group: ResourceType = {
  name: 'Test::Group',
  className: 'Group',
  description: 'Has a policy.',
  support: { status: 'SUPPORTED' },
  properties: 'any',
  attributes: 'any',
  updatePolicy: {
    rolling_update: {
      type: 'map',
      schema: {
        max_batch_size: { type: 'integer', default: 1, constraints: [{ range: { min: 1 } }] },
        pause_time: { type: 'number', default: 0 },
      },
    },
    other: { type: 'map' },
  },
  create: async () => done(),
}

const types = typeRegistry([group])
const withPolicy = (policy: Json | undefined): StackDefinition =>
  defined(
    {
      parameters: { size: { type: 'number', default: 3 } },
      resources: {
        a: { type: 'Test::Group' },
        g: { type: 'Test::Group', ...(policy === undefined ? {} : { update_policy: policy }) },
      },
    },
    { types },
  )
const wantedBy = (definition: StackDefinition) => {
  const resource = definition.resources.get('g')
  if (resource === undefined) throw new Error('g is missing')
  return resolveWanted(resource, group, placeholders, 'Properties')
}

describe('An update policy', () => {
  it('is resolved and converted, with its defaults', () => {
    const { updatePolicy } = wantedBy(withPolicy({ rolling_update: { max_batch_size: { get_param: 'size' } } }))
    expect(updatePolicy).to.deep.equal({ rolling_update: { max_batch_size: 3, pause_time: 0 }, other: null })
    expect(wantedBy(withPolicy(undefined)).updatePolicy).to.deep.equal({ rolling_update: null, other: null })
  })

  it('is part of what a change is seen by, where there is one', () => {
    const { digest } = wantedBy(withPolicy(undefined))
    expect(wantedBy(withPolicy({})).digest).to.equal(digest)
    expect(wantedBy(withPolicy({ rolling_update: {} })).digest).not.to.equal(digest)
  })

  it('may refer to other resources, which then come first', () => {
    const definition = withPolicy({ other: { of: { get_resource: 'a' } } })
    expect(definition.resources.get('g')?.requires).to.deep.equal(['a'])
    expect(wantedBy(definition).updatePolicy.other).to.deep.equal({ of: 'a' })
  })

  const cases: [Json, string][] = [
    [{ rolling: {} }, 'resources.g.update_policy: Unknown Property rolling (expected rolling_update, other)'],
    [
      { rolling_update: { max_batch_siz: 1 } },
      'resources.g.update_policy.rolling_update: Unknown Property max_batch_siz (did you mean max_batch_size?)',
    ],
    [
      { rolling_update: { max_batch_size: 0 } },
      'resources.g.update_policy.rolling_update.max_batch_size: 0 is out of range (min: 1, max: None); expected at least 1',
    ],
    [{ rolling_update: 'fast' }, 'resources.g.update_policy.rolling_update: "fast" is not a map'],
    [{ get_param: 'size' }, 'resources.g.update_policy: "3" is not a map'],
  ]
  for (const [policy, message] of cases) {
    it(`is refused: ${JSON.stringify(policy)}`, () =>
      expect(refused(() => withPolicy(policy))).to.equal(`Property error: ${message}`))
  }

  it('is refused with the place of a function in it', () =>
    expect(refused(() => withPolicy({ other: { of: { get_resource: 'b' } } }))).to.contain(
      'The specified reference "b" (in g.UpdatePolicy.other.of) is incorrect.',
    ))

  it('has another name in CloudFormation', () => {
    const cfn = (policy: Json) => () =>
      define({
        template: {
          AWSTemplateFormatVersion: '2010-09-09',
          Resources: { g: { Type: 'Test::Group', UpdatePolicy: policy } },
        },
        environment: emptyEnvironment,
        files: {},
        stack: { id: null, name: 'teststack', project: 'proj' },
        types,
      })
    expect(refused(cfn({ RollingUpdate: {} }))).to.contain('Resources.g.UpdatePolicy: Unknown Property RollingUpdate')
  })
})
