import { expect } from 'chai'
import type { JsonMap } from '../plugin/json.js'
import { validateTemplate } from './describe.js'
import { environmentOf } from './environment/environment.js'
import { refused, types } from './kit.test.js'

describe('template-validate', () => {
  const validated = (template: JsonMap, environment: JsonMap = {}) =>
    validateTemplate({
      template: { heat_template_version: '2018-08-31', ...template },
      environment: environmentOf(environment),
      files: {},
      stack: { id: null, name: 'None', project: 'p' },
      types,
    }).body

  it('describes parameters that need no value', () => {
    const answer = validated(
      {
        description: 'text',
        parameters: {
          a: {
            type: 'comma_delimited_list',
            hidden: true,
            label: 'L',
            description: 'D',
            tags: ['t'],
            constraints: [
              { length: { min: 1, max: 2 }, description: 'x' },
              { allowed_values: ['a'], description: 'y' },
            ],
          },
          b: { type: 'json', default: { k: 1 } },
        },
        parameter_groups: [{ parameters: ['a'] }],
        conditions: { c: { equals: [{ get_param: 'a' }, 'x'] } },
        resources: {
          r: {
            type: 'OS::Heat::Value',
            condition: 'c',
            properties: { value: { if: ['c', { get_param: 'a' }, { get_resource: 'o' }] } },
          },
          o: { type: 'OS::Heat::None' },
        },
      },
      { parameters: { b: '{}' } },
    )
    expect(answer).to.deep.equal({
      Description: 'text',
      Parameters: {
        a: {
          Type: 'CommaDelimitedList',
          Description: 'D',
          NoEcho: 'true',
          Label: 'L',
          Tags: ['t'],
          MinLength: 1,
          MaxLength: 2,
          AllowedValues: ['a'],
          ConstraintDescription: 'x y',
        },
        b: { Type: 'Json', Description: '', NoEcho: 'false', Label: 'b', Default: { k: 1 }, Value: '{}' },
      },
      ParameterGroups: [{ parameters: ['a'] }],
      Environment: {
        parameters: { b: '{}' },
        parameter_defaults: {},
        resource_registry: { resources: {} },
        event_sinks: [],
      },
    })
  })

  it('tells files that stand as types as entries of the registry, those that the registry names already not', () => {
    const file = JSON.stringify({ heat_template_version: '2018-08-31' })
    const { resource_registry: registry } = validateTemplate({
      template: {
        heat_template_version: '2018-08-31',
        resources: { a: { type: 'inner.yaml' }, b: { type: 'My::T' }, c: { type: 'OS::Heat::None' } },
      },
      environment: environmentOf({ resource_registry: { 'My::T': 'other.yaml' } }),
      files: { 'inner.yaml': file, 'other.yaml': file },
      stack: { id: null, name: 's', project: 'p' },
      types,
    }).body.Environment as JsonMap
    expect(registry).to.deep.equal({ resources: {}, 'My::T': 'other.yaml', 'inner.yaml': 'inner.yaml' })
  })

  it('says what is wrong with the bare text', () => {
    expect(refused(() => validated({ resources: { r: { type: 'X' } } }))).to.equal(
      'HTTPBadRequest: The Resource Type (X) could not be found.',
    )
    expect(
      refused(() => validated({ resources: { r: { type: 'OS::Heat::Value', properties: { x: 1 } } } })),
    ).to.contain('HTTPBadRequest: Property error: resources.r.properties: Unknown Property x')
    expect(refused(() => validated({ heat_template_version: 'x' }))).to.contain('InvalidTemplateVersion: ')
  })
})
