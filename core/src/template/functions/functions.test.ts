import { expect } from 'chai'
import type { Json } from '../../plugin/json.js'
import { Unknown } from '../../plugin/schema.js'
import { defined, entry, refused, valued } from '../kit.test.js'
import type { Version } from '../formats/version.js'
import { plainFormats } from '../formats/index.js'
import { templateFunctions } from './index.js'

const versionOn = (date: string) => plainFormats.find(`heat_template_version.${date}`) as Version

const at = 'resources.one.properties.value'
const failure = (expression: Json, options: Parameters<typeof valued>[1] = {}) =>
  refused(() => valued(expression, options))
const older = { version: '2014-10-16' }
const unknownOther = { scope: { reference: () => new Unknown(), attribute: () => new Unknown() } }

describe('a function', () => {
  it('is a map of one key that the version knows', () => {
    expect(valued({ get_param: 'text' })).to.equal('hello')
    expect(valued({ get_param: 'text', more: 1 })).to.deep.equal({ get_param: 'text', more: 1 })
    expect(valued({ filter: 'dust', digest: ['md5', 'x'] }, older)).to.have.property('filter')
    expect(valued({ equals: [1, 1] })).to.deep.equal({ equals: [1, 1] })
  })

  it('of a later version is a mistake where it looks like a use, and data where it does not', () => {
    expect(failure({ digest: ['md5', 'x'] }, older)).to.equal(
      `${at}.digest: The function "digest" came with heat_template_version 2015-04-30; this template has 2014-10-16.`,
    )
    expect(failure({ repeat: { template: 'x', for_each: { x: ['a'] } } }, older)).to.contain('came with')
    expect(failure({ if: [true, 1, 2] }, older)).to.contain('came with heat_template_version 2016-10-14')
    expect(valued({ filter: 'dust' }, older)).to.deep.equal({ filter: 'dust' })
    expect(valued({ repeat: { every: 'day' } }, older)).to.deep.equal({ repeat: { every: 'day' } })
    expect(valued({ digest: 'daily' }, older)).to.deep.equal({ digest: 'daily' })
  })

  it('of CloudFormation is there in the first version of HOT', () => {
    const first = { version: '2013-05-23' }
    expect(valued({ Ref: 'other' }, first)).to.equal('other')
    expect(valued({ Ref: 'text' }, first)).to.equal('hello')
    expect(valued({ 'Fn::Select': ['1', { Ref: 'list' }] }, first)).to.equal('b')
    expect(valued({ 'Fn::Join': ['-', ['a', { get_param: 'text' }]] }, first)).to.equal('a-hello')
    expect(failure({ Ref: 'nothing' }, first)).to.contain('The specified reference "nothing"')
  })

  it('that was removed parses and fails validation', () => {
    expect(failure({ 'Fn::Join': ['', []] })).to.equal(
      `${at}.Fn::Join: The template version is invalid: The function Fn::Join is not supported in this version of HOT.`,
    )
  })

  it('comes and stays with versions', () => {
    const names = (date: string) => templateFunctions(versionOn(date), false).map(one => one.functions)
    expect(names('2014-10-16')).to.not.include.members(['repeat', 'digest'])
    expect(names('2015-04-30')).to.include.members(['repeat', 'digest']).and.not.include('str_split')
    expect(names('2016-04-08')).to.include('map_merge').and.not.include('if')
    expect(names('2021-04-16')).to.include.members(['if', 'make_url', 'contains'])
  })

  it('is listed with its description', () => {
    const listed = templateFunctions(versionOn('2016-10-14'), true)
    expect(listed).to.deep.include({ functions: 'get_file', description: 'A function for including a file inline.' })
    expect(listed.map(one => one.functions))
      .to.include('equals')
      .and.not.include('Fn::Join')
    expect(templateFunctions(versionOn('2016-10-14'), false).map(one => one.functions)).to.not.include('equals')
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

  it('may say how a resource is deleted, also before there is a resource around', () => {
    const policy = (input: object) =>
      defined(
        { resources: { a: { type: 'OS::Heat::None', deletion_policy: { resource_facade: 'deletion_policy' } } } },
        input,
      ).resources.get('a')?.deletionPolicy
    expect(policy({ facade })).to.equal('Retain')
    expect(policy({ strict: false })).to.equal('Delete')
  })

  it('is refused for what is not known, and where there is no resource around', () => {
    expect(failure({ resource_facade: 'name' }, { facade })).to.equal(
      `${at}.resource_facade: Incorrect arguments to "resource_facade" should be one of: metadata, deletion_policy, update_policy`,
    )
    expect(failure({ resource_facade: 'metadata' })).to.equal(
      `${at}.resource_facade: It is only known inside of a resource whose type is this template; this stack is in none`,
    )
    expect(valued({ resource_facade: 'metadata' }, { strict: false })).to.satisfy(Unknown.is)
    const metadata = { resource_facade: 'metadata' }
    expect(refused(() => defined({ resources: { a: { type: 'OS::Heat::None', metadata } } }))).to.contain(
      'resources.a.metadata.resource_facade: It is only known inside of a resource',
    )
  })
})

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
      'resources.b.properties.value[0].x.get_attr: The Referenced Attribute (a nope) is incorrect.',
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
    const text = 'The Referenced Attribute (v nope) is incorrect.'
    expect(wrong({ if: ['on', bad, 1] })).to.equal(`${at}.if: get_attr: ${text}`)
    expect(wrong({ list_join: ['', [bad]] })).to.equal(`${at}.list_join: [1][0].get_attr: ${text}`)
  })
  it('refuses other shapes', () => {
    expect(failure({ get_attr: 'other' })).to.equal(`${at}.get_attr: Argument to "get_attr" must be a list`)
    expect(failure({ get_attr: [] })).to.equal(
      `${at}.get_attr: Arguments to "get_attr" can be of the next forms: [resource_name] or [resource_name, attribute, (path), ...]`,
    )
    expect(failure({ get_attr: ['other'] }, older)).to.equal(
      `${at}.get_attr: Arguments to "get_attr" must be of the form [resource_name, attribute, (path), ...] (the name alone came with heat_template_version 2015-10-15)`,
    )
  })
})

