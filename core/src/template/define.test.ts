import { expect } from 'chai'
import fc from 'fast-check'
import { HearthError } from '../errors.js'
import type { Json, JsonMap } from '../plugin/json.js'
import { type MaybeUnknown, Unknown } from '../plugin/schema.js'
import { emptiedTemplate, emptyTemplate } from './definition.js'
import { environmentOf } from './environment.js'
import { follow, type Scope } from './expression.js'
import { defined, placeholders, refused, types } from './kit.test.js'
import { parseTemplateText } from './parse.js'
import { plainFormats } from './formats/index.js'

const value = (properties: Json = { value: 1 }, more: JsonMap = {}): JsonMap => ({
  type: 'OS::Heat::Value',
  properties,
  ...more,
})
const refusal = (template: JsonMap) => refused(() => defined(template))
const withResource = (r: Json) => refusal({ resources: { r } })

describe('a template', () => {
  it('names its version', () => {
    expect(defined({ heat_template_version: 'rocky' }).version.name).to.equal('2018-08-31')
    expect(refusal({ heat_template_version: 5 })).to.equal(
      'InvalidTemplateVersion: The template version is invalid: Template version was not provided',
    )
    expect(refusal({ heat_template_version: '2012-12-12' })).to.equal(
      'InvalidTemplateVersion: The template version is invalid: "heat_template_version: 2012-12-12". "heat_template_version" should be one of: 2013-05-23, 2014-10-16, 2015-04-30, 2015-10-15, 2016-04-08, 2016-10-14, 2017-02-24, 2017-09-01, 2018-03-02, 2018-08-31, 2021-04-16, newton, ocata, pike, queens, rocky, wallaby',
    )
    expect(refusal({ AWSTemplateFormatVersion: '2010-09-09' })).to.contain('Ambiguous versions')
    expect(refused(() => defined({ heat_template_version: null, HeatTemplateFormatVersion: '2010-09-09' }))).to.contain(
      '"HeatTemplateFormatVersion: 2010-09-09". "HeatTemplateFormatVersion" should be: 2012-12-12',
    )
    expect(plainFormats.list()).to.deep.include({
      version: 'heat_template_version.2016-10-14',
      type: 'hot',
      aliases: ['heat_template_version.newton'],
    })
  })

  it('has known sections', () => {
    expect(refusal({ resource: {} })).to.equal('The template section is invalid: resource (did you mean resources?)')
    expect(refusal({ heat_template_version: '2015-10-15', conditions: {} })).to.equal(
      'The template section is invalid: conditions (it came with heat_template_version 2016-10-14)',
    )
    expect(defined({ resources: null, outputs: null, parameters: null, description: null }).description).to.equal(
      'No description',
    )
    expect(refusal({ resources: 'x' })).to.contain("Found a [<class 'str'>] instead")
    expect(refusal({ parameters: ['x'] })).to.contain('parameters: The parameters must be a map of parameters.')
  })

  const keys: [Json, string][] = [
    [null, 'Each resource must contain a type key.'],
    ['x', '"resources" must contain a map of resource maps. Found a [<class \'str\'>] instead'],
    [{}, 'Each resource must contain a type key.'],
    [{ type: null }, 'Each Resource must contain a Type key.'],
    [{ type: 5 }, 'Resource r type type must be string'],
    [
      { type: 'X', propertes: {} },
      '"propertes" is not a valid keyword inside a resource definition (did you mean properties?)',
    ],
    [value(null), 'Resource r properties type must be object'],
    [value({ get_param: 'x' }), 'Resource r properties type must be object'],
    [value({}, { metadata: [] }), 'Resource r metadata type must be object'],
    [value({}, { depends_on: 5 }), 'Resource r depends_on type must be list or string'],
    [value({}, { depends_on: [5] }), 'Resource r depends_on must be a list of strings'],
    [value({}, { deletion_policy: 'Keep' }), 'Invalid deletion policy "Keep"; expected Delete, Retain, Snapshot'],
    [value({}, { description: 5 }), 'Resource r description type must be string'],
    [value({}, { condition: null }), 'Resource r condition type must be string_or_boolean'],
    [value({}, { condition: 'nope' }), 'resources.r.condition: Invalid condition "nope"'],
    [
      value({}, { external_id: 'x', depends_on: 'q' }),
      'InvalidExternalResourceDependency: Invalid dependency with external OS::Heat::Value resource: x',
    ],
    [value({}, { external_id: 5 }), 'Resource r external_id type must be string'],
    [
      value({}, { external_id: { get_resource: 'r' } }),
      'InvalidTemplateReference: The specified reference "r" (in unknown) is incorrect.',
    ],
    [
      value({ value: 1 }, { deletion_policy: 'snapshot' }),
      'resources.r.deletion_policy: "Snapshot" deletion policy not supported',
    ],
    [
      value({ value: 1 }, { update_policy: { rolling_update: {} } }),
      'Property error: resources.r.update_policy: Unknown Property rolling_update',
    ],
    [
      value({ value: { str_replace: 5 } }),
      'resources.r.properties.value.str_replace: Arguments to "str_replace" must be a map',
    ],
    [
      { type: 'OS::Heat::Valu' },
      'The Resource Type (OS::Heat::Valu) could not be found. Did you mean OS::Heat::Value?',
    ],
    [{ type: 'X' }, 'The Resource Type (X) could not be found.'],
    [value({}), 'Property error: resources.r.properties: Property value not assigned'],
    [value({ value: 1, zzzzzz: 1 }), 'Property error: resources.r.properties: Unknown Property zzzzzz'],
    [
      value({ value: 1, type: 'x' }),
      'Property error: resources.r.properties.type: "x" is not an allowed value ["string", "number"]',
    ],
    [
      value({ value: 1, type: { get_parm: 'x' } }),
      "Property error: resources.r.properties.type: Value must be a string; got {'get_parm': 'x'} (did you mean the function get_param?)",
    ],
    [
      value({ value: 1 }, { depends_on: 'q' }),
      'InvalidTemplateReference: The specified reference "q" (in r) is incorrect.',
    ],
    [
      value({ value: 1 }, { metadata: { a: [{ get_resource: 'q' }] } }),
      'InvalidTemplateReference: The specified reference "q" (in r.Metadata.a[0]) is incorrect.',
    ],
    [
      value({ value: 1 }, { depends_on: 'r' }),
      'CircularDependencyException: Circular Dependency Found: {Value "r": {Value "r"}}',
    ],
  ]
  for (const [resource, text] of keys) {
    it(`refuses a resource ${JSON.stringify(resource)}`, () => expect(withResource(resource)).to.equal(text))
  }

  it('refuses other things', () => {
    expect(refusal({ resources: { 'a/b': value() } })).to.equal('Resource name may not contain "/"')
    for (const name of ['', '.', '..', 'x'.repeat(256)]) {
      expect(refusal({ resources: { [name]: value() } })).to.match(
        /^Resource name ".*" is not allowed; expected 1 to 255/,
      )
    }
    expect(refusal({ parameters: { r: { type: 'string', default: '' } }, resources: { r: value() } })).to.equal(
      "Duplicate names {'r'}",
    )
    expect(refused(() => defined({ resources: { a: value(), b: value() } }, { maxResources: 1 }))).to.equal(
      'RequestLimitExceeded: Request limit exceeded: Maximum resources per stack exceeded.',
    )
    expect(refusal({ heat_template_version: '2015-10-15', resources: { r: value({}, { condition: true }) } })).to.equal(
      'Invalid keyword(s) inside a resource definition: condition (it came with heat_template_version 2016-10-14)',
    )
    expect(refused(() => defined({}, { environment: environmentOf({ resource_registry: { 'A::B': 5 } }) }))).to.contain(
      'environment.resource_registry.A::B: ',
    )
    expect(refused(() => defined({}, { environment: environmentOf({ event_sinks: [{ type: 'x' }] }) }))).to.contain(
      'event_sinks[0]',
    )
  })

  it('refuses text that cannot be stored, wherever it stands', () => {
    const why = 'It has text that cannot be stored: a NUL character, or half of a surrogate pair'
    const resources = (x: Json) => ({ resources: { r: value({ value: { a: ['ok', x] } }) } })
    expect(refusal(resources('a\0'))).to.equal(`resources.r.properties.value.a[1]: ${why}`)
    expect(refusal(resources({ 'k\ud800': 1 }))).to.equal(`resources.r.properties.value.a[1]: ${why}`)
    // A function makes it.
    const made = { yaql: { expression: "$.data + '\\x00'", data: 'x' } }
    expect(refusal(resources(made))).to.equal(`resources.r.properties.value.a[1]: ${why}`)
    expect(refusal({ resources: { r: value({ value: 1 }, { metadata: { m: made } }) } })).to.contain(
      `metadata.m: ${why}`,
    )
    const environment = environmentOf({ parameter_defaults: { p: { q: '\udc00' } } })
    expect(refused(() => defined({}, { environment }))).to.equal(`environment.parameter_defaults.p.q: ${why}`)
    expect(refused(() => defined({}, { files: { 'x.sh': '\0' } }))).to.equal(`files.x.sh: ${why}`)
    expect(defined(resources('\u{1f600}')).resources.size).to.equal(1)
  })

  it('names a cycle, however long the way to it', () => {
    const reference = (name: string) => value({ value: { get_resource: name } })
    expect(refusal({ resources: { a: reference('b'), b: reference('c'), c: reference('b'), d: value() } })).to.equal(
      'CircularDependencyException: Circular Dependency Found: {Value "a": {Value "b"}, Value "b": {Value "c"}, Value "c": {Value "b"}}',
    )
    const chain: JsonMap = {}
    for (let i = 0; i < 20_000; i++) chain[`r${i}`] = reference(`r${i + 1}`)
    chain['r20000'] = value()
    expect(defined({ resources: chain }).inOrder()[0]).to.equal('r20000')
  })

  it('needs no types and no checks when it was valid before', () => {
    expect(defined({ resources: { r: value() } }, { validate: false }).resources.size).to.equal(1)
    expect(defined({ resources: { r: { type: 'Gone' } } }, { validate: false }).resources.get('r')?.type).to.equal(
      'Gone',
    )
  })

  it('leaves the emptied and the empty template', () => {
    const definition = defined({
      description: 'd',
      parameters: { p: { type: 'string', default: 'x' } },
      resources: { r: value() },
      outputs: { o: { value: 1 } },
    })
    expect(emptyTemplate(definition).content).to.deep.equal({ heat_template_version: '2021-04-16' })
    expect(Object.keys(emptiedTemplate(definition).content)).to.deep.equal([
      'heat_template_version',
      'description',
      'parameters',
    ])
  })
})

