import { expect } from 'chai'
import type { Json, JsonMap } from '../../plugin/json.js'
import { emptiedTemplate, emptyTemplate } from '../definition.js'
import { validateTemplate } from '../describe.js'
import { environmentOf } from '../environment/environment.js'
import { defined, placeholders, refused, types } from '../kit.test.js'

const aws = (template: JsonMap, input: Parameters<typeof defined>[1] = {}) => {
  const stack = { id: 'i', name: 's', project: 'p' }
  return defined(
    { AWSTemplateFormatVersion: '2010-09-09', heat_template_version: null, ...template },
    { stack, ...input },
  )
}
const refusal = (template: JsonMap) => refused(() => aws(template))
const value = (expression: Json, more: JsonMap = {}): JsonMap => ({
  Type: 'OS::Heat::Value',
  Properties: { value: expression },
  ...more,
})

/** The value of an expression in the properties of `one`, beside a resource `other`. */
function valued(expression: Json): unknown {
  const definition = aws({
    Parameters: {
      Text: { Type: 'String', Default: 'hello' },
      List: { Type: 'CommaDelimitedList', Default: 'a,b' },
      Map: { Type: 'Json', Default: { k: 'v' } },
    },
    Mappings: { Sizes: { small: { cores: 1, names: ['s'] } } },
    Conditions: { Hello: { 'Fn::Equals': [{ Ref: 'Text' }, 'hello'] } },
    Resources: { other: { Type: 'OS::Heat::None' }, one: value(expression) },
  })
  return definition.resources.get('one')?.resolveProperties(placeholders)['value']
}