describe('str_replace', () => {
  const replace = (template: Json, params: Json, name = 'str_replace', options = {}) =>
    valued(entry(name, { template, params }), options)
  it('takes the longest key first and never scans again what it put in', () => {
    expect(replace('a ab abc', { a: 'ab', ab: '<$&>', abc: 'a' })).to.equal('ab <$&> a')
    expect(replace('abcd', { ab: '1', bcd: '2' })).to.equal('a2')
    expect(replace('xy', { x: 'y', y: 'x' })).to.equal('yx')
  })
  it('prints values as Python does', () => {
    expect(replace('a b c d e f', { a: true, b: 1.5, c: null, d: { z: 1, y: [null] }, e: ['x'], f: 7 })).to.equal(
      'True 1.5  {"y": [null], "z": 1} ["x"] 7',
    )
  })
  it('takes functions for its parts', () => {
    expect(replace({ get_param: 'text' }, { hello: { get_param: ['list', 0] } })).to.equal('a')
  })
  it('is unknown as long as anything in it is', () => {
    expect(replace('x', { y: { get_resource: 'other' } }, 'str_replace', unknownOther)).to.be.instanceOf(Unknown)
  })
  it('refuses', () => {
    const value = (args: Json, options = {}) => failure({ str_replace: args }, options)
    expect(value('x')).to.equal(`${at}.str_replace: Arguments to "str_replace" must be a map`)
    expect(value({ template: 'x' })).to.contain(`${at}.str_replace: '"str_replace" syntax should be `)
    expect(value({ template: 'x', params: 'y' })).to.equal(
      `${at}.str_replace: "str_replace" parameters must be a mapping`,
    )
    expect(value({ template: 1, params: {} })).to.equal(
      `Property error: ${at}: "str_replace" template must be a string`,
    )
    expect(value({ template: 'x', params: { get_param: 'text' } })).to.contain('"str_replace" params must be a map')
    expect(value({ template: 'x', params: { '': 'y' } })).to.contain('empty separator')
    expect(value({ template: 'x', params: { x: [] } }, older)).to.contain(
      '"str_replace" params must be strings or numbers, param x is not valid',
    )
  })
  it('bounds what it makes', () => {
    expect(failure({ str_replace: { template: 'x'.repeat(30_000), params: { x: 'y'.repeat(1000) } } })).to.contain(
      'makes the value too large',
    )
  })
  it('can insist', () => {
    expect(refused(() => replace('a', { a: 1, bb: 2, cc: 3, ddd: 4 }, 'str_replace_strict'))).to.contain(
      'The following params were not found in the template: ddd,bb,cc',
    )
    expect(replace('a', { a: 0 }, 'str_replace_vstrict')).to.equal('0')
    expect(refused(() => replace('a', { a: '' }, 'str_replace_vstrict'))).to.contain(
      'str_replace_vstrict has an undefined or empty value for param a, must be a defined non-empty value',
    )
  })
})

