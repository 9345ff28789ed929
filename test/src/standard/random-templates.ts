import type { Api } from '@hearth/conformance'
import fc from 'fast-check'
import { type Json, known, lists, maps, name, odd, ofKind, refers } from './random-values.js'

/** Random templates over all types and functions that a daemon has: mostly right, with mistakes of every kind. */

type Map = { [key: string]: Json }

interface Schema {
  readonly type: string
  readonly required?: boolean
  readonly schema?: Readonly<Record<string, Schema>>
  readonly constraints?: readonly Readonly<Record<string, Json>>[]
}

/** Properties of each type, as the API shows them. */
export type Types = ReadonlyMap<string, Readonly<Record<string, Schema>>>

export interface RandomRequest {
  readonly template: Map
  readonly environment: Map
  readonly parameters: Map
  readonly files: { [file: string]: string }
}

export async function typesOf(api: Api): Promise<Types> {
  const names = (await api.get('/resource_types')).body.resource_types as string[]
  const shown = await Promise.all(names.map(async name => (await api.get(`/resource_types/${name}`)).body))
  return new Map(shown.map(({ resource_type, properties }) => [resource_type as string, properties]))
}

const innerFile = `heat_template_version: 2018-08-31
parameters: {size: {type: number, default: 1, constraints: [{range: {max: 9}}]}, name: {type: string, default: x}}
resources: {v: {type: OS::Heat::Value, properties: {value: {get_param: size}}}}
outputs: {out: {value: {get_attr: [v, value]}}}
`

/** One that has to be given something. */
const askingFile = `heat_template_version: 2018-08-31
parameters: {q: {type: number, constraints: [{range: {max: 9}}]}}
resources: {v: {type: OS::Heat::Value, properties: {value: {get_param: q}, type: number}}}
outputs: {out: {value: {get_attr: [v, value]}}}
`

const seldom = <Value>(usual: Value, arbitrary: fc.Arbitrary<Value>, oneIn: number): fc.Arbitrary<Value> =>
  fc.oneof({ weight: oneIn - 1, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary })
const rare = <Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  seldom<Value | undefined>(undefined, arbitrary, 12)

