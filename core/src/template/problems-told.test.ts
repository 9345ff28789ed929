import { expect } from 'chai'
import { HearthError } from '../errors.js'
import type { JsonMap } from '../plugin/json.js'
import { validateTemplate } from './describe.js'
import { types } from './kit.test.js'
import { parseTemplateText } from './reading/parse.js'
import { placesIn } from './reading/place.js'

const hot = (...lines: string[]): string => ['heat_template_version: 2018-08-31', ...lines].join('\n')
const cfn = (...lines: string[]): string => ["AWSTemplateFormatVersion: '2010-09-09'", ...lines].join('\n')

/** What validate says of a template's text: `line:column words`, of errors or, if there are none, of warnings. */
function told(text: string, environment: JsonMap = {}): readonly string[] {
  const placeOf = placesIn(text)
  const shown = ({ path, message }: { path: string; message: string }): string => {
    const { line, column } = placeOf(path) ?? {}
    return `${line === undefined ? path : `${line}:${column}`} ${message}`
  }
  try {
    const template = parseTemplateText(text, { maxSize: 10_000 })
    const stack = { id: null, name: 'n', project: 'p' }
    return validateTemplate({ template, environment, files: {}, types, stack }).warnings.map(shown)
  } catch (error) {
    if (!HearthError.is(error)) throw error
    const { message, place = { path: '' } } = error
    return (error.problems ?? [{ ...place, message }]).map(shown)
  }
}

describe('what is wrong with a template', () => {
  it('is looked for past what is malformed, in the same resource, function and output', () => {
    const text = hot(
      'resources:',
      '  a: { type: OS::Heat::Value, properties: { value: 1 } }',
      '  b:',
      '    type: OS::Heat::Value',
      '    deletion_policy: Keep',
      '    properties:',
      '      value:',
      '      - { get_attr: 5 }',
      '      - { get_attr: [a, valu] }',
      '      - { get_resource: nothing }',
      '      - { list_join: [",", [{ get_attr: [] }, { get_attr: [a, vale] }]] }',
      '      - { list_join: [",", 5] }',
      '      valu: 1',
      '    depends_on: nobody',
      'outputs:',
      '  o: { value: [{ get_attr: 5 }, { get_attr: [a, valu] }], condition: never }',
    )
    expect(told(text).map(line => line.replace(/ .*(: |and )/, ' '))).to.deep.equal([
      '9:11 Argument to "get_attr" must be a list',
      '12:31 Arguments to "get_attr" can be of the next forms: [resource_name] or [resource_name, attribute, (path), ...]'.replace(
        / .*: /,
        ' ',
      ),
      '6:5 Invalid deletion policy "Keep"; expected Delete, Retain, Snapshot',
      '15:5 The specified reference "nobody" (in b) is incorrect.',
      '11:9 The specified reference "nothing" (in b.Properties.value[2]) is incorrect.',
      '10:11 The Referenced Attribute (a valu) is incorrect. (did you mean value?)',
      '12:49 The Referenced Attribute (a vale) is incorrect. (did you mean value?)',
      '14:7 Unknown Property valu (did you mean value?)',
      '13:9 "list_join" must operate on a list',
      '17:18 Argument to "get_attr" must be a list',
      '17:59 Invalid condition "never" (there is none)',
      '17:35 The Referenced Attribute (a valu) is incorrect. (did you mean value?)',
    ])
  })

  it('is told with its place, whatever it is', () => {
    expect(told('heat_template_version: 2018-08-32')[0]).to.match(/^1:1 .*rocky, wallaby$/)
    expect(told('heat_template_version: 5')[0]).to.match(/^1:1 .*\(expected heat_template_version to be text\)$/)
    const circle = hot(
      'resources:',
      '  a: { type: OS::Heat::None, depends_on: b }',
      '  b: { type: OS::Heat::None, properties: { p: { get_resource: a } } }',
      '  c: { type: OS::Heat::None, depends_on: a }',
    )
    expect(told(circle)).to.deep.equal([
      '4:44 Circular Dependency Found: {NoneResource "a": {NoneResource "b"}, NoneResource "b": {NoneResource "a"}, NoneResource "c": {NoneResource "a"}} (a requires b requires a)',
    ])
    const same = hot('parameters: { a: { type: string, default: x } }', 'resources:', '  a: { type: OS::Heat::None }')
    expect(told(same)).to.deep.equal(["4:3 Duplicate names {'a'}"])
    expect(told(hot('parameters: { size: { type: string } }'), { parameters: { siz: 1 } })).to.deep.equal([
      'environment.parameters.siz The Parameter (siz) was not defined in template. (did you mean size?)',
    ])
  })

  it('is told by the words of the format', () => {
    const text = cfn(
      'Parameters:',
      '  A: { Type: Number, Default: many }',
      '  B: { Type: String, MaxLength: x }',
      '  C: { Type: String, AllowedValues: [x], MaxValue: 5 }',
      '  D: { Type: String, AllowedPattern: "[" }',
      'Resources:',
      '  R: { Typ: OS::Heat::None }',
      '  S: { Type: OS::Heat::None, DeletionPolicy: retain }',
    )
    expect(told(text)).to.deep.equal([
      '4:22 min/max length must be integral',
      '8:3 Each Resource must contain a Type key. (did you mean Type?)',
      '9:30 Invalid deletion policy "retain"; expected Delete, Retain, Snapshot',
      "3:22 Parameter 'A' is invalid: could not convert string to float: 'many'",
      "5:42 Parameter 'C' is invalid: Range constraint invalid for string; expected number",
      '6:22 Parameter \'D\' is invalid: pattern "[" is not a regular expression: error parsing regexp: missing closing ]: `[`',
    ])
  })

  it('is told once where one cause has several effects', () => {
    const text = hot(
      'resources:',
      '  a: { typ: OS::Heat::None }',
      '  b: { type: OS::Heat::Value, properties: { valeu: 1 } }',
      '  c: { type: OS::Heat::Value, properties: { value: { resource_facade: metadata } } }',
    )
    expect(told(text).map(line => line.slice(0, line.indexOf(' ')))).to.deep.equal(['3:8', '4:45', '5:54'])
  })
})

describe('what is allowed and hardly meant', () => {
  it('is a key that says nothing', () => {
    expect(told(hot('outputs:', '  o: { value: 1, conditon: x }'))).to.deep.equal([
      '3:18 "conditon" is no key of an output, and says nothing (did you mean condition?)',
    ])
    const text = cfn(
      'Resources:',
      '  R: { Type: OS::Heat::None, Conditon: x }',
      'Outputs:',
      '  O: { Value: 1, Export: x }',
    )
    expect(told(text)).to.deep.equal([
      '3:30 "Conditon" is no key of a resource, and says nothing (did you mean Condition?)',
      '5:18 "Export" is no key of an output, and says nothing (expected Value, Description, Condition)',
    ])
  })

  it('is an output that is certain to have an error in place of a value', () => {
    const text = hot(
      'outputs:',
      '  a: { value: { get_resource: nothing } }',
      '  b: { value: { list_join: [",", 5] } }',
      '  c: { value: { get_param: "OS::stack_name" } }',
    )
    expect(told(text)).to.deep.equal([
      '3:8 The output will have no value: The specified reference "nothing" (in unknown) is incorrect.',
      '4:8 The output will have no value: "list_join" must operate on a list',
    ])
  })
})
