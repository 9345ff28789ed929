import fc from 'fast-check'
import type { Json, JsonMap } from '../plugin/json.js'
import { plainFormats, type Version } from './formats/index.js'
import { templateFunctions } from './functions/index.js'
import { entry } from './kit.test.js'
import { put } from './values/maps.js'

/** Random templates in every version of every format, with environments and files: mostly right, with mistakes of every kind. */

export interface World {
  readonly template: JsonMap
  readonly environment: JsonMap
  readonly files: { readonly [file: string]: string }
  /** Keys of `files`. */
  readonly environmentFiles: readonly string[]
}

const names = ['a', 'b', 'c', '__proto__', 'constructor', 'p', '1'] as const
/** One of these, and once in a while any of those. */
const mostly = <Value>(right: readonly Value[], odd: readonly Value[]): fc.Arbitrary<Value> =>
  fc.oneof({ weight: 30, arbitrary: fc.constantFrom(...right) }, { weight: 1, arbitrary: fc.constantFrom(...odd) })
const parameter = mostly(['p', 'needed', 'flag', 'json', 'list'], ['nothing'])
const scalar = fc.constantFrom<Json>(null, true, 0, 1.5, '', 'x', 'a,b', 'on')

/** What a function may be given, with values of the template's own in it. */
const plausible = (
  any: fc.Arbitrary<Json>,
  condition: fc.Arbitrary<Json>,
  name: fc.Arbitrary<string>,
): Readonly<Record<string, fc.Arbitrary<Json>>> => {
  /** Text in most cases, so that most calls are right. */
  const value = fc.oneof({ weight: 8, arbitrary: fc.constantFrom<Json>('x', 'a,b') }, { weight: 1, arbitrary: any })
  const values = fc.array(value, { maxLength: 2 }) as fc.Arbitrary<Json>
  const list = (...parts: readonly fc.Arbitrary<Json>[]) => fc.tuple(...parts) as fc.Arbitrary<Json>
  const map = (parts: Readonly<Record<string, fc.Arbitrary<Json>>>) => fc.record(parts) as fc.Arbitrary<Json>
  const attribute = mostly<Json>(['show'], ['value', 'out', 'nothing'])
  const replacing = map({ template: value, params: map({ x: any }) })
  const is = (one: Json) => fc.constant(one)
  return {
    get_param: fc.oneof(parameter, list(parameter, any)),
    get_resource: name,
    get_attr: fc.oneof(list(name, attribute), list(name, attribute, value)),
    get_file: mostly(['text'], ['nothing']),
    resource_facade: mostly(['metadata'], ['nothing']),
    list_join: list(is('-'), values),
    str_replace: replacing,
    str_replace_strict: replacing,
    str_replace_vstrict: replacing,
    digest: list(mostly(['md5'], ['nothing']), value),
    repeat: map({ template: any, for_each: map({ x: fc.oneof(values, value) }) }),
    str_split: fc.oneof(list(is(','), value), list(is(','), value, mostly<Json>([0, '0'], ['x', 9]))),
    map_merge: list(map({ a: any }), fc.oneof(map({ b: value }), value)),
    map_replace: list(map({ a: value }), map({ keys: map({ a: value }) })),
    yaql: map({ expression: mostly(['$.data', 'str($.data)', '$.data.len()'], ['$.', '1 / 0']), data: value }),
    if: list(condition, any, any),
    filter: list(values, values),
    make_url: map({ host: value, port: mostly<Json>([80, '8080'], [0, 'x']) }),
    list_concat: list(values, fc.oneof(values, value)),
    list_concat_unique: list(values, values),
    contains: list(value, values),
    Ref: fc.oneof(name, parameter),
    'Fn::GetAtt': list(name, attribute),
    'Fn::FindInMap': list(is('M'), is('a'), mostly(['b'], ['c'])),
    'Fn::Select': list(mostly<Json>(['0', 1], ['x']), values),
    'Fn::Join': list(is('-'), values),
    'Fn::Split': list(is(','), value),
    'Fn::Replace': list(map({ x: value }), value),
    'Fn::Base64': value,
    'Fn::MemberListToMap': list(is('N'), is('V'), is(['.member.0.N=k', '.member.0.V=v'])),
    'Fn::ResourceFacade': mostly(['Metadata'], ['nothing']),
    'Fn::GetAZs': value,
    'Fn::If': list(condition, any, any),
  }
}