export function requests(types: Types): fc.Arbitrary<RandomRequest> {
  const leaf = fc.constantFrom(
    'OS::Heat::Value',
    'OS::Heat::None',
    'OS::Heat::RandomString',
    'inner.yaml',
    'asks.yaml',
    'OS::Heat::Nothing',
  )
  const member = fc.record({
    type: leaf,
    properties: fc.oneof(
      { weight: 3, arbitrary: fc.constant<Json>({ value: 1 }) },
      fc.constantFrom<Json>({}, { size: 5 }, { size: 10 }, { length: 0 }, { q: 5 }, { q: 50 }, { q: 'x' }),
    ),
  }) as fc.Arbitrary<Json>
  const passed = fc.constantFrom<Json>(
    {},
    { size: 5 },
    { size: 50 },
    { q: 5 },
    { q: 50 },
    { q: 'x' },
    { q: { get_param: 'number' } },
    { r: 1 },
  )
  const special: Readonly<Record<string, fc.Arbitrary<Json>>> = {
    handle: fc.oneof(refers, fc.constantFrom<Json>('some text', { get_param: 'needed' })),
    Handle: fc.oneof(refers, fc.constantFrom<Json>('some text', { get_param: 'needed' })),
    resource_def: member,
    resource: member,
    resources: fc.array(leaf, { maxLength: 3 }) as fc.Arbitrary<Json>,
    template: fc.constantFrom<Json>(
      innerFile,
      { get_file: 'inner.yaml' },
      { get_file: 'asks.yaml' },
      'no: template',
      '{',
    ),
    TemplateURL: fc.constantFrom<Json>('inner.yaml', 'asks.yaml', 'missing.yaml', { get_param: 'needed' }),
    parameters: passed,
    Parameters: passed,
    count: fc.constantFrom<Json>(1, 2, 5000, { get_param: 'number' }),
    value: fc.oneof(known, lists, maps, refers),
  }
  const valueOf = (key: string, schema: Schema): fc.Arbitrary<Json> => {
    const allowed = schema.constraints?.flatMap(one => (one.allowed_values as Json[] | undefined) ?? []) ?? []
    const usual =
      special[key] ??
      (allowed.length > 0
        ? fc.constantFrom<Json>(...allowed).map(one => (schema.type === 'list' ? [one] : one))
        : schema.schema === undefined
          ? (ofKind[schema.type] ?? known)
          : inner(schema))
    return fc.oneof({ weight: 25, arbitrary: usual }, { weight: 1, arbitrary: odd }, { weight: 1, arbitrary: refers })
  }
  const inner = ({ type, schema = {} }: Schema): fc.Arbitrary<Json> =>
    type === 'list'
      ? (fc.array(valueOf('*', schema['*'] ?? { type: 'string' }), { maxLength: 2 }) as fc.Arbitrary<Json>)
      : recordOf(schema)
  const recordOf = (schemas: Readonly<Record<string, Schema>>): fc.Arbitrary<Json> => {
    const entries = Object.entries(schemas)
    const required = entries.flatMap(([key, { required: needed }]) => (needed === true ? [key] : []))
    const all = Object.fromEntries(entries.map(([key, schema]) => [key, valueOf(key, schema)]))
    return fc.oneof(
      {
        weight: 12,
        arbitrary: fc
          .subarray(
            entries.map(([key]) => key),
            { maxLength: Math.min(entries.length, 4) },
          )
          .chain(some => fc.record(Object.fromEntries([...required, ...some].map(key => [key, all[key] ?? odd])))),
      },
      { weight: 1, arbitrary: fc.record(all, { requiredKeys: [] }) },
      {
        weight: 1,
        arbitrary: fc.record({ ...all, unknown: odd } as Record<string, fc.Arbitrary<Json>>, {
          requiredKeys: required,
        }),
      },
    ) as fc.Arbitrary<Json>
  }

  const heats = [...types.keys()].filter(type => type.startsWith('OS::Heat::'))
  const type = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...heats) },
    { weight: 1, arbitrary: fc.constantFrom(...types.keys()) },
  )
  const resource = type.chain(one =>
    fc.record({
      type: fc.constant(one),
      properties: recordOf(types.get(one) ?? {}),
      depends_on: rare(fc.oneof(name, fc.constant('nobody'))),
      metadata: rare(fc.oneof(maps, odd)),
      condition: rare(
        fc.constantFrom<Json>('on', 'off', 'flagged', 'nothing', { equals: [{ get_param: 'text' }, 'a'] }),
      ),
      deletion_policy: rare(fc.constantFrom<Json>('Retain', 'delete', 'Snapshot', 'Keep')),
      update_policy: rare(
        fc.constantFrom<Json>({}, { rolling_update: { max_batch_size: 1 } }, { rolling_update: { pause_time: -1 } }),
      ),
      external_id: rare(fc.constantFrom<Json>('id', { get_param: 'needed' }, 5)),
    }),
  )
  const template = fc.record({
    resources: fc.record({ a: resource, b: resource, c: resource }, { requiredKeys: ['a'] }),
    output: fc.oneof(
      { weight: 6, arbitrary: known },
      lists,
      odd,
      name.map((one): Json => ({ get_attr: [one, 'value'] })),
    ),
    number: seldom<Json>(3, fc.constantFrom('4', 'x'), 12),
  })
  const given = fc.record({
    needed: seldom<Json>('abc', fc.constantFrom('far too long for it', 'a\0'), 12),
    text: rare(fc.constantFrom<Json>('t', 5)),
    nothing: seldom<Json | undefined>(undefined, fc.constant(1), 30),
  })
  const registry = seldom<Json>(
    {},
    fc.constantFrom<Json>(
      { 'My::Type': 'OS::Heat::None' },
      { 'OS::Heat::Value': 'OS::Heat::None' },
      { 'OS::Heat::*': 'OS::Heat::None' },
      { 'OS::Heat::None': 'inner.yaml' },
      { resources: { a: { hooks: 'pre-create' } } },
      { resources: { a: { hooks: 'pre-crate' } } },
      { 'A::B': 'A::B' },
      { 'OS::Heat::Value': 'missing.yaml' },
    ),
    4,
  )
  return fc
    .record({ template, given, registry })
    .map(({ template: { resources, output, number }, given: parameters, registry: entries }) => ({
      template: plain({
        heat_template_version: '2021-04-16',
        parameters: {
          text: { type: 'string', default: 'a' },
          needed: { type: 'string', constraints: [{ length: { max: 10 } }] },
          number: { type: 'number', default: number },
          list: { type: 'comma_delimited_list', default: 'a,b' },
          map: { type: 'json', default: { k: 'v' } },
          flag: { type: 'boolean', default: true },
        },
        conditions: { on: true, off: false, flagged: { get_param: 'flag' } },
        resources,
        outputs: { o: { value: output } },
      }),
      parameters: plain(parameters),
      environment: { resource_registry: entries },
      files: { 'inner.yaml': innerFile, 'asks.yaml': askingFile },
    }))
}

/** Without what is undefined. */
const plain = (value: object): Map => JSON.parse(JSON.stringify(value)) as Map
