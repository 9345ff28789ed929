import { expect } from 'chai'
import type { Json, JsonMap } from '../../plugin/json.js'
import { done, type ResourceType } from '../../plugin/resource-type.js'
import { TemplateFile } from '../../plugin/children.js'
import { typeRegistry } from '../../resource/types.js'
import { HearthError } from '../../errors.js'
import { validateTemplate } from '../describe.js'
import { types as kit } from '../kit.test.js'

/** Attributes are `out.<output>`, or `all` with a path. */
const nest: ResourceType = {
  name: 'Test::Nest',
  className: 'Nest',
  description: 'a stack',
  support: { status: 'SUPPORTED' },
  properties: { file: { type: 'string' } },
  attributes: {},
  children: {
    label: 'file',
    of: ({ file }) => (typeof file === 'string' ? { template: new TemplateFile(file), parameters: {} } : undefined),
    missing(attribute, [step], outputs) {
      const name = attribute === 'all' ? step : attribute.slice('out.'.length)
      if (outputs === undefined || typeof name !== 'string' || outputs.includes(name)) return undefined
      return { fails: attribute !== 'all', known: outputs.map(one => (attribute === 'all' ? one : `out.${one}`)) }
    },
    attribute: () => null,
  },
  create: async () => done(),
}
const texts: ResourceType = {
  ...nest,
  name: 'Test::Texts',
  properties: { text: { type: 'string' }, list: { type: 'list' }, map: { type: 'map' } },
  attributes: { one: { type: 'string' } },
}
const { children: _, ...plain } = texts
const types = typeRegistry([nest, plain, ...kit.names().flatMap(name => kit.find(name) ?? [])])

const files = {
  'hot.yaml': JSON.stringify({ heat_template_version: '2018-08-31', outputs: { size: { value: 1 } } }),
  'cfn.yaml': JSON.stringify({ AWSTemplateFormatVersion: '2010-09-09', Outputs: { size: { Value: 1 } } }),
  'broken.yaml': 'heat_template_version: 2018-08-31\nresources: 5',
}

/** What validate says of `value` beside a resource with a stack inside: errors, or warnings. */
function said(value: Json, file: Json = 'hot.yaml', version = 'heat_template_version'): readonly string[] {
  const hot = version === 'heat_template_version'
  const resource = (type: string, properties: JsonMap): JsonMap =>
    hot ? { type, properties } : { Type: type, Properties: properties }
  const parameter: JsonMap = hot ? { type: 'string' } : { Type: 'String' }
  const template: JsonMap = {
    [version]: hot ? '2018-08-31' : '2010-09-09',
    [hot ? 'parameters' : 'Parameters']: { p: parameter },
    [hot ? 'resources' : 'Resources']: {
      nest: resource('Test::Nest', { file }),
      texts: resource('Test::Texts', {}),
      v: resource('OS::Heat::Value', { value }),
    },
  }
  try {
    const { warnings } = validateTemplate({
      template,
      environment: {},
      files,
      types,
      stack: { id: null, name: 'n', project: 'p' },
    })
    return warnings.map(({ path, message }) => `${path}: ${message}`)
  } catch (error) {
    if (!HearthError.is(error)) throw error
    return (error.problems ?? []).map(({ message }) => message)
  }
}

describe('an attribute that is made of an output of the stack inside', () => {
  it('is refused where the template inside has no such output, in both formats', () => {
    for (const file of ['hot.yaml', 'cfn.yaml']) {
      expect(said({ get_attr: ['nest', 'out.size'] }, file)).to.deep.equal([])
      expect(said({ get_attr: ['nest', 'out.sise'] }, file)).to.deep.equal([
        'resources.v.properties.value.get_attr: The Referenced Attribute (nest out.sise) is incorrect. (did you mean out.size?)',
      ])
      expect(said({ 'Fn::GetAtt': ['nest', 'out.sise'] }, file, 'AWSTemplateFormatVersion')).to.deep.equal([
        'Resources.v.Properties.value.Fn::GetAtt: The Referenced Attribute (nest out.sise) is incorrect. (did you mean out.size?)',
      ])
    }
  })

  it('may be any as long as the template inside cannot be told, or is told to be wrong', () => {
    expect(said({ get_attr: ['nest', 'out.sise'] }, { get_param: 'p' })).to.deep.equal([])
    const broken = said({ get_attr: ['nest', 'out.sise'] }, 'broken.yaml')
    expect(broken.filter(message => message.includes('Referenced Attribute'))).to.have.lengthOf(1)
    expect(said({ get_attr: ['nest', 'out.sise'] }, 'absent.yaml').join()).not.to.contain('Referenced Attribute')
  })

  it('is warned of where it is null because its path leads nowhere', () => {
    expect(said({ get_attr: ['nest', 'all', 'size'] })).to.deep.equal([])
    expect(said([{ get_attr: ['nest', 'all', 'sise'] }])).to.deep.equal([
      'resources.v.properties.value[0].get_attr: nest has nothing at [all, sise], so this is null (did you mean size?)',
    ])
  })
})

describe('all attributes of a resource together', () => {
  const refused = (property: string, value: Json): readonly string[] => {
    try {
      validateTemplate({
        template: {
          heat_template_version: '2018-08-31',
          resources: {
            a: { type: 'Test::Texts' },
            b: { type: 'Test::Texts', properties: { [property]: value } },
          },
        },
        environment: {},
        files: {},
        types,
        stack: { id: null, name: 'n', project: 'p' },
      })
      return []
    } catch (error) {
      if (!HearthError.is(error)) throw error
      return (error.problems ?? []).map(({ message }) => message)
    }
  }

  it('are a map, which is no text and no list, also to functions', () => {
    const all = { get_attr: ['a'] }
    expect(refused('map', all)).to.deep.equal([])
    expect(refused('text', all)).to.deep.equal([
      "Property error: resources.b.properties.text: Value must be a string; got {'one': <unknown>}",
    ])
    expect(refused('list', all)).to.have.lengthOf(1)
    expect(refused('list', { str_split: [',', all] })).to.have.lengthOf(1)
    expect(refused('text', { str_replace: { template: 'x', params: { x: all } } }), 'as JSON').to.deep.equal([])
    expect(refused('list', { repeat: { template: 'x', for_each: { x: all } } }), 'its keys').to.deep.equal([])
  })
})
