import { expect } from 'chai'
import { processorMs } from '../kit.test.js'
import fc from 'fast-check'
import { HearthError, type Problem } from '../errors.js'
import type { Json, JsonMap } from '../plugin/json.js'
import { validateTemplate } from './describe.js'
import { types } from './kit.test.js'
import { acceptTemplate, parseTemplateText } from './reading/parse.js'
import { placesIn, repeatedKeys } from './reading/place.js'

const stack = { id: null, name: 'n', project: 'p' }

function problemsOf(template: JsonMap): readonly Problem[] {
  try {
    validateTemplate({ template, environment: {}, files: {}, types, stack })
    return []
  } catch (error) {
    if (!HearthError.is(error)) throw error
    expect(error.message, 'the first is the one of the envelope').to.equal(error.problems?.[0]?.message)
    return error.problems ?? []
  }
}

const text = `heat_template_version: 2018-08-31
parameters:
  size: { type: strin }
  count:
    type: number
    default: many
resources:
  web:
    type: OS::Heat::Valeu
  app:
    type: OS::Heat::Value
    properties:
      value:
        - { get_param: size }
        - { get_attr: [cache, value] }
        - { get_resource: nothing }
  cache:
    type: OS::Heat::Value
    propertis: {}
  last:
    type: OS::Heat::Value
    properties:
      value: { list_join: [',', 5, 6] }
      typ: string
outputs:
  one: {}
  two: { value: { get_attr: [last, valu] } }
`

describe('validation', () => {
  it('tells all independent errors of a template at once', () => {
    const problems = problemsOf(parseTemplateText(text, { maxSize: 10_000 }))
    expect(problems.map(({ path, message }) => `${path} | ${message}`)).to.deep.equal([
      'parameters.size.type | Invalid type (strin); expected string, number, boolean, comma_delimited_list or json (did you mean string?)',
      'resources.cache.propertis | "propertis" is not a valid keyword inside a resource definition (did you mean properties?)',
      "parameters.count.default | Parameter 'count' is invalid: could not convert string to float: 'many'",
      'resources.web.type | The Resource Type (OS::Heat::Valeu) could not be found. Did you mean OS::Heat::Value?',
      'resources.app.properties.value[2] | The specified reference "nothing" (in app.Properties.value[2]) is incorrect.',
      'resources.last.properties.typ | Property error: resources.last.properties: Unknown Property typ (did you mean type?)',
      'resources.last.properties.value | Property error: resources.last.properties.value: "list_join" must operate on a list',
      'outputs.one | Output validation error: outputs.one: Each output definition must contain a value key.',
      'outputs.two.value.get_attr | outputs.two.value.get_attr: The Referenced Attribute (last valu) is incorrect. (did you mean value?)',
    ])
  })

  it('tells the same words of each place that they are true of', () => {
    const parameters = { a: { type: 'strin' }, b: { type: 'strin' } }
    const resources = { c: { properties: {} }, d: { properties: {} } }
    const problems = problemsOf({ heat_template_version: '2018-08-31', parameters, resources })
    expect(problems.map(({ path }) => path)).to.deep.equal([
      'parameters.a.type',
      'parameters.b.type',
      'resources.c',
      'resources.d',
    ])
  })

  it('tells each thing that is wrong inside of one function, with its place', () => {
    const problems = problemsOf({
      heat_template_version: '2018-08-31',
      resources: {
        a: { type: 'OS::Heat::Value', properties: { value: 1 } },
        b: {
          type: 'OS::Heat::Value',
          properties: {
            value: {
              list_join: [
                '',
                [
                  { get_attr: ['a', 'nope'] },
                  { get_attr: ['a', { list_join: ['', ['ni', 'ne']] }] },
                  { if: [true, { get_attr: ['a', 'ten'] }, 1] },
                  { str_replace: { template: 5, params: {} } },
                  { str_replace: { template: { digest: ['none', 'x'] }, params: { x: { get_param: 'nothing' } } } },
                  'right',
                ],
              ],
            },
          },
        },
      },
    })
    const at = 'resources.b.properties.value'
    const list = `${at}.list_join`
    const algorithm = 'Algorithm must be one of'
    expect(
      problems.map(({ path, message }) => `${path} | ${message.replace(/(must be one of) .*/, '$1')}`),
    ).to.deep.equal([
      `${list}[1][0].get_attr | ${list}: [1][0].get_attr: The Referenced Attribute (a nope) is incorrect. (expected value)`,
      `${list}[1][1].get_attr | ${list}: [1][1].get_attr: The Referenced Attribute (a nine) is incorrect. (expected value)`,
      `${list}[1][2].if.get_attr | ${list}: [1][2].if: get_attr: The Referenced Attribute (a ten) is incorrect. (expected value)`,
      `${list}[1][3] | Property error: ${at}: "str_replace" template must be a string`,
      `${list}[1][4].str_replace.template | Property error: ${at}: ${algorithm}`,
      `${list}[1][4].str_replace.params.x | Property error: ${at}: The Parameter (nothing) was not provided.`,
    ])
  })

  it('warns of data that is nearly a function', () => {
    const warned = (value: Json) =>
      validateTemplate({
        template: {
          heat_template_version: '2018-08-31',
          resources: { a: { type: 'OS::Heat::Value', properties: { value } } },
        },
        environment: {},
        files: {},
        types,
        stack,
      }).warnings.map(({ path, message }) => `${path} | ${message}`)
    const at = 'resources.a.properties.value'
    expect(warned([{ str_replce: { template: 'a', params: { a: 'b' } } }, { get_prm: 'x' }])).to.deep.equal([
      `${at}[0].str_replce | "str_replce" is no function, so this is data; did you mean str_replace?`,
      `${at}[1].get_prm | "get_prm" is no function, so this is data; did you mean get_param?`,
    ])
    expect(warned({ filters: [['a'], ['b']] })).to.have.lengthOf(1)
    expect(warned([{ filters: 'coffee' }, { file: 'x' }, { name: 'x' }, { digests: { md5: 'x' } }])).to.deep.equal([])
    expect(warned({ get_prm: 'x', more: 1 })).to.deep.equal([])
  })

  it('tells nothing of a template that is right', () => {
    expect(
      problemsOf({ heat_template_version: '2018-08-31', resources: { a: { type: 'OS::Heat::None' } } }),
    ).to.deep.equal([])
  })

  it('tells what ends the reading after what came before it', () => {
    const problems = problemsOf({ heat_template_version: '2018-08-31', parameters: { p: 5 }, resources: 'x' })
    expect(problems.map(({ type }) => type)).to.deep.equal(['InvalidSchemaError', 'StackValidationFailed'])
  })

  it('survives whatever sections hold', () => {
    const section = fc.constantFrom('parameters', 'conditions', 'resources', 'outputs', 'parameter_groups')
    fc.assert(
      fc.property(section, fc.jsonValue({ maxDepth: 4 }), (name, content) => {
        problemsOf({
          heat_template_version: '2018-08-31',
          [name]: { a: content as Json, b: { type: content as Json } },
        })
      }),
      { numRuns: 300 },
    )
  })
})