describe('conditions', () => {
  const parameters = { env: { type: 'string', default: 'prod' }, flag: { type: 'boolean', default: false } }
  const conditional = (conditions: Json, resources: JsonMap, outputs: JsonMap = {}) =>
    defined({ parameters, conditions, resources, outputs })

  it('decide what is in the stack', () => {
    const definition = conditional(
      {
        prod: { equals: [{ get_param: 'env' }, 'prod'] },
        flagged: { get_param: 'flag' },
        both: { and: ['prod', { not: 'flagged' }] },
        either: { or: ['flagged', { equals: [1, 2] }] },
      },
      {
        a: value({ value: 1 }, { condition: 'both' }),
        b: { type: 'Unknown::Type', condition: 'either', properties: { value: { get_resource: 'nope' } } },
        c: value({ value: { if: ['either', { get_resource: 'b' }, 'none'] } }, { depends_on: ['b', 'a'] }),
      },
      { o: { value: { get_resource: 'a' }, condition: 'either' }, p: { value: { get_resource: 'b' } } },
    )
    expect([...definition.resources.keys()]).to.deep.equal(['a', 'c'])
    expect(definition.resources.get('c')?.requires).to.deep.equal(['a'])
    expect(definition.resources.get('c')?.resolveProperties(placeholders)).to.deep.equal({ value: 'none' })
    expect(definition.outputs.get('o')?.resolve(placeholders)).to.deep.equal({ value: null })
    expect(definition.outputs.get('p')?.resolve(placeholders)).to.deep.equal({
      value: null,
      error: 'The specified reference "b" (in unknown) is incorrect.',
    })
  })

  it('may not refer to what is not there', () => {
    expect(
      refused(() =>
        conditional(
          { off: false },
          { a: value({ value: 1 }, { condition: 'off' }), b: value({ value: { get_attr: ['a', 'value'] } }) },
        ),
      ),
    ).to.contain('The specified reference "a" (in b.Properties.value) is incorrect.')
    expect(
      refused(() =>
        conditional(
          { off: false },
          { a: value({ value: 1 }, { condition: 'off' }) },
          { o: { value: { get_attr: ['a', 'value'] } } },
        ),
      ),
    ).to.equal('outputs.o.value.get_attr: The specified reference "a" (in unknown) is incorrect.')
  })

  const error = 'Condition validation error: '
  const noText =
    'expected a boolean or a function of conditions, not text; another condition may be named inside of one'
  const wrong: [Json, string][] = [
    [null, "Conditions validation error: Condition definitions must be a map. Found a <class 'NoneType'> instead"],
    [{ c: 'other' }, `${error}The definition of condition "c" is invalid: other; ${noText}`],
    [{ c: { get_param: 'env' } }, `${error}The definition of condition "c" is invalid: prod; ${noText}`],
    [{ c: { not: 'd' }, d: { not: 'c' } }, `${error}Circular definition for condition "c"`],
    [{ c: { not: 'nope' } }, 'resources.r.condition: Invalid condition "nope"'],
    [{ c: { not: null } }, 'conditions.c.not: Argument to "not" must be a condition'],
    [{ c: { and: [true] } }, 'conditions.c.and: The minimum number of condition arguments to "and" is 2.'],
    [{ c: { or: 'x' } }, 'conditions.c.or: Arguments to "or" must be a list of conditions'],
    [{ c: { equals: [1] } }, 'conditions.c.equals: Arguments to "equals" must be of the form: [value_1, value_2]'],
    [
      { c: { equals: [{ get_file: 'x' }, 1] } },
      'conditions.c.equals[0].get_file: The function "get_file" is invalid in this context',
    ],
    [{ c: { get_param: 'nope' } }, 'UserParameterMissing: The Parameter (nope) was not provided.'],
    [
      { c: { yaql: { expression: '1 +' } } },
      'resources.r.condition: Bad expression Parse error: unexpected end of statement.',
    ],
  ]
  for (const [conditions, text] of wrong) {
    it(`may not be ${JSON.stringify(conditions)}`, () => {
      expect(refused(() => conditional(conditions, { r: value({ value: 1 }, { condition: 'c' }) }))).to.equal(text)
    })
  }

  it('are checked for type, but not evaluated, when nobody asks', () => {
    conditional({ c: { not: 'd' }, d: { not: 'c' } }, {})
    expect(refused(() => conditional({ c: 5 }, {}))).to.equal(
      `${error}The definition of condition "c" is invalid: 5; expected a boolean or a function of conditions`,
    )
  })

  it('compare as Python does', () => {
    const holds = (a: Json, b: Json) =>
      conditional({ c: { equals: [a, b] } }, { r: value({ value: 1 }, { condition: 'c' }) }).resources.size === 1
    expect([holds(1, true), holds(5, '5'), holds({ a: [1] }, { a: [1] })]).to.deep.equal([true, false, true])
  })
})