describe('a CloudFormation template', () => {
  it('that is stored, from when what is no function was data, reads as it did', () => {
    const data = { a: [{ 'Fn::Sub': 'x' }], b: { 'Fn::Join': ['', ['y']] } }
    const template = { Resources: { one: value(data) }, Outputs: { o: { Value: { 'Fn::Sub': 'x' } } } }
    expect(refusal(template)).to.contain('There is no function "Fn::Sub"')
    const stored = aws(template, { validate: false })
    const properties = stored.resources.get('one')?.resolveProperties(placeholders)
    expect(properties?.['value']).to.deep.equal({ a: [{ 'Fn::Sub': 'x' }], b: 'y' })
    expect(stored.outputs.size).to.equal(1)
  })

  const cases: readonly [Json, Json][] = [
    [{ Ref: 'Text' }, 'hello'],
    [{ Ref: 'other' }, 'other'],
    [{ Ref: 'AWS::StackName' }, 's'],
    [{ Ref: 'AWS::Region' }, 'ap-southeast-1'],
    [{ Ref: 'AWS::StackId' }, 'arn:openstack:heat::p:stacks/s/i'],
    [{ 'Fn::GetAtt': ['other', 'x'] }, null],
    [{ 'Fn::FindInMap': ['Sizes', 'small', 'cores'] }, 1],
    [{ 'Fn::FindInMap': ['Sizes', { 'Fn::Join': ['', ['sm', 'all']] }, 'names'] }, ['s']],
    [{ 'Fn::Select': [1, { Ref: 'List' }] }, 'b'],
    [{ 'Fn::Select': ['0', { Ref: 'List' }] }, 'a'],
    [{ 'Fn::Select': [7, { Ref: 'List' }] }, ''],
    [{ 'Fn::Select': ['k', { Ref: 'Map' }] }, 'v'],
    [{ 'Fn::Select': ['none', { Ref: 'Map' }] }, ''],
    [{ 'Fn::Select': ['a', '{"a": [1]}'] }, [1]],
    [{ 'Fn::Select': [0, null] }, ''],
    [{ 'Fn::Join': ['-', ['a', { Ref: 'Text' }]] }, 'a-hello'],
    [{ 'Fn::Split': [',', 'a,b'] }, ['a', 'b']],
    [{ 'Fn::Replace': [{ $x: { Ref: 'Text' } }, 'say $x'] }, 'say hello'],
    [{ 'Fn::Base64': 'plain' }, 'plain'],
    [
      {
        'Fn::MemberListToMap': [
          'Name',
          'Value',
          ['.member.0.Name=k', '.member.0.Value=v=w', '.member.1.Name=l', '.member.1.Value='],
        ],
      },
      { k: 'v=w', l: '' },
    ],
    [{ 'Fn::GetAZs': '' }, ['nova']],
    [{ 'Fn::If': ['Hello', { Ref: 'Text' }, 'no'] }, 'hello'],
    [{ 'Fn::If': [{ 'Fn::Not': ['Hello'] }, 1, 2] }, 2],
    [{ 'Fn::If': [{ 'Fn::And': ['Hello', { 'Fn::Equals': [1, 1] }] }, 1, 2] }, 1],
    [{ 'Fn::If': [{ 'Fn::Or': [{ 'Fn::Not': ['Hello'] }, false] }, 1, 2] }, 2],
    [{ get_param: 'Text' }, { get_param: 'Text' }],
  ]
  for (const [expression, expected] of cases) {
    it(`gives ${JSON.stringify(expression)} its value`, () => expect(valued(expression)).to.deep.equal(expected))
  }

  const wrong: readonly [Json, string][] = [
    [
      { Ref: 'nothing' },
      'InvalidTemplateReference: The specified reference "nothing" (in one.Properties.value) is incorrect.',
    ],
    [
      { 'Fn::GetAtt': 'other.x' },
      'Resources.one.Properties.value.Fn::GetAtt: Arguments to "Fn::GetAtt" must be of the form: [resource_name, attribute]',
    ],
    [
      { 'Fn::FindInMap': ['Sizes', 'large', 'cores'] },
      "Property error: Resources.one.Properties.value: 'large': Mappings.Sizes has no such key; expected small",
    ],
    [
      { 'Fn::FindInMap': ['Size', 'small', 'cores'] },
      "Property error: Resources.one.Properties.value: 'Size': Mappings has no such key; expected Sizes (did you mean Sizes?)",
    ],
    [
      { a: [{ 'Fn::Joim': ['', []] }] },
      'Resources.one.Properties.value.a[0].Fn::Joim: There is no function "Fn::Joim"; expected one of Ref, Fn::GetAtt, Fn::FindInMap, Fn::Select, Fn::Join, Fn::Split, Fn::Replace, Fn::Base64, Fn::MemberListToMap, Fn::ResourceFacade, Fn::GetAZs, Fn::If (did you mean Fn::Join?)',
    ],
    [
      { 'Fn::If': [{ 'Fn::Equal': [1, 1] }, 1, 2] },
      'Resources.one.Properties.value.Fn::If[0].Fn::Equal: There is no function "Fn::Equal"; expected one of Ref, Fn::FindInMap, Fn::Equals, Fn::Not, Fn::And, Fn::Or (did you mean Fn::Equals?)',
    ],
    [
      { 'Fn::Select': ['x', ['a']] },
      'Property error: Resources.one.Properties.value: Index to "Fn::Select" must be an integer',
    ],
    [{ 'Fn::Join': [',', [1]] }, 'Property error: Resources.one.Properties.value: Items to join must be strings not 1'],
    [
      { 'Fn::Split': [',', 5] },
      "Property error: Resources.one.Properties.value: String to split must be string; got <class 'int'>",
    ],
    [{ 'Fn::Base64': 5 }, 'Property error: Resources.one.Properties.value: "Fn::Base64" argument must be a string'],
  ]
  for (const [expression, text] of wrong) {
    it(`refuses ${JSON.stringify(expression)}`, () => expect(refused(() => valued(expression))).to.equal(text))
  }

  it('has sections and keys of its own, and ignores keys of resources that it does not know', () => {
    expect(refusal({ Rules: {} })).to.equal(
      'The template section is invalid: Rules (expected Description, Parameters, Mappings, Conditions, Resources, Outputs)',
    )
    expect(refusal({ resources: {} })).to.equal('The template section is invalid: resources (did you mean Resources?)')
    expect(refusal({ Resources: { r: 'x' } })).to.equal(
      "Resources must contain Resource. Found a [<class 'str'>] instead",
    )
    expect(refusal({ Resources: { r: {} } })).to.equal('Each Resource must contain a Type key.')
    expect(refusal({ Resources: { r: value(1, { Properties: [] }) } })).to.equal(
      'Resource r Properties type must be object',
    )
    expect(refusal({ Resources: { r: value(1, { DeletionPolicy: 'delete' }) } })).to.equal(
      'Invalid deletion policy "delete"; expected Delete, Retain, Snapshot',
    )
    expect(refusal({ Mappings: { a: 'x' } })).to.contain('Mappings.a: Mappings must be a map of maps.')
    expect(refusal({ Outputs: { o: {} } })).to.equal(
      'Output validation error: Outputs.o: Each output definition must contain a Value key.',
    )
    const { resources, description } = aws({
      Description: 'd',
      Resources: { r: value(1, { Creationpolicy: {}, DeletionPolicy: 'Retain' }) },
    })
    expect(description).to.equal('d')
    expect(resources.get('r')?.deletionPolicy).to.equal('Retain')
  })

  it('has conditions on resources and outputs, under the name of AWS only', () => {
    const template = {
      Parameters: { Env: { Type: 'String', Default: 'test' } },
      Conditions: { Prod: { 'Fn::Equals': [{ Ref: 'Env' }, 'prod'] } },
      Resources: { r: value(1, { Condition: 'Prod' }), s: value(2, { DependsOn: ['r'] }) },
      Outputs: { o: { Value: { 'Fn::GetAtt': ['s', 'value'] }, Condition: 'Prod' } },
    }
    expect([...aws(template).resources.keys()]).to.deep.equal(['s'])
    expect([
      ...aws(template, { environment: environmentOf({ parameters: { Env: 'prod' } }) }).resources.keys(),
    ]).to.deep.equal(['r', 's'])
    expect(aws(template).outputs.get('o')?.resolve(placeholders)).to.deep.equal({ value: null })
    const { Conditions: _, ...without } = template
    const heat = { HeatTemplateFormatVersion: '2012-12-12', heat_template_version: null }
    expect(refused(() => defined({ ...heat, ...template }))).to.contain(
      'The template section is invalid: Conditions (expected',
    )
    expect([...defined({ ...heat, ...without }).resources.keys()]).to.deep.equal(['r', 's'])
    expect(refusal({ Conditions: { c: { 'Fn::Join': ['', []] } } })).to.equal(
      'Conditions.c.Fn::Join: The function "Fn::Join" is invalid in this context',
    )
  })

  it('declares parameters with types and constraints', () => {
    const given = (Parameters: JsonMap, parameters: JsonMap = {}) =>
      aws({ Parameters }, { environment: environmentOf({ parameters }) })
    const size = { Type: 'Number', MinValue: 1, MaxValue: '5', ConstraintDescription: 'from 1 to 5' }
    expect(given({ N: size }, { N: '3' }).parameters.value('N')).to.equal(3)
    expect(refused(() => given({ N: size }, { N: 9 }))).to.equal("Parameter 'N' is invalid: from 1 to 5")
    expect(refused(() => given({ S: { Type: 'String', AllowedPattern: 'a+' } }, { S: 'b' }))).to.contain(
      'does not match',
    )
    expect(refused(() => given({ S: { Type: 'String', AllowedValues: ['a'], MinLength: 1 } }, { S: 'b' }))).to.contain(
      'not an allowed value',
    )
    expect(given({ S: { Type: 'String', NoEcho: 'TRUE' } }, { S: 'x' }).parameters.format()).to.have.property(
      'S',
      '******',
    )
    expect(refused(() => given({ S: { Type: 'string' } }))).to.equal(
      'InvalidSchemaError: Invalid type (string); expected String, Number, Boolean, CommaDelimitedList or Json (did you mean String?)',
    )
    expect(refused(() => given({ S: { Type: 'AWS::EC2::Image::Id' } }))).to.contain('Invalid type')
    expect(refused(() => given({ S: { Type: 'String', default: 'x' } }))).to.contain("Invalid key 'default'")
    expect(refused(() => given({ S: {} }))).to.contain('Missing parameter type for parameter: S')
  })

  it('is described, and emptied, in its own words', () => {
    const template = {
      AWSTemplateFormatVersion: '2010-09-09',
      Parameters: { S: { Type: 'String', Default: 'x', Description: 'd' } },
      Resources: { r: value(1) },
    }
    const { body: described } = validateTemplate({
      template,
      environment: {},
      files: {},
      types,
      stack: { id: null, name: 'n', project: 'p' },
    })
    expect(described).to.have.nested.property('Parameters.S.Type', 'String')
    const definition = aws(template)
    expect(emptyTemplate(definition).content).to.deep.equal({ AWSTemplateFormatVersion: '2010-09-09' })
    expect(emptiedTemplate(definition).content).to.have.property('Parameters').and.not.undefined
    expect(emptiedTemplate(definition).content).to.not.have.property('Resources')
  })
})