const refers = new Set(['get_resource', 'get_attr', 'Ref', 'Fn::GetAtt'])

/** Values of a version that refer to some of the resources: data, and calls of its functions and of some that it does not have. */
function valuesOf(
  version: Version,
  targets: readonly string[],
): Readonly<Record<'value' | 'condition' | 'definition', fc.Arbitrary<Json>>> {
  const called = templateFunctions(version, false).map(({ functions }) => functions)
  const hot = version.key === 'heat_template_version'
  const word = (own: string, others: string) => (hot ? own : others)
  return fc.letrec<{ value: Json; condition: Json; definition: Json; compared: Json }>(tie => {
    const arguments_ = plausible(tie('value'), tie('condition'), mostly(targets.length === 0 ? names : targets, names))
    const functions = called.flatMap(one => {
      const args = arguments_[one]
      const alone = targets.length === 0 && refers.has(one)
      return args === undefined || alone ? [] : [args.map(given => entry(one, given))]
    })
    const conditions = fc.array(tie('condition'), { minLength: 2, maxLength: 2 })
    return {
      value: fc.oneof(
        { maxDepth: 3, withCrossShrink: true },
        { weight: 2, arbitrary: scalar },
        { weight: 4, arbitrary: fc.oneof(...functions) },
        { weight: 1, arbitrary: fc.array(tie('value'), { maxLength: 2 }) },
        { weight: 1, arbitrary: fc.record({ k: tie('value') }) },
      ),
      compared: fc.oneof(
        scalar,
        parameter.map(one => entry(word('get_param', 'Ref'), one)),
      ),
      definition: fc.tuple(tie('compared'), tie('compared')).map(both => entry(word('equals', 'Fn::Equals'), both)),
      condition: fc.oneof(
        { maxDepth: 2 },
        mostly<Json>(['on', 'off', 'is', true], ['none']),
        tie('definition'),
        tie('condition').map((one): Json => (hot ? { not: one } : { 'Fn::Not': [one] })),
        conditions.map(both => entry(word('and', 'Fn::And'), both)),
        conditions.map(both => entry(word('or', 'Fn::Or'), both)),
      ),
    }
  })
}

/** Of each resource and output the condition is left out in most cases. */
const sometimes = fc.integer({ min: 0, max: 3 }).map(one => one === 0)

function templateIn(version: Version, types: fc.Arbitrary<string>): fc.Arbitrary<JsonMap> {
  const { sections, output } = version.words
  const { value, condition, definition } = valuesOf(version, ['a', 'b'])
  // Each refers to those after it, so that there is hardly ever a circle.
  const resources = fc
    .subarray([...names])
    .chain(chosen =>
      fc.tuple(
        ...chosen.map((key, index) =>
          resourceIn(version, chosen.slice(index + 1), types).map((one): [string, Json] => [key, one]),
        ),
      ),
    )
  return fc
    .record({ resources, out: value, condition, conditional: sometimes, is: definition })
    .map(({ resources, out, condition, conditional, is }): JsonMap => {
      const shown: JsonMap = { [output.value]: out }
      if (output.condition !== undefined && conditional) shown[output.condition] = condition
      return {
        [version.key]: version.name,
        [sections.parameters]: parametersIn(version),
        ...(sections.mappings === undefined ? {} : { [sections.mappings]: { M: { a: { b: 1 } } } }),
        ...(sections.conditions === undefined ? {} : { [sections.conditions]: { on: true, off: false, is } }),
        [sections.resources]: mapOf(resources),
        [sections.outputs]: { out: shown },
      }
    })
}

function resourceIn(version: Version, targets: readonly string[], types: fc.Arbitrary<string>): fc.Arbitrary<Json> {
  const { resource: words } = version.words
  const { value, condition } = valuesOf(version, targets)
  const properties = (type: string): fc.Arbitrary<JsonMap> =>
    fc.oneof(
      {
        weight: 12,
        arbitrary: type.startsWith('OS::') ? fc.record({ value }) : fc.record({ p: value }, { requiredKeys: [] }),
      },
      { weight: 1, arbitrary: fc.record({ value, type: value }) },
      { weight: 1, arbitrary: fc.constant({}) },
    ) as fc.Arbitrary<JsonMap>
  return fc
    .record({
      typed: types.chain(type => properties(type).map(given => ({ type, given }))),
      metadata: fc.record({ m: value }) as fc.Arbitrary<JsonMap>,
      dependsOn: fc.subarray([...targets], { maxLength: Math.min(1, targets.length) }),
      condition: fc.tuple(sometimes, condition),
      policy: mostly(['Delete', 'Retain'], ['delete']),
    })
    .map(({ typed, metadata, dependsOn, condition: [given, wanted], policy }): Json => {
      const map: JsonMap = {
        [words.type]: typed.type,
        [words.properties]: typed.given,
        [words.metadata]: metadata,
        [words.dependsOn]: dependsOn,
        [words.deletionPolicy]: policy,
      }
      if (words.condition !== undefined && given) map[words.condition] = wanted
      return map
    })
}

