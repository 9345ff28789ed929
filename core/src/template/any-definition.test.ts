import { expect } from 'chai'
import { processorMs } from '../kit.test.js'
import fc from 'fast-check'
import { HearthError } from '../errors.js'
import type { Json, JsonMap } from '../plugin/json.js'
import { type MaybeUnknown, Unknown } from '../plugin/schema.js'
import { environmentOf } from './environment/environment.js'
import { follow, type Scope } from './expression.js'
import { defined, refused, types } from './kit.test.js'
import { parseTemplateText } from './reading/parse.js'

const value = (properties: Json = { value: 1 }, more: JsonMap = {}): JsonMap => ({
  type: 'OS::Heat::Value',
  properties,
  ...more,
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
    const ms = processorMs(() => {
      expect(big(many())).to.contain('The value is too large: written out it has more than')
      expect(big({ list_concat: many() })).to.contain('makes the value too large')
      expect(big({ list_join: ['', ...many()] })).to.contain('makes the value too large')
      expect(big({ filter: [{ get_param: 'p' }, { get_param: 'p' }] })).to.contain('makes the value too large')
    })
    expect(ms).to.be.below(15_000)
  })

  it('ten thousand resources are defined in a moment', function () {
    this.timeout(60_000)
    const resources: JsonMap = {}
    for (let i = 0; i < 10_000; i++) {
      resources[`r${i}`] = value({
        value: { a: i, b: { get_param: 'OS::stack_name' }, c: ['x'], d: { list_join: ['-', ['a', 'b']] } },
        type: 'string',
      })
    }
    const text = JSON.stringify({ heat_template_version: '2021-04-16', resources }).replace('{', '{ ')
    const ms = processorMs(() => {
      const definition = defined(parseTemplateText(text, { maxSize: 100_000_000 }))
      expect(definition.resources.size).to.equal(10_000)
    })
    expect(ms).to.be.below(10_000)
    expect(types.names()).to.include('OS::Heat::Value')
  })
})
