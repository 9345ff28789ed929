import fc from 'fast-check'

/** Values of random templates: mostly of the kind that is wanted, data and functions. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

const names = ['a', 'b', 'c'] as const
export const name = fc.constantFrom(...names)

/** Things that are rarely what is wanted. */
export const odd = fc.constantFrom<Json>(
  null,
  true,
  0,
  -1,
  1.5,
  1e300,
  '',
  'x',
  '5',
  'nan',
  'a\0b',
  '\ud800',
  [],
  ['a'],
  [1],
  {},
  { a: 1 },
  { __proto: 1 },
  'x'.repeat(300),
  { get_parm: 'text' },
  { get_param: 'nothing' },
  { get_resource: 'nobody' },
  { str_replace_strict: { template: 'a', params: { b: 'x' } } },
  { str_replace_vstrict: { template: 'a', params: { a: '' } } },
  { yaql: { expression: "'a' + '\\u0000'", data: 0 } },
  { yaql: { expression: '$.data.x', data: {} } },
  { get_attr: ['a', 'nothing'] },
)

export const known = fc.constantFrom<Json>(
  { get_param: 'text' },
  { get_param: 'needed' },
  { get_param: 'OS::stack_name' },
  { get_param: ['map', 'k'] },
  { get_file: 'inner.yaml' },
  { str_replace: { template: 'a-b', params: { a: 'x' } } },
  { list_join: ['-', ['a', 'b']] },
  { digest: ['md5', 'x'] },
  { str_split: ['-', 'a-b', 0] },
  { make_url: { host: 'h', port: 80 } },
  { if: ['on', 'yes', 'no'] },
  { yaql: { expression: '$.data.toUpper()', data: 'x' } },
)
export const lists = fc.constantFrom<Json>(
  ['a', 'b'],
  { get_param: 'list' },
  { list_concat: [['a'], { get_param: 'list' }] },
  { filter: [['a'], ['a', 'b']] },
  { repeat: { template: '%x%', for_each: { '%x%': { get_param: 'list' } } } },
  { list_concat_unique: [['a'], ['a']] },
)
export const maps = fc.constantFrom<Json>(
  { a: 'b' },
  { get_param: 'map' },
  { map_merge: [{ a: 1 }, { get_param: 'map' }] },
  { map_replace: [{ a: 'b' }, { keys: { a: 'c' } }] },
)
const numbers = fc.constantFrom<Json>(
  1,
  2,
  5,
  30,
  '7',
  { get_param: 'number' },
  { yaql: { expression: '$.data + 1', data: 1 } },
)
const booleans = fc.constantFrom<Json>(true, false, 'true', { get_param: 'flag' }, { contains: ['a', ['a']] })
const attribute = fc.constantFrom<Json[]>(
  [],
  ['value'],
  ['show'],
  ['nothing'],
  ['out'],
  ['outputs'],
  ['outputs', 'out'],
  ['outputs', 'none'],
  ['Outputs.out'],
  ['Outputs.none'],
  ['refs'],
  ['attributes', 'value'],
  ['resource.0'],
  ['data'],
)
export const refers = fc.oneof(
  name.map((one): Json => ({ get_resource: one })),
  fc.tuple(name, attribute).map(([one, path]): Json => ({ get_attr: [one, ...path] })),
)

export const ofKind: Readonly<Record<string, fc.Arbitrary<Json>>> = {
  string: known,
  integer: numbers,
  number: numbers,
  boolean: booleans,
  list: lists,
  map: maps,
}