function parametersIn(version: Version): JsonMap {
  const hot = version.key === 'heat_template_version'
  const [type, fallback] = hot ? ['type', 'default'] : ['Type', 'Default']
  const word = (own: string, others: string) => (hot ? own : others)
  return {
    p: { [type]: word('string', 'String'), [fallback]: 'x' },
    needed: { [type]: word('string', 'String') },
    flag: { [type]: word('boolean', 'Boolean'), [fallback]: true },
    json: { [type]: word('json', 'Json'), [fallback]: { k: [1] } },
    list: { [type]: word('comma_delimited_list', 'CommaDelimitedList'), [fallback]: 'a,b' },
  }
}

export function mapOf<Value extends Json>(all: readonly (readonly [string, Value])[]): JsonMap {
  const map: JsonMap = {}
  for (const [key, one] of all) put(map, key, one)
  return map
}

export const versions: readonly Version[] = plainFormats
  .list()
  .flatMap(({ version, aliases }) => [version, ...aliases].flatMap(one => plainFormats.find(one) ?? []))
const inner = fc
  .constantFrom(...versions)
  .chain(version => templateIn(version, fc.constantFrom('OS::Heat::Value', 'OS::Heat::None')))
const given = fc.record(
  {
    p: fc.constantFrom<Json>('given', 5, null),
    flag: mostly<Json>(['yes', false], ['x']),
    json: mostly<Json>(['{"k": 2}', { l: 1 }], ['x']),
    list: mostly<Json>(['c', ['d']], [{ x: 1 }]),
  },
  { requiredKeys: [] },
) as unknown as fc.Arbitrary<JsonMap>
const strategy = fc.constantFrom('merge', 'deep_merge', 'overwrite')
const environmentFile: fc.Arbitrary<object> = fc.record({
  parameters: given,
  parameter_merge_strategies: fc.record({ json: strategy, list: strategy, default: strategy }, { requiredKeys: [] }),
})

/** HOT has many versions, the others one each: of each there are enough that are right. */
const ofEachFormat: fc.Arbitrary<Version> = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...versions.filter(({ key }) => key === 'heat_template_version')) },
  { weight: 1, arbitrary: fc.constantFrom(...versions.filter(({ key }) => key !== 'heat_template_version')) },
)

/** Also of nested templates, of aliases in the environment, and of several environment files. */
export const world: fc.Arbitrary<World> = fc
  .record({
    template: ofEachFormat.chain(version =>
      templateIn(
        version,
        mostly(['OS::Heat::Value', 'OS::Heat::None', 'My::Type', 'inner.yaml'], ['OS::Heat::Nothing']),
      ),
    ),
    inner,
    parameters: fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: given }),
    meaning: mostly(['OS::Heat::Value', 'OS::Heat::None', 'inner.yaml'], ['OS::Heat::Nothing']),
    environmentFiles: fc
      .tuple(sometimes, fc.array(environmentFile, { maxLength: 2 }))
      .map(([several, all]) => (several ? all : [])),
    encrypted: fc.subarray(['p', 'json']),
  })
  .map(({ template, inner, parameters, meaning, environmentFiles, encrypted }) => {
    const environment = {
      parameters: { ...parameters },
      parameter_defaults: { needed: 'n' },
      resource_registry: { 'My::Type': meaning },
      encrypted_param_names: encrypted,
    }
    const files = environmentFiles.map((one, index): [string, string] => [
      `env${index}`,
      JSON.stringify({ ...environment, ...one }),
    ])
    return {
      template,
      environment,
      files: { text: 'some text', 'inner.yaml': JSON.stringify(inner), ...Object.fromEntries(files) },
      environmentFiles: files.map(([file]) => file),
    }
  })
