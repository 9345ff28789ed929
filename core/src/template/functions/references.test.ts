import { expect } from 'chai'
import type { Json } from '../../plugin/json.js'
import { Unknown } from '../../plugin/schema.js'
import { defined, refused, valued } from '../kit.test.js'
import { at, failure, gives, older, refuses } from './kit.test.js'

describe('get_param', () => {
  const cases: [Json, Json][] = [
    ['text', 'hello'],
    [['map', 'k', 0], 1],
    [['map', 'k', '1', 'deep'], 'x'],
    [['map', 'k', -1, 'deep', 0], 'x'],
    [['map', 'missing'], ''],
    [['map', 'k', 9], ''],
    [['map', 'k', 'x'], ''],
    [['number', 0], ''],
    [['list', { get_param: ['map', 'k', 0] }], 'b'],
    ['OS::stack_name', 'teststack'],
    ['OS::stack_id', 'None'],
    ['OS::project_id', 'proj'],
  ]
  for (const [args, expected] of cases) {
    it(`answers ${JSON.stringify(args)}`, () => expect(valued({ get_param: args })).to.deep.equal(expected))
  }
  it('refuses', () => {
    expect(failure({ get_param: 'nope' })).to.equal(`Property error: ${at}: The Parameter (nope) was not provided.`)
    expect(failure({ get_param: 'OS::region' })).to.contain('The Parameter (OS::region) was not provided.')
    expect(failure({ get_param: '' })).to.equal(`Property error: ${at}: Function "get_param" must have arguments`)
    expect(failure({ get_param: 5 })).to.equal(`Property error: ${at}: Argument to "get_param" must be string or list`)
    expect(failure({ get_param: [5] })).to.equal(`Property error: ${at}: Parameter name in "get_param" must be string`)
  })
})

describe('get_resource', () => {
  it('is the reference, and a dependency', () => {
    expect(valued({ get_resource: 'other' })).to.equal('other')
    expect(refused(() => valued([{ a: { list_join: ['', [{ get_resource: 'nope' }]] } }]))).to.equal(
      'InvalidTemplateReference: The specified reference "nope" (in one.Properties.value[0].a.list_join[1][0]) is incorrect.',
    )
  })
})

describe('get_attr', () => {
  const attributes = { scope: { reference: (n: string) => n, attribute: (...args: unknown[]) => args as Json[] } }
  it('asks for the attribute and hands the path on', () => {
    expect(valued({ get_attr: ['other', 'a', 'b', 0] }, attributes)).to.deep.equal(['other', 'a', ['b', 0]])
    expect(valued({ get_attr: ['other'] }, attributes)).to.deep.equal(['other', undefined, []])
  })
  it('takes a text for a name alone', () => {
    expect(valued({ get_attr: 'other' }, attributes)).to.deep.equal(['other', undefined, []])
  })
  it('may have functions in any place but the first', () => {
    const nested = defined({
      resources: {
        k: { type: 'OS::Heat::Value', properties: { value: 'a' } },
        d: { type: 'OS::Heat::Value', properties: { value: { a: 5 } } },
        v: {
          type: 'OS::Heat::Value',
          properties: { value: { get_attr: ['d', 'value', { get_attr: ['k', 'value'] }] } },
        },
      },
      outputs: { o: { value: { get_attr: ['d', 'value', { get_attr: ['k', 'value'] }] } } },
    })
    expect(nested.resources.get('v')?.requires).to.deep.equal(['d', 'k'])
    const scope = {
      reference: (n: string) => n,
      attribute: (name: string, _attribute: string | undefined, path: readonly Json[]) =>
        name === 'k' ? 'a' : path[0] === 'a' ? 5 : null,
    }
    expect(nested.resources.get('v')?.resolveProperties(scope)).to.deep.equal({ value: 5 })
  })
  it('checks the attribute before anything exists', () => {
    const template = (args: Json) =>
      defined({
        resources: {
          a: { type: 'OS::Heat::Value', properties: { value: 1 } },
          b: { type: 'OS::Heat::Value', properties: { value: [{ x: { get_attr: args } }] } },
        },
      })
    template(['a', 'show'])
    expect(refused(() => template(['a', 'nope']))).to.equal(
      'resources.b.properties.value[0].x.get_attr: The Referenced Attribute (a nope) is incorrect. (expected value)',
    )
    expect(failure({ if: ['on', { get_attr: ['one', 'x'] }, 1] })).to.contain('Circular Dependency Found')
  })
  it('puts a check below a function under its path', () => {
    const bad = { get_attr: ['v', 'nope'] }
    const wrong = (value: Json) =>
      refused(() =>
        defined({
          conditions: { on: true },
          resources: {
            v: { type: 'OS::Heat::Value', properties: { value: 1 } },
            one: { type: 'OS::Heat::Value', properties: { value } },
          },
        }),
      )
    const text = 'The Referenced Attribute (v nope) is incorrect. (expected value)'
    expect(wrong({ if: ['on', bad, 1] })).to.equal(`${at}.if: get_attr: ${text}`)
    expect(wrong({ list_join: ['', [bad]] })).to.equal(`${at}.list_join: [1][0].get_attr: ${text}`)
  })
  it('refuses other shapes', () => {
    expect(failure({ get_attr: 5 })).to.equal(`${at}.get_attr: Argument to "get_attr" must be a list`)
    expect(failure({ get_attr: 'other' }, older)).to.equal(`${at}.get_attr: Argument to "get_attr" must be a list`)
    expect(failure({ get_attr: [] })).to.equal(
      `${at}.get_attr: Arguments to "get_attr" can be of the next forms: [resource_name] or [resource_name, attribute, (path), ...]`,
    )
    expect(failure({ get_attr: ['other'] }, older)).to.equal(
      `${at}.get_attr: Arguments to "get_attr" must be of the form [resource_name, attribute, (path), ...] (the name alone came with heat_template_version 2015-10-15)`,
    )
  })
})

