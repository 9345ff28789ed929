import { expect } from 'chai'
import type { JsonMap } from '../../plugin/json.js'
import { validateTemplate } from '../describe.js'
import { caught, types } from '../kit.test.js'

const hot = (parts: JsonMap): JsonMap => ({ heat_template_version: '2018-08-31', ...parts })

describe('nested-parameters', () => {
  const validated = (template: JsonMap, files: Record<string, JsonMap>, showNested = true, environment: JsonMap = {}) =>
    validateTemplate({
      template: hot(template),
      environment,
      files: Object.fromEntries(Object.entries(files).map(([name, file]) => [name, JSON.stringify(hot(file))])),
      stack: { id: null, name: 'None', project: 'p' },
      types,
      showNested,
    }).body
  const number = { type: 'number', default: 10 }
  const size = { Type: 'Number', Description: '', NoEcho: 'false', Label: 'size', Default: 10 }

  it('are told at every level, with what the stack around gives', () => {
    const files = {
      'outer.yaml': {
        description: 'outer',
        parameters: { size: number },
        parameter_groups: [{ parameters: ['size'] }],
        resources: { low: { type: 'My::Inner' }, plain: { type: 'OS::Heat::Value', properties: { value: 1 } } },
      },
      'inner.yaml': { parameters: { size: number } },
    }
    const resources = { nest: { type: 'outer.yaml', properties: { size: { get_param: 'p' } } } }
    const registry = { resource_registry: { 'My::Inner': 'inner.yaml' }, parameter_defaults: { size: 7 } }
    const { NestedParameters: nested } = validated(
      { parameters: { p: { type: 'number', default: 5 } }, resources },
      files,
      true,
      registry,
    )
    const low = { Type: 'My::Inner', Description: 'No description', Parameters: { size: { ...size, Default: 7 } } }
    expect(nested).to.deep.equal({
      nest: {
        Type: 'outer.yaml',
        Description: 'outer',
        Parameters: { size: { ...size, Default: 7, Value: 5 } },
        ParameterGroups: [{ parameters: ['size'] }],
        NestedParameters: { low },
      },
    })
  })

  it('have no value where none is known yet, and are not told of resources that will not be there', () => {
    const inner = { type: 'inner.yaml', properties: { size: { get_param: 'p' } } }
    const template = {
      parameters: { p: { type: 'number' } },
      conditions: { never: { equals: [1, 2] } },
      resources: { there: inner, not: { ...inner, condition: 'never' } },
    }
    const { NestedParameters: nested } = validated(template, { 'inner.yaml': { parameters: { size: number } } })
    expect(nested).to.deep.equal({
      there: { Type: 'inner.yaml', Description: 'No description', Parameters: { size } },
    })
  })

  it('are told only if somebody asks, and if there are any', () => {
    const nest = { resources: { nest: { type: 'inner.yaml' } } }
    expect(validated(nest, { 'inner.yaml': {} })).to.have.property('NestedParameters')
    expect(validated(nest, { 'inner.yaml': {} }, false)).to.not.have.property('NestedParameters')
    expect(
      validated({ resources: { a: { type: 'OS::Heat::Value', properties: { value: 1 } } } }, {}),
    ).to.not.have.property('NestedParameters')
  })

  it('are bounded, however often a large value is given', () => {
    const many = Object.fromEntries(
      Array.from({ length: 50 }, (_, index) => [
        `nest${index}`,
        { type: 'inner.yaml', properties: { text: { get_param: 'text' } } },
      ]),
    )
    const template = { parameters: { text: { type: 'string', default: 'x'.repeat(100_000) } }, resources: many }
    const files = { 'inner.yaml': { parameters: { text: { type: 'string' } } } }
    expect(validated(template, files, false)).to.have.property('Parameters')
    expect(caught(() => validated(template, files)).message).to.contain(
      'What show_nested tells of the stacks inside has more than 4194304 characters.',
    )
  })
})