describe('outputs', () => {
  const outputs = (outputs: Json) => refusal({ resources: { r: value() }, outputs })
  it('are checked', () => {
    const error = 'Output validation error: outputs.o: '
    expect(outputs({ o: 'x' })).to.equal(`${error}Output definitions must be a map. Found a <class 'str'> instead`)
    expect(outputs({ o: {} })).to.equal(`${error}Each output definition must contain a value key.`)
    expect(outputs('x')).to.contain('Output validation error: outputs: ')
    expect(outputs({ o: { value: { get_attr: ['r', 'nope'] } } })).to.equal(
      'outputs.o.value.get_attr: The Referenced Attribute (r nope) is incorrect.',
    )
    expect(outputs({ o: { value: { list_join: 5 } } })).to.contain('outputs.o.value.list_join: Incorrect arguments')
    expect(outputs({ o: { value: 1, condition: 'nope' } })).to.equal('outputs.o.condition: Invalid condition "nope"')
  })

  it('resolve to a value or to an error', () => {
    const definition = defined({
      resources: { r: value() },
      outputs: {
        a: { value: { get_attr: ['r', 'value'] }, description: 5, extra: 'ignored' },
        b: { value: { list_join: [',', { get_attr: ['r', 'value'] }] } },
        c: { value: { get_param: 'nope' } },
      },
    })
    const scope: Scope = { reference: name => name, attribute: () => 'text' }
    const { a, b, c } = Object.fromEntries(definition.outputs)
    expect([a?.description, b?.description]).to.deep.equal(['5', 'No description given'])
    expect(a?.resolve(scope)).to.deep.equal({ value: 'text' })
    expect(a?.references).to.deep.equal([{ resource: 'r', attribute: 'value', path: 'outputs.a.value' }])
    expect(b?.resolve(scope)).to.deep.equal({ value: null, error: '"list_join" must operate on a list' })
    expect(c?.resolve(scope).error).to.equal('The Parameter (nope) was not provided.')
  })
})