describe('get_file', () => {
  it('includes a file', () => {
    expect(valued({ get_file: 'x' }, { files: { x: '' } })).to.equal('')
    expect(failure({ get_file: 'constructor' })).to.contain(
      'No content found in the "files" section for get_file path: constructor',
    )
    expect(failure({ get_file: ['x'] })).to.contain('Argument to "get_file" must be a string')
  })
})

describe('resource_facade', () => {
  const facade = { metadata: { role: 'web' }, deletion_policy: 'Retain', update_policy: { batch: 2 } }

  it('tells of the resource around, in the words of the format', () => {
    expect(valued({ resource_facade: 'metadata' }, { facade })).to.deep.equal({ role: 'web' })
    expect(valued({ resource_facade: 'deletion_policy' }, { facade })).to.equal('Retain')
    expect(valued({ 'Fn::ResourceFacade': 'UpdatePolicy' }, { facade, version: '2013-05-23' })).to.deep.equal({
      batch: 2,
    })
  })

  it('may say how a resource is deleted', () => {
    const policy = (input: object) =>
      defined(
        { resources: { a: { type: 'OS::Heat::None', deletion_policy: { resource_facade: 'deletion_policy' } } } },
        input,
      ).resources.get('a')?.deletionPolicy
    expect(policy({ facade })).to.equal('Retain')
    expect(policy({ validate: false }), 'as it was stored').to.equal('Delete')
  })

  it('is refused for what is not known, and where there is no resource around', () => {
    expect(failure({ resource_facade: 'name' }, { facade })).to.equal(
      `${at}.resource_facade: Incorrect arguments to "resource_facade" should be one of: metadata, deletion_policy, update_policy`,
    )
    for (const strict of [true, false]) {
      expect(failure({ resource_facade: 'metadata' }, { strict })).to.contain(
        `${at}.resource_facade: It is only known inside of a resource whose type is this template; this stack is in none`,
      )
    }
    expect(valued({ resource_facade: 'metadata' }, { validate: false })).to.satisfy(Unknown.is)
    const metadata = { resource_facade: 'metadata' }
    expect(refused(() => defined({ resources: { a: { type: 'OS::Heat::None', metadata } } }))).to.contain(
      'resources.a.metadata.resource_facade: It is only known inside of a resource',
    )
  })
})

describe('the path of get_param', () => {
  gives('get_param', [
    [['map', 'k', '-1', 'deep'], 'x'],
    [['text', 0], 'h'],
    [['text', -1], 'o'],
    [['text', '1'], 'e'],
    [['list', true], 'b'],
    [['map', null], ''],
    [['map', 'k', 1.5], ''],
    [['map', { get_param: 'text' }], ''],
    [['yes', 0], ''],
    ['yes', true],
  ])
  refuses('get_param', [
    [[['map']], 'Parameter name in "get_param" must be string'],
    [{ a: 1 }, 'Argument to "get_param" must be string or list'],
    [[], 'Function "get_param" must have arguments'],
    [['map', { get_param: 'nope' }], 'The Parameter (nope) was not provided.'],
    [{ get_param: 'text' }, 'The Parameter (hello) was not provided.'],
  ])
})

describe('names of resources and attributes', () => {
  const echo = { scope: { reference: (name: string) => name, attribute: (...args: unknown[]) => args as Json[] } }
  gives(
    'get_attr',
    [
      [
        ['other', { get_param: 'text' }, { get_param: ['map', 'k', 0] }],
        ['other', 'hello', [1]],
      ],
      [
        [{ list_join: ['', ['ot', 'her']] }, 'x', '0', -1],
        ['other', 'x', ['0', -1]],
      ],
    ],
    echo,
  )
  gives('get_resource', [[{ str_replace: { template: 'Xer', params: { X: 'oth' } } }, 'other']], echo)
  refuses('get_resource', [
    [{ get_param: 'text' }, 'The specified reference "hello" (in one.Properties.value) is incorrect.'],
    [['other'], 'The specified reference "[\'other\']" (in one.Properties.value) is incorrect.'],
    [5, 'The specified reference "5" (in one.Properties.value) is incorrect.'],
  ])
  refuses('get_attr', [
    [['nope', 'x'], 'The specified reference "nope" (in one.Properties.value) is incorrect.'],
    [['other', 5], 'The Referenced Attribute (other 5) is incorrect.'],
    [['other', null], 'The Referenced Attribute (other None) is incorrect.'],
  ])
  refuses('get_file', [
    [{ get_param: 'text' }, 'No content found in the "files" section for get_file path: hello'],
    [null, 'Argument to "get_file" must be a string'],
  ])
})
