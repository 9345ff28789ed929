import { expect } from 'chai'
import { processorMs } from '../kit.test.js'
import type { Json, JsonMap } from '../plugin/json.js'
import { environmentOf, parseEnvironmentText } from './environment/environment.js'
import { defined, entry, refused, valued } from './kit.test.js'
import { mergeEnvironments } from './environment/merge-environments.js'
import { acceptTemplate, parseTemplateText } from './reading/parse.js'

/** What somebody may send who means harm: nothing hangs, crashes, or reaches what objects have anyway. */

const limits = { maxSize: 524_288 }
const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'] as const
const clean = (): void => {
  expect(Object.keys(Object.prototype)).to.deep.equal([])
  for (const key of ['polluted', 'type', 'x']) expect(({} as Record<string, unknown>)[key], key).to.equal(undefined)
}

describe('names that objects have anyway', () => {
  for (const name of names) {
    const hot = (more: JsonMap = {}): JsonMap => ({
      parameters: entry(name, { type: 'string', default: 'v' }),
      conditions: entry(name, { equals: [{ get_param: name }, 'v'] }),
      resources: entry(`${name}_`, {
        type: 'OS::Heat::Value',
        condition: name,
        properties: { value: entry(name, { get_param: name }) },
      }),
      outputs: entry(name, { value: { get_attr: [`${name}_`, 'value', name] }, condition: name }),
      ...more,
    })
    const scope = {
      reference: (one: string) => one,
      attribute: (_: string, __: unknown, path: readonly Json[]) => [...path],
    }

    it(`are names of everything in HOT: ${name}`, () => {
      const definition = defined(
        acceptTemplate(JSON.parse(JSON.stringify({ heat_template_version: '2021-04-16', ...hot() })) as Json, limits),
      )
      const value = definition.resources.get(`${name}_`)?.resolveProperties(scope)['value'] as object
      expect(Object.entries(value)).to.deep.equal([[name, 'v']])
      expect(definition.outputs.get(name)?.resolve(scope)).to.deep.equal({ value: [name] })
      const own = entry(name, { type: 'OS::Heat::None' })
      expect([
        ...defined({ resources: own, outputs: { o: { value: { get_resource: name } } } }).resources.keys(),
      ]).to.deep.equal([name])
      clean()
    })

    it(`are names of everything in CloudFormation's format: ${name}`, () => {
      const template: JsonMap = {
        heat_template_version: null,
        AWSTemplateFormatVersion: '2010-09-09',
        Parameters: entry(name, { Type: 'String', Default: 'v' }),
        Mappings: entry(name, entry(name, entry(name, 'mapped'))),
        Conditions: entry(name, { 'Fn::Equals': [{ Ref: name }, 'v'] }),
        Resources: {
          r: {
            Type: 'OS::Heat::Value',
            Condition: name,
            Properties: { value: { 'Fn::FindInMap': [name, name, name] } },
          },
        },
        Outputs: entry(name, { Value: { 'Fn::Select': [name, entry(name, 'selected')] } }),
      }
      const { resources, outputs } = defined(template)
      expect(resources.get('r')?.resolveProperties(scope)).to.deep.equal({ value: 'mapped' })
      expect(outputs.get(name)?.resolve(scope)).to.deep.equal({ value: 'selected' })
      const nothing: JsonMap = {
        ...template,
        Mappings: {},
        Conditions: { c: true },
        Resources: {},
        Outputs: { o: { Value: { 'Fn::FindInMap': [name, name, name] } } },
      }
      expect(defined(nothing).outputs.get('o')?.resolve(scope).error).to.contain(`'${name}'`)
      clean()
    })

    it(`are found only where they are given: ${name}`, () => {
      expect(refused(() => valued({ get_param: name }))).to.contain(`The Parameter (${name}) was not provided.`)
      expect(refused(() => valued({ get_resource: name }))).to.contain('is incorrect')
      expect(refused(() => valued({ get_file: name }))).to.contain('No content found')
      expect(refused(() => valued({ if: [name, 1, 2] }))).to.contain('Invalid condition')
      expect(
        refused(() =>
          valued({ yaql: { expression: `$.data.${name === '__proto__' ? 'get(x).nothing' : name}`, data: {} } }),
        ),
      ).to.match(/no such key|No function|Unknown/)
      expect(valued({ get_param: ['map', name] })).to.equal('')
      clean()
    })

    it(`are keys like any other in what functions make: ${name}`, () => {
      const keysOf = (value: unknown): string[] => Object.keys(value as object)
      expect(keysOf(valued({ map_merge: [entry(name, 1), { other: 2 }] }))).to.deep.equal([name, 'other'])
      expect(keysOf(valued({ map_replace: [{ a: 1 }, { keys: entry('a', name) }] }))).to.deep.equal([name])
      expect(valued({ map_replace: [{ a: name }, { values: entry(name, 'b') }] })).to.deep.equal({ a: 'b' })
      expect(valued({ str_replace: { template: `a ${name}`, params: entry(name, 'b') } })).to.equal('a b')
      expect(
        keysOf((valued({ repeat: { template: entry('%x%', 1), for_each: { '%x%': [name] } } }) as unknown[])[0]),
      ).to.deep.equal([name])
      expect(keysOf(valued({ yaql: { expression: 'dict([[$.data, 1]])', data: name } }))).to.deep.equal([name])
      const list = [`.member.0.K=${name}`, '.member.0.V=v']
      expect(keysOf(valued({ 'Fn::MemberListToMap': ['K', 'V', list] }, { version: '2013-05-23' }))).to.deep.equal([
        name,
      ])
      expect(valued({ make_url: { host: 'h', query: entry(name, 'x') } })).to.equal(`//h?${name}=x`)
      clean()
    })

    it(`are names in environments and files: ${name}`, () => {
      const given = parseEnvironmentText(
        JSON.stringify({ parameters: entry(name, 'given'), parameter_defaults: entry(name, 'd') }),
        {},
      )
      expect(
        defined(hot({ conditions: {}, resources: {}, outputs: {} }), {
          environment: environmentOf(given),
        }).parameters.value(name),
      ).to.equal('given')
      const merged = mergeEnvironments({
        parameters: {},
        environment: {},
        environmentFiles: [name],
        files: entry(
          name,
          JSON.stringify({ parameters: entry(name, 'file'), parameter_merge_strategies: entry(name, 'merge') }),
        ) as Record<string, string>,
        template: { heat_template_version: '2021-04-16', parameters: entry(name, { type: 'string' }) },
        limits: {},
      })
      expect(Object.entries(merged.parameters)).to.deep.equal([[name, 'file']])
      expect(valued({ get_file: name }, { files: entry(name, 'content') as Record<string, string> })).to.equal(
        'content',
      )
      const registry = environmentOf({ resource_registry: { resources: entry(name, { hooks: 'pre-create' }) } })
      defined({ resources: entry(name, { type: 'OS::Heat::None' }) }, { environment: registry })
      const unknown = environmentOf({ resource_registry: entry(name, 'OS::Heat::None') })
      expect(defined({ resources: { r: { type: name } } }, { environment: unknown }).resources.size).to.equal(1)
      expect(refused(() => defined({ resources: { r: { type: name } } }))).to.contain('could not be found')
      clean()
    })
  }
})