describe('the place of a path', () => {
  it('is where its last written step begins', () => {
    const placeOf = placesIn(text)
    expect(placeOf('parameters.size')).to.deep.equal({ line: 3, column: 3 })
    expect(placeOf('resources.app.properties.value[1].get_attr')).to.deep.equal({ line: 15, column: 13 })
    expect(placeOf('resources.last.properties')).to.deep.equal({ line: 22, column: 5 })
    expect(placeOf('resources.last.properties.missing.deep')).to.deep.equal({ line: 22, column: 5 })
    expect(placeOf('outputs.two.value.get_attr')).to.deep.equal({ line: 27, column: 19 })
    expect(placeOf('nowhere')).to.equal(undefined)
    expect(placeOf('')).to.equal(undefined)
  })

  it('is found in JSON, behind aliases, and under names with dots', () => {
    const json = '{\n  "resources": {"a.b": {"type": 5,\n "list": [1, [2]]}}\n}'
    expect(placesIn(json)('resources.a.b.type')).to.deep.equal({ line: 2, column: 26 })
    expect(placesIn(json)('resources.a.b.list[1][0]')).to.deep.equal({ line: 3, column: 15 })
    expect(placesIn('a: &x {b: 1}\nc: *x\nd: e\n')('d')).to.deep.equal({ line: 3, column: 1 })
  })

  it('is told of keys that a map has twice, merges apart', () => {
    const twice = 'a: {b: 1, c: {b: 2}, b: 3}\n"a.b": 1\nx: {<<: {q: 1}, <<: {r: 1}}\n- a: 1\n'
    expect(repeatedKeys(twice.slice(0, -7))).to.deep.equal([{ path: 'a.b', line: 1, column: 22 }])
    expect(repeatedKeys('{"r": [{"k": 1,\n "k": 2}]}')).to.deep.equal([{ path: 'r[0].k', line: 2, column: 3 }])
    expect(repeatedKeys('a: [')).to.deep.equal([])
    const ms = processorMs(() => expect(repeatedKeys('a: 1\n'.repeat(100_000))).to.have.lengthOf(100))
    expect(ms).to.be.below(5000)
  })

  it('is never the reason for a crash', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (anything, path) => void placesIn(anything)(path)),
      { numRuns: 500 },
    )
    const tree = acceptTemplate({ heat_template_version: '2018-08-31' }, { maxSize: 100 })
    expect(placesIn(JSON.stringify(tree))('heat_template_version')).to.deep.equal({ line: 1, column: 3 })
  })
})