describe('a resource', () => {
  it('knows what it requires and reads', () => {
    const definition = defined({
      parameters: { name: { type: 'string', default: 'b' } },
      resources: {
        a: { type: 'OS::Heat::None' },
        b: { type: 'OS::Heat::None' },
        c: {
          type: 'OS::Heat::None',
          depends_on: 'a',
          properties: { x: { get_attr: [{ get_param: 'name' }, 'v', 'path'] }, y: [{ get_attr: ['b'] }] },
          metadata: { m: { get_resource: 'a' } },
        },
      },
    })
    const c = definition.resources.get('c')
    expect(c?.requires).to.deep.equal(['a', 'b'])
    expect(c?.reads).to.deep.equal([
      { resource: 'b', attribute: 'v' },
      { resource: 'b', attribute: undefined },
    ])
    expect(c?.resolveMetadata(placeholders)).to.deep.equal({ m: 'a' })
  })

  it('keeps names that objects have anyway', () => {
    const text =
      'heat_template_version: 2021-04-16\nresources: {constructor: {type: OS::Heat::None, properties: {__proto__: {a: {get_param: OS::stack_name}}}}}'
    const resource = defined(parseTemplateText(text, { maxSize: 1000 })).resources.get('constructor')
    const properties = resource?.resolveProperties(placeholders) ?? {}
    expect(Object.keys(properties)).to.deep.equal(['__proto__'])
    expect(JSON.stringify(properties)).to.equal('{"__proto__":{"a":"teststack"}}')
  })

  it('follows a path as get_attr does', () => {
    const data: Json = { a: ['x', { b: 'text' }] }
    expect(follow(data, ['a', 1, 'b', 0])).to.equal('t')
    expect(follow(data, ['a', -1, 'b'])).to.equal('text')
    expect(follow(data, ['a', '1'])).to.equal(null)
    expect(follow(data, ['a', 5])).to.equal(null)
    expect(follow(data, ['constructor'])).to.equal(null)
    expect(follow(new Unknown('x'), ['a'])).to.be.instanceOf(Unknown)
  })
})

