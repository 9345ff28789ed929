import { expect } from 'chai'
import type { JsonMap } from '../../plugin/json.js'
import type { ChildTemplate } from '../../plugin/children.js'
import { Unknown } from '../../plugin/schema.js'
import { insideOf } from './child-checks.js'
import { defined, refused } from '../kit.test.js'
import { plainFormats } from '../formats/index.js'
import type { ResourceDefinition } from '../resources/resource-definition.js'
import { templateType } from './template-type.js'

const template: JsonMap = {
  heat_template_version: '2018-08-31',
  parameters: {
    size: { type: 'number', constraints: [{ range: { max: 5 } }] },
    names: { type: 'comma_delimited_list', default: '' },
    key: { type: 'string', hidden: true, default: 'x' },
    other: { type: 'string' },
  },
  outputs: { address: { value: 1, description: 'where' } },
}

describe('A template as a type', () => {
  const type = templateType('web.yaml', template, plainFormats.versionOf(template), { other: 'given' })

  it('has its parameters as properties, and its outputs as attributes', () => {
    expect(type.properties).to.deep.include({
      size: {
        type: 'number',
        description: '',
        required: true,
        updateAllowed: true,
        constraints: [{ range: { max: 5 } }],
      },
    })
    expect(type.properties).to.have.nested.property('key.secret', true)
    const required = Object.entries(type.properties).filter(([, { required }]) => required)
    expect(required.map(([name]) => name)).to.deep.equal(['size'])
    expect(type.attributes).to.deep.equal({ address: { description: 'where' } })
  })

  it('passes on what is given, and nothing else', () => {
    const passed = (given: JsonMap) => type.children?.of(given)?.parameters
    expect(passed({ size: 1, names: null, key: null, other: '' })).to.deep.equal({ size: 1, other: '' })
    expect(passed({ names: ['a', 'b'] })).to.deep.equal({ names: ['a', 'b'] })
    expect(passed({ names: [{ k: 'v' }, { k: 2 }] })).to.deep.equal({ names: ['.member.0.k=v', '.member.1.k=2'] })
    expect(type.children?.of({ size: new Unknown() })?.parameters.size).to.satisfy(Unknown.is)
  })

  it('makes an empty list or map of null that is given', () => {
    const inner = {
      heat_template_version: '2018-08-31',
      parameters: { l: { type: 'comma_delimited_list' }, j: { type: 'json' } },
      outputs: { l: { value: { get_param: 'l' } }, j: { value: { get_param: 'j' } } },
    }
    const files = { 'g.yaml': JSON.stringify(inner) }
    const web = (more: JsonMap) => ({ resources: { web: { type: 'g.yaml', ...more } } })
    expect(() => defined(web({ properties: { l: null, j: null } }), { files })).not.to.throw()
    expect(refused(() => defined(web({ properties: { l: null } }), { files }))).to.contain('Property j not assigned')
    const { properties } = templateType('g.yaml', inner, plainFormats.versionOf(inner), {})
    expect(properties).to.have.nested.property('l.zero').that.deep.equals([])
    expect(properties).to.have.nested.property('j.zero').that.deep.equals({})
  })

  it('is not looked into where the resource is outside', () => {
    const files = { 'web.yaml': JSON.stringify(template) }
    const web = (more: JsonMap) => ({
      resources: { web: { type: 'web.yaml', properties: { size: 'wrong' }, ...more } },
    })
    expect(refused(() => defined(web({}), { files }))).to.contain('size')
    expect(() => defined(web({ external_id: 'some-id' }), { files })).not.to.throw()
  })

  for (const [what, text] of [
    ['YAML', 'heat_template_version: 2018-08-31\noutputs: {o: {value: [.inf, 1]}}'],
    ['JSON', '{"heat_template_version": "2018-08-31", "outputs": {"o": {"value": [1e999, 1]}}}'],
  ] as const) {
    it(`reads a number in ${what} that cannot be kept as null where it was taken before`, () => {
      const given = { resources: { r: { type: 'My::Own' } } }
      const input = { files: { 'own.yaml': text }, environment: { resource_registry: { 'My::Own': 'own.yaml' } } }
      expect(refused(() => defined(given, input))).to.contain('expected at most 1.7e308')
      const stored = defined(given, { ...input, validate: false })
      const inside = stored.typeOf('r')?.children?.of({}) as ChildTemplate
      const facade = { metadata: {}, deletion_policy: 'Delete', update_policy: {} }
      expect(stored.contentOf('r', inside, facade, 1000).content['outputs']).to.deep.equal({ o: { value: [null, 1] } })
      // Text that no file holds was not taken before.
      const late = { template: `${text} `, parameters: {} }
      expect(refused(() => stored.contentOf('r', late, facade, 1000))).to.contain('expected at most 1.7e308')
    })
  }

  it('gives the stack inside what is known, with the registry, the defaults and the files around it', () => {
    const files = { 'web.yaml': JSON.stringify(template) }
    const definition = defined(
      { resources: { web: { type: 'My::Web', properties: { size: 2 } } } },
      {
        files,
        environment: { parameter_defaults: { other: 'd' }, resource_registry: { 'My::Web': 'web.yaml', A: 'B' } },
      },
    )
    const facade = { metadata: {}, deletion_policy: 'Delete', update_policy: {} }
    const properties = { size: 2, names: new Unknown() }
    const resource = definition.resources.get('web') as ResourceDefinition
    const inside = insideOf(definition, resource, properties)?.template as ChildTemplate
    expect(definition.contentOf('web', inside, facade, 1000)).to.deep.equal({
      content: template,
      environment: {
        parameters: { size: 2 },
        parameter_defaults: { other: 'd' },
        resource_registry: { A: 'B', resources: {} },
        event_sinks: [],
        encrypted_param_names: [],
      },
      files,
      facade,
      unknown: ['names'],
    })
  })

  it('is checked inside: values that are known, types, depth and the number of all resources', () => {
    const refusal = (properties: JsonMap, files: Record<string, string>, maxResources = -1) =>
      refused(() => defined({ resources: { web: { type: 'web.yaml', properties } } }, { files, maxResources }))
    const web = (resources: JsonMap) => ({
      'web.yaml': JSON.stringify({ heat_template_version: '2018-08-31', resources }),
    })
    const files = { 'web.yaml': JSON.stringify(template) }
    expect(refusal({ size: 6, other: '' }, files)).to.contain('Property error: resources.web.properties.size: ')
    expect(refusal({}, web({ a: { type: 'web.yaml' } }))).to.match(
      /^RequestLimitExceeded: .*Recursion depth exceeds 5\./,
    )
    const two = { a: { type: 'OS::Heat::None' }, b: { type: 'OS::Heat::None' } }
    expect(refusal({}, web(two), 2)).to.contain('Maximum resources per stack exceeded.')
    const never = { a: { type: 'OS::Heat::None' }, b: { type: 'OS::Heat::None', condition: { equals: [1, 2] } } }
    expect(() =>
      defined({ resources: { web: { type: 'web.yaml' } } }, { files: web(never), maxResources: 2 }),
    ).not.to.throw()
    expect(refusal({}, web({ a: { type: 'OS::Heat::Nine' } }))).to.equal(
      'resources.web<web.yaml>: The Resource Type (OS::Heat::Nine) could not be found. Did you mean OS::Heat::None?',
    )
  })
})