describe('list_join', () => {
  it('joins lists', () => {
    expect(valued({ list_join: [',', ['a', null, { b: 1, a: 2 }], null, ['z']] })).to.equal('a,,{"a": 2, "b": 1},z')
    expect(valued({ list_join: ['-', { get_param: 'list' }] })).to.equal('a-b-c')
  })
  it('refuses', () => {
    expect(failure({ list_join: [',', [1]] })).to.contain('Items to join must be string, map or list not 1')
    expect(failure({ list_join: [',', [true]] }, older)).to.contain('Items to join must be strings not True')
    expect(failure({ list_join: [',', 'abc'] })).to.contain('"list_join" must operate on a list')
    expect(failure({ list_join: [1, ['a']] })).to.contain('"list_join" delimiter must be a string')
    expect(failure({ list_join: [','] })).to.equal(
      `${at}.list_join: Incorrect arguments to "list_join" should be: "list_join" : [ " ", [ "str1", "str2"] ...]`,
    )
  })
  it('is unknown as long as anything in it is', () => {
    expect(valued({ list_join: [',', ['a', { get_resource: 'other' }]] }, unknownOther)).to.be.instanceOf(Unknown)
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

describe('repeat', () => {
  const repeat = (args: Json, options = {}) => valued({ repeat: args }, options)
  it('makes one copy per combination, the last variable fastest', () => {
    expect(repeat({ template: '%a%-%b%', for_each: { '%a%': ['1', '2'], '%b%': ['x', 'y'] } })).to.deep.equal([
      '1-x',
      '1-y',
      '2-x',
      '2-y',
    ])
  })
  it('replaces in keys and values, one variable after the other', () => {
    expect(repeat({ template: { $k: ['$k', 5, null] }, for_each: { $k: ['$v'], $v: ['z'] } })).to.deep.equal([
      { z: ['z', 5, null] },
    ])
  })
  it('zips, takes maps, and null as no list', () => {
    expect(repeat({ template: 'ab', for_each: { a: ['1', '2'], b: ['x', 'y'] }, permutations: false })).to.deep.equal([
      '1x',
      '2y',
    ])
    expect(repeat({ template: 'a', for_each: { a: { k1: 1, k2: 2 } } })).to.deep.equal(['k1', 'k2'])
    expect(repeat({ template: 'a', for_each: { a: { get_attr: ['other', 'x'] } } })).to.deep.equal([])
  })
  it('resolves its template first', () => {
    expect(repeat({ template: { get_param: ['map', 'k', 1] }, for_each: { x: ['y'] } })).to.deep.equal([{ deep: 'y' }])
  })
  it('refuses', () => {
    const why = (args: Json, options = {}) => failure({ repeat: args }, options)
    expect(why({ template: 'a', for_each: { a: [1] } })).to.contain('replace() argument 2 must be str, not int')
    expect(why({ template: 'a', for_each: { a: 'x' } })).to.contain(
      'The values of the "for_each" argument to "repeat" must be lists or maps',
    )
    expect(why({ template: 'a', for_each: { a: {} } }, { version: '2015-04-30' })).to.match(
      /must be lists \(a map came with heat_template_version 2016-10-14\)$/,
    )
    expect(why({ template: 'a', for_each: ['x'] })).to.contain('The "for_each" argument to "repeat" must contain a map')
    expect(why([1])).to.contain('Arguments to "repeat" must be a map')
    expect(why({ template: 'a' })).to.contain('"repeat" syntax should be')
    expect(why({ template: 'a', for_each: {} })).to.contain('not enough values to unpack (expected 2, got 0)')
    expect(why({ template: 'a', for_each: { a: ['b'] }, permutations: 'no' })).to.contain(
      '"permutations" should be boolean type for repeat function.',
    )
    expect(why({ template: 'a', for_each: { a: ['1'], b: ['1', '2'] }, permutations: false })).to.contain(
      'For repeat, the length of for_each values should be equal if no nested loop.',
    )
  })
  it('bounds what it makes', () => {
    const many = Array.from({ length: 100 }, (_, i) => `v${i}`)
    expect(
      failure({ repeat: { template: 'abcde', for_each: { a: many, b: many, c: many, d: many, e: many } } }),
    ).to.contain('makes the value too large')
    const doubling = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`<${i}>`, [`<${i + 1}><${i + 1}>`]]))
    expect(failure({ repeat: { template: '<0>', for_each: doubling } })).to.contain('makes the value too large')
  })
})

describe('digest', () => {
  it('hashes', () => {
    expect(valued({ digest: ['md5', 'x'] })).to.equal('9dd4e461268c8034f5c8564e155c67a6')
    expect(valued({ digest: ['SHA256', 'é'] })).to.equal(
      'de2e331d891ae267a7009cb45b4e8830f170e0c937288ea2731a1941c7a53b0d',
    )
  })
  it('refuses', () => {
    expect(failure({ digest: ['nope', 'x'] })).to.contain("Algorithm must be one of {'md5', 'sha1'")
    expect(failure({ digest: ['constructor', 'x'] })).to.contain('Algorithm must be one of')
    expect(failure({ digest: ['md5'] })).to.contain('Function "digest" usage: ["<algorithm>", "<value>"]')
    expect(failure({ digest: 'md5' })).to.contain('Argument to function "digest" must be a list of strings')
    expect(failure({ digest: ['md5', '€'] })).to.contain(
      "'latin-1' codec can't encode character '\\u20ac' in position 0",
    )
  })
})

describe('map_merge', () => {
  it('merges, the later wins', () => {
    expect(valued({ map_merge: [{ a: 1, b: { x: 1 } }, null, { b: { y: 2 } }] })).to.deep.equal({ a: 1, b: { y: 2 } })
    expect(valued({ map_merge: { repeat: { template: { k: '%x' }, for_each: { '%x': ['1', '2'] } } } })).to.deep.equal({
      k: '2',
    })
  })
  it('keeps what is unknown inside, and is unknown if a map is', () => {
    const merged = valued({ map_merge: [{ a: 1 }, { b: { get_resource: 'other' } }] }, unknownOther) as Record<
      string,
      unknown
    >
    expect(merged['a']).to.equal(1)
    expect(merged['b']).to.be.instanceOf(Unknown)
    expect(valued({ map_merge: [{ a: 1 }, { get_attr: ['other', 'x'] }] }, unknownOther)).to.be.instanceOf(Unknown)
  })
  it('refuses', () => {
    expect(failure({ map_merge: [{}, 'x'] })).to.contain(
      "Incorrect arguments: Items to merge must be maps. 'x' is type <class 'str'> instead of a dict",
    )
  })
})

describe('if', () => {
  it('takes a branch and parses no other', () => {
    expect(valued({ if: ['on', 1, { str_replace: 'broken' }] })).to.equal(1)
    expect(valued({ if: [false, 1, { get_param: 'text' }] })).to.equal('hello')
    expect(valued({ if: [{ equals: [{ get_param: 'number' }, 5] }, 'five', 'other'] })).to.equal('five')
    expect(valued({ if: [null, 'yes', 'no'] })).to.equal('yes')
  })
  it('leaves nothing without an else', () => {
    expect(valued(['a', { if: ['off', 'b'] }, { k: { if: ['off', 'c'] } }])).to.deep.equal(['a', {}])
    expect(failure({ if: ['off', 'b'] })).to.equal(
      'Property error: resources.one.properties: Property value not assigned',
    )
  })
  it('makes dependencies of its branch only', () => {
    expect(valued({ if: ['on', 1, { get_resource: 'nope' }] })).to.equal(1)
  })
  it('refuses', () => {
    expect(failure({ if: ['nope', 1, 2] })).to.equal(`${at}.if: Invalid condition "nope"`)
    expect(failure({ if: ['on'] })).to.equal(
      `${at}.if: Arguments to "if" must be of the form: [condition_name, value_if_true, value_if_false]`,
    )
    expect(failure({ if: ['on', 1] }, { version: '2018-08-31' })).to.contain('Arguments to "if" must be of the form')
  })
})

describe('other functions', () => {
  const cases: [Json, Json][] = [
    [{ str_split: [',', 'a,b,c'] }, ['a', 'b', 'c']],
    [{ str_split: [',', 'a,b,c', '1'] }, 'b'],
    [{ str_split: [',', 'a,b,c', -1] }, 'c'],
    [{ str_split: [',', null] }, null],
    [{ str_split: [null, ' a  b '] }, ['a', 'b']],
    [
      {
        map_replace: [
          { a: 'x', b: 'y' },
          { keys: { a: 'c' }, values: { y: 1 } },
        ],
      },
      { c: 'x', b: 1 },
    ],
    [
      {
        filter: [
          [1, null],
          [true, 'a', null],
        ],
      },
      ['a'],
    ],
    [{ filter: [null, ['a']] }, ['a']],
    [{ list_concat: [['a'], null, ['a']] }, ['a', 'a']],
    [
      {
        list_concat_unique: [
          [1, 'a'],
          [true, { k: 1 }, { k: true }],
        ],
      },
      [1, 'a', { k: 1 }],
    ],
    [{ contains: ['b', { get_param: 'list' }] }, true],
    [{ contains: ['ell', { get_param: 'text' }] }, true],
    [{ contains: [1, [true]] }, true],
    [
      {
        make_url: {
          scheme: 'http',
          username: 'a b',
          password: 'p:/',
          host: '::1',
          port: '80',
          path: 'x y',
          query: { q: 'a b', t: true },
          fragment: 'f',
        },
      },
      'http://a%20b:p%3A%2F@[::1]:80/x%20y?q=a+b&t=True#f',
    ],
    [{ make_url: { host: 'h' } }, '//h'],
  ]
  for (const [expression, expected] of cases) {
    it(`give ${JSON.stringify(expression)}`, () => expect(valued(expression)).to.deep.equal(expected))
  }
  const wrong: [Json, string][] = [
    [{ str_split: [',', 'a', 3] }, 'Incorrect index to "str_split" should be between 0 and 0'],
    [
      { str_split: [','] },
      'Incorrect arguments to "str_split" should be: "str_split" : [ ",", "apples,pears", <index>]',
    ],
    [{ map_replace: [{ a: 1, b: 2 }, { keys: { a: 'b' } }] }, 'key replacement b collides with a key in the input map'],
    [
      { map_replace: [{ a: 1, b: 2 }, { keys: { a: 'c', b: 'c' } }] },
      'key replacement c collides with a key in the output map',
    ],
    [{ filter: ['a', ['b']] }, '"filter" filters a list of values'],
    [{ filter: [['a'], 'b'] }, '"filter" only works with lists'],
    [{ filter: [['a']] }, '"filter" expected 2 arguments of the form [values, sequence] but got 1 arguments instead'],
    [
      { list_concat: [['a'], 'b'] },
      'Incorrect arguments: Items to concat must be lists. [["a"], "b"] contains an item that is not a list: "b"',
    ],
    [{ contains: [1, {}] }, 'Second argument to "contains" should be a sequence.'],
    [{ contains: [1] }, 'Arguments to "contains" must be of the form: [value1, [value1, value2]]'],
    [{ make_url: { port: 70000 } }, 'Invalid URL port 70000, must be in range 1-65535'],
    [{ make_url: { scheme: 'a:' } }, 'URL "scheme" should not contain \':\''],
    [{ make_url: { colour: 'x' } }, `${at}.make_url: Invalid arguments to "make_url": colour`],
    [{ make_url: 'x' }, 'The arguments to "make_url" must be a map'],
  ]
  for (const [expression, text] of wrong) {
    it(`refuse ${JSON.stringify(expression)}`, () => expect(failure(expression)).to.contain(text))
  }
})