describe('what takes for ever elsewhere', () => {
  const soon = (work: () => void): void => {
    expect(processorMs(work)).to.be.below(3000)
  }
  const long = 'a'.repeat(50_000)
  const patterns = [
    '(a*)*b',
    '(a+)+$',
    '(a|a)*b',
    '(a|aa)+$',
    '(.*a){20}b',
    '((a?){30}){30}b',
    '^(([a-z])+.)+[A-Z]([a-z])+$',
  ]

  for (const pattern of patterns) {
    it(`is a pattern that says no, or is refused: ${pattern}`, () => {
      soon(() => {
        const parameters = { p: { type: 'string', constraints: [{ allowed_pattern: pattern }] } }
        const environment = environmentOf({ parameters: { p: `${long}!` } })
        expect(refused(() => defined({ parameters }, { environment }))).to.contain("Parameter 'p' is invalid")
        try {
          valued({
            yaql: { expression: '$.data.text =~ $.data.pattern', data: { text: `${'a'.repeat(9000)}!`, pattern } },
          })
        } catch (error) {
          expect((error as Error).name).to.equal('StackValidationFailed')
        }
      })
    })
  }

  it('is a text that is replaced and replaced again', () => {
    soon(() => {
      const many = Object.fromEntries(Array.from({ length: 2000 }, (_, index) => ['a'.repeat(index + 1), 'b']))
      expect(valued({ str_replace: { template: long, params: many } })).to.equal('b'.repeat(25))
      expect(valued({ 'Fn::Replace': [many, long] }, { version: '2013-05-23' })).to.equal('b'.repeat(25))
      expect(refused(() => valued({ 'Fn::Replace': [{ a: long }, long] }, { version: '2013-05-23' }))).to.contain(
        'too large',
      )
      expect(valued({ str_split: [',', ','.repeat(50_000)] })).to.have.lengthOf(50_001)
    })
  })

  it('is a number that is asked for as often as it says', () => {
    soon(() => {
      for (const huge of [1e308, 9_007_199_254_740_991, -1e308]) {
        expect(valued({ get_param: ['list', huge] })).to.equal('')
        expect(refused(() => valued({ str_split: [',', 'a', huge] }))).to.contain('Incorrect index')
        expect(refused(() => valued({ make_url: { host: 'h', port: huge } }))).to.contain('Invalid URL port')
        expect(refused(() => valued({ yaql: { expression: 'range($.data)', data: Math.abs(huge) } }))).to.match(
          /exceeds|No function/,
        )
      }
      expect(refused(() => valued({ yaql: { expression: 'pow(10, 400)' } }))).to.contain('beyond')
    })
  })

  it('is a document that grows as it is read, or goes deeper than it is long', () => {
    soon(() => {
      const bomb = Array.from({ length: 40 }, (_, i) => `k${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(', ')}]`)
      const text = `heat_template_version: 2018-08-31\nk0: &a0 lol\n${bomb.join('\n')}\n`
      expect(refused(() => parseTemplateText(text, limits))).to.contain('written out it has more than')
      expect(
        refused(() => parseEnvironmentText(text.replace('heat_template_version: 2018-08-31', 'parameters: {}'), {})),
      ).to.contain('written out')
      const merges = Array.from({ length: 60 }, (_, i) => `k${i + 1}: &a${i + 1} {<<: [*a${i}, *a${i}], x${i}: 1}`)
      parseTemplateText(`heat_template_version: 2018-08-31\nk0: &a0 {a: 1}\n${merges.join('\n')}\n`, limits)
      const deep = `{"heat_template_version":"2018-08-31","a":${'['.repeat(200_000)}`
      expect(refused(() => parseTemplateText(deep, limits))).to.contain('not in valid format')
      let nested: Json = 'x'
      for (let level = 0; level < 5000; level++) nested = [nested]
      expect(refused(() => acceptTemplate({ heat_template_version: '2018-08-31', nested }, limits))).to.contain(
        'levels deep',
      )
    })
  })
})