describe('whatever a template says', () => {
  const leaf = fc.constantFrom<Json>('a', 'b', 'on', '', 'text', 1, 0, -1, true, false, null, 1.5, [], {})
  const names = [
    'get_param',
    'get_resource',
    'get_attr',
    'get_file',
    'list_join',
    'str_replace',
    'repeat',
    'digest',
    'map_merge',
    'if',
    'str_split',
    'map_replace',
    'filter',
    'list_concat',
    'list_concat_unique',
    'contains',
    'make_url',
    'str_replace_strict',
    'str_replace_vstrict',
  ]
  const { expression } = fc.letrec<{ expression: Json }>(tie => ({
    expression: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.constantFrom<Json>(
        { get_attr: ['a', 'x'] },
        { get_resource: 'a' },
        { get_param: 'text' },
        { get_param: 'list' },
      ),
      fc.tuple(fc.constantFrom(...names), tie('expression')).map(([name, args]) => ({ [name]: args })),
      fc.array(tie('expression'), { maxLength: 3 }),
      fc.dictionary(
        fc.constantFrom('a', 'b', 'template', 'params', 'for_each', 'keys', 'values', 'host', '__proto__'),
        tie('expression'),
        { maxKeys: 3 },
      ),
      fc.tuple(tie('expression'), tie('expression')).map(([x, y]) => ({ list_join: [x, y] })),
      fc.tuple(tie('expression'), tie('expression')).map(([x, y]) => ({ contains: [x, y] })),
      fc.tuple(tie('expression'), tie('expression')).map(([x, y]) => ({ filter: [x, y] })),
      fc
        .tuple(tie('expression'), tie('expression'))
        .map(([template, b]) => ({ str_replace: { template, params: { a: b } } })),
      fc
        .tuple(tie('expression'), tie('expression'))
        .map(([template, a]) => ({ repeat: { template, for_each: { a } } })),
      tie('expression').map((x): Json => ({ map_merge: [{ a: x }, { b: 1 }] })),
      tie('expression').map(x => ({ list_concat_unique: [['a'], [x]] })),
    ),
  }))
  const template = (x: Json): JsonMap => ({
    parameters: { text: { type: 'string', default: 'a b' }, list: { type: 'comma_delimited_list', default: 'a,b' } },
    conditions: { on: true },
    resources: { a: { type: 'OS::Heat::None' }, r: { type: 'OS::Heat::None', properties: { x }, metadata: { x } } },
    outputs: { o: { value: x } },
  })

  function attempt<T>(work: () => T): { value: T } | { error: string } {
    try {
      return { value: work() }
    } catch (error) {
      if (HearthError.is(error)) return { error: error.message }
      throw error
    }
  }

  it('only a HearthError comes out', function () {
    this.timeout(60_000)
    const anything = fc.jsonValue() as fc.Arbitrary<Json>
    fc.assert(
      fc.property(
        fc.constantFrom('parameters', 'conditions', 'resources', 'outputs', 'parameter_groups'),
        anything,
        (section, content) => {
          attempt(() => defined({ [section]: content }))
          attempt(() => defined({ [section]: { x: content } }))
          attempt(() =>
            defined({
              [section]: { x: { type: 'OS::Heat::Value', properties: content, default: content, value: content } },
            }),
          )
        },
      ),
      { numRuns: 500 },
    )
    fc.assert(
      fc.property(expression, x => void attempt(() => defined(template(x)))),
      { numRuns: 2000 },
    )
  })

  it('knowing more never contradicts what was known', function () {
    this.timeout(60_000)
    const answers = fc.tuple(expression, fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>, fc.boolean())
    fc.assert(
      fc.property(answers, ([x, answer, nested]) => {
        const made = attempt(() => defined(template(x), { validate: false }))
        if ('error' in made) return
        const resource = made.value.resources.get('r')
        const unknown = nested && Array.isArray(answer) ? answer.map(() => new Unknown()) : new Unknown()
        const scope = (value: MaybeUnknown): Scope => ({
          reference: () => value,
          attribute: (_n, _a, path) => follow(value, path),
        })
        const before = attempt(() => resource?.resolveProperties(scope(unknown))['x'])
        const after = attempt(() => resource?.resolveProperties(scope(answer))['x'])
        if ('error' in after) return
        expect(before, 'an error that vanishes with knowledge').to.not.have.property('error')
        if ('value' in before) refines(before.value, after.value)
      }),
      { numRuns: 3000 },
    )
  })

  /** Wherever `before` knows something, `after` says the same. */
  function refines(before: MaybeUnknown | undefined, after: MaybeUnknown | undefined): void {
    if (Unknown.is(before)) return
    if (Array.isArray(before)) {
      expect(after).to.be.an('array').with.lengthOf(before.length)
      before.forEach((item, index) => {
        refines(item, (after as MaybeUnknown[])[index])
      })
    } else if (typeof before === 'object' && before !== null) {
      expect(Object.keys(after as object)).to.deep.equal(Object.keys(before))
      for (const [key, item] of Object.entries(before)) refines(item, (after as Record<string, MaybeUnknown>)[key])
    } else expect(after).to.deep.equal(before)
  }

  it('a value cannot outgrow memory or patience', function () {
    this.timeout(30_000)
    const list = Array.from({ length: 100_000 }, (_, i) => `item ${i}`)
    const big = (expression: Json): string =>
      refused(() =>
        defined(
          {
            parameters: { p: { type: 'json' } },
            resources: { r: { type: 'OS::Heat::Value', properties: { value: expression } } },
          },
          { environment: environmentOf({ parameters: { p: list } }) },
        ),
      )
    const many = (): Json[] => Array.from({ length: 20_000 }, () => ({ get_param: 'p' }))
    const start = performance.now()
    expect(big(many())).to.contain('The value is too large: written out it has more than')
    expect(big({ list_concat: many() })).to.contain('makes the value too large')
    expect(big({ list_join: ['', ...many()] })).to.contain('makes the value too large')
    expect(big({ filter: [{ get_param: 'p' }, { get_param: 'p' }] })).to.contain('makes the value too large')
    expect(performance.now() - start).to.be.below(10_000)
  })

  it('ten thousand resources are defined in a moment', function () {
    this.timeout(20_000)
    const resources: JsonMap = {}
    for (let i = 0; i < 10_000; i++) {
      resources[`r${i}`] = value({
        value: { a: i, b: { get_param: 'OS::stack_name' }, c: ['x'], d: { list_join: ['-', ['a', 'b']] } },
        type: 'string',
      })
    }
    const text = JSON.stringify({ heat_template_version: '2021-04-16', resources }).replace('{', '{ ')
    const start = performance.now()
    const definition = defined(parseTemplateText(text, { maxSize: 100_000_000 }))
    expect(definition.resources.size).to.equal(10_000)
    expect(performance.now() - start).to.be.below(5000)
    expect(types.names()).to.include('OS::Heat::Value')
  })
})
