import { expect } from 'chai'
import { processorMs } from '../kit.test.js'
import fc from 'fast-check'
import type { Json, JsonMap } from '../plugin/json.js'
import { validateTemplate } from './describe.js'
import { checkEnvironment, environmentOf, overlayEnvironment } from './environment/environment.js'
import { templateFunctions } from './functions/index.js'
import { plainFormats } from './formats/index.js'
import { defined, entry, outcome, speaking, stack, types } from './kit.test.js'
import { mergeEnvironments } from './environment/merge-environments.js'
import { acceptTemplate, parseTemplateText } from './reading/parse.js'
import { parseEnvironmentText } from './environment/environment.js'
import { mapOf } from './random-templates.test.js'

/** What must hold of all templates, whatever is in them. */

const names = ['a', 'b', 'c', 'd', '__proto__', 'constructor', 'toString', '1'] as const
const name = fc.constantFrom(...names)
const small = { maxDepth: 3, withCrossShrink: true }

/** Data with functions in it, right and wrong. */
const value: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>(tie => ({
  value: fc.oneof(
    small,
    fc.constantFrom<Json>(null, true, 0, 1.5, '', 'x', 'a,b'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.record({ k: tie('value') }) as fc.Arbitrary<Json>,
    name.map((one): Json => ({ get_resource: one })),
    fc
      .tuple(name, fc.constantFrom('value', 'nothing'))
      .map(([one, attribute]): Json => ({ get_attr: [one, attribute] })),
    fc.constantFrom('p', 'needed', 'nothing', 'OS::stack_name').map((one): Json => ({ get_param: one })),
    fc.array(tie('value'), { maxLength: 2 }).map((items): Json => ({ list_join: ['-', items] })),
    fc.tuple(tie('value'), tie('value')).map(([one, other]): Json => ({ if: [{ equals: [one, other] }, one, other] })),
    fc.tuple(tie('value'), tie('value')).map(([template, x]): Json => ({ str_replace: { template, params: { x } } })),
  ),
})).value

describe('every template', () => {
  it('reads and checks in a moment, or is refused, whatever text it is', function () {
    this.timeout(30_000)
    const line = fc.constantFrom(
      'heat_template_version: 2021-04-16',
      'AWSTemplateFormatVersion: "2010-09-09"',
      'resources:',
      'Resources:',
      '  a: {type: OS::Heat::Value, properties: {value: 1}}',
      '  <<: *x',
      '  a: &x [*x, *x]',
      '  __proto__: {type: OS::Heat::None}',
      '  "constructor": {Type: OS::Heat::None}',
      '  a: &a {b: &b [1, 2]}',
      '  b: *a',
      '? {complex: key}',
      ': 0x_FF',
      'parameters: {p: {type: number, default: 1e999999}}',
      '  n: 12345678901234567890123456789012345678901234567890',
      '- [[[[[[[[',
      '\t',
      '---',
      '%TAG ! x',
      '!!python/object:os.system x',
      '"\\ud800"',
    )
    const text = fc.oneof(
      fc.array(line, { maxLength: 8 }).map(lines => lines.join('\n')),
      fc.string({ maxLength: 60 }),
      fc.json({ maxDepth: 6 }),
      fc.nat({ max: 4000 }).map(depth => `heat_template_version: 2021-04-16\na: ${'['.repeat(depth)}`),
      fc.nat({ max: 4000 }).map(depth => `{"heat_template_version": ${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}`),
    )
    const limits = { maxSize: 100_000 }
    const slowest = { ms: 0 }
    fc.assert(
      fc.property(text, given => {
        const ms = processorMs(() => {
          const template = outcome(() => parseTemplateText(given, limits))
          if (typeof template !== 'string')
            outcome(() => validateTemplate({ template, environment: {}, files: {}, types, stack }))
          outcome(() => parseEnvironmentText(given, {}))
        })
        slowest.ms = Math.max(slowest.ms, ms)
      }),
      { numRuns: 1500 },
    )
    expect(slowest.ms).to.be.below(3000)
    expect(({} as Record<string, unknown>)['type'], 'a prototype was changed').to.equal(undefined)
  })

  it('gives every function whatever it likes, and gets a value or a HearthError', function () {
    this.timeout(60_000)
    const any = fc.oneof(
      { maxDepth: 3 },
      fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>,
      value,
      fc.constantFrom<Json>('__proto__', 'constructor', ['a', -1e308], { template: {}, for_each: { '': [''] } }),
      fc.array(fc.oneof(value, fc.constantFrom<Json>('a', 'b', 'md5', ',', { a: 1 })), { maxLength: 4 }),
      fc.record({
        template: value,
        params: value,
        for_each: fc.record({ x: value }),
        expression: fc.string(),
        data: value,
      }) as fc.Arbitrary<Json>,
    )
    for (const { version } of plainFormats.list()) {
      const found = plainFormats.find(version)
      if (found === undefined) throw new Error(version)
      const { sections, resource: words } = found.words
      const used = templateFunctions(found, true).map(({ functions }) => functions)
      fc.assert(
        fc.property(fc.constantFrom(...used), any, (called, args) => {
          const template: JsonMap = {
            [found.key]: found.name,
            [sections.resources]: {
              other: { [words.type]: 'OS::Heat::None' },
              one: { [words.type]: 'OS::Heat::Value', [words.properties]: { value: entry(called, args) } },
            },
          }
          outcome(() => {
            const definition = defined({ heat_template_version: null, ...template })
            const one = definition.resources.get('one')
            return one === undefined ? null : outcome(() => one.resolveProperties(speaking))
          })
        }),
        { numRuns: 150 },
      )
    }
  })
})

describe('every environment', () => {
  const parameters = fc
    .uniqueArray(fc.tuple(name, fc.oneof(fc.string(), fc.integer(), fc.array(fc.string()), fc.constant(null))), {
      selector: ([key]) => key,
      maxLength: 4,
    })
    .map(all => mapOf(all as [string, Json][]))
  const environment = fc.record({
    parameters,
    parameter_defaults: parameters,
    resource_registry: fc.dictionary(fc.constantFrom('A::B', 'A::*', 'C'), fc.constantFrom('D', 'x.yaml')),
  })

  it('comes back as it was given, through text and through a PATCH that says nothing', () => {
    fc.assert(
      fc.property(environment, given => {
        const read = parseEnvironmentText(JSON.stringify(given), {})
        const whole = environmentOf(checkEnvironment(read))
        expect(environmentOf(JSON.parse(JSON.stringify(whole)) as JsonMap)).to.deep.equal(whole)
        expect(overlayEnvironment(whole, undefined)).to.deep.equal(whole)
        expect(overlayEnvironment(whole, environmentOf({}))).to.deep.equal(whole)
        expect(overlayEnvironment(environmentOf({}), whole)).to.deep.equal(whole)
        expect(overlayEnvironment(whole, whole)).to.deep.equal(whole)
      }),
    )
  })

  it('is the same from one file as without, and the last of several wins unless a strategy says otherwise', () => {
    const template = acceptTemplate(
      {
        heat_template_version: '2021-04-16',
        parameters: mapOf(names.map(one => [one, { type: 'json' }])),
      },
      { maxSize: 10_000 },
    )
    const merge = (given: readonly object[]) =>
      mergeEnvironments({
        parameters: {},
        environment: {},
        environmentFiles: given.map((_, index) => `f${index}`),
        files: Object.fromEntries(given.map((one, index) => [`f${index}`, JSON.stringify(one)])),
        template,
        limits: {},
      })
    const withoutNulls = (map: JsonMap): JsonMap => mapOf(Object.entries(map).filter(([, one]) => one !== null))
    fc.assert(
      fc.property(environment, environment, (first, second) => {
        const alone = merge([first])
        expect(alone.parameters).to.deep.equal(withoutNulls(first.parameters))
        expect(merge([first, first])).to.deep.equal(alone)
        const both = merge([first, second])
        expect(both.parameters).to.deep.equal(
          mapOf(Object.entries({ ...withoutNulls(first.parameters), ...withoutNulls(second.parameters) })),
        )
        expect(both.resource_registry).to.deep.equal({
          resources: {},
          ...first.resource_registry,
          ...second.resource_registry,
        })
      }),
    )
  })
})
