import { expect } from 'chai'
import { Unknown } from '../../plugin/schema.js'
import { valued } from '../kit.test.js'
import { failure, gives, refuses, unknownOther } from './kit.test.js'

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

describe('maps', () => {
  const merge = 'Incorrect arguments to "map_merge" should be: "map_merge" : [ { "key1": "val1" }, { "key2": "val2" } ]'
  gives('map_merge', [
    [[], {}],
    [[null, null], {}],
    [[{ a: { b: 1 } }, { a: { c: 1 } }], { a: { c: 1 } }],
  ])
  refuses('map_merge', [
    [null, merge],
    ['x', merge],
    [{ get_param: 'map' }, merge],
    [[[{ a: 1 }]], "Items to merge must be maps. [{'a': 1}] is type <class 'list'> instead of a dict"],
    [[{ a: 1 }, 5], "Items to merge must be maps. 5 is type <class 'int'> instead of a dict"],
  ])
  const replace =
    'Incorrect arguments to "map_replace" should be: "map_replace" : [ { "key1": "val1" }, {"keys": {"key1": "key2"}, "values": {"val1": "val2"}} ]'
  gives('map_replace', [
    [
      [
        { a: 'x', b: 'y' },
        { keys: { a: 'c' }, values: { y: 1 } },
      ],
      { c: 'x', b: 1 },
    ],
    [[{ a: 1 }, {}], { a: 1 }],
    [[null, { keys: { a: 'b' } }], {}],
    [[{ a: 'b' }, { keys: null, values: null }], { a: 'b' }],
    [[{ a: [1], b: { c: 1 } }, { values: { x: 1 } }], { a: [1], b: { c: 1 } }],
    [[{ a: 1 }, { keys: { a: 'a' } }], { a: 1 }],
    [[{ a: 1 }, { keys: { z: 'a' } }], { a: 1 }],
  ])
  refuses('map_replace', [
    [[{ a: 1, b: 2 }, { keys: { a: 'b' } }], 'key replacement b collides with a key in the input map'],
    [[{ a: 1, b: 2 }, { keys: { a: 'b', b: 'a' } }], 'key replacement b collides with a key in the input map'],
    [[{ a: 1, b: 2 }, { keys: { a: 'c', b: 'c' } }], 'key replacement c collides with a key in the output map'],
    [[{ a: 1 }], replace],
    [['x', { keys: {} }], replace],
    [[{ a: 1 }, { keys: 'x' }], replace],
    [[{ a: 1 }, { other: {} }], replace],
    [[{ a: 1 }, 'x'], replace],
  ])
})

describe('lists', () => {
  gives('filter', [
    [
      [
        [1, null],
        [true, 'a', null],
      ],
      ['a'],
    ],
    [[null, ['a']], ['a']],
    [[[], ['a']], ['a']],
    [[['a'], null], null],
    [[['a'], []], []],
    [[[{ a: 1 }], [{ a: 1 }, { a: 2 }]], [{ a: 2 }]],
    [[{ get_param: 'list' }, ['a', 'd']], ['d']],
  ])
  refuses('filter', [
    [['a', ['b']], '"filter" filters a list of values'],
    [[{ a: 1 }, ['a']], '"filter" filters a list of values'],
    [[['a'], 'b'], '"filter" only works with lists'],
    [[['a']], '"filter" expected 2 arguments of the form [values, sequence] but got 1 arguments instead'],
    [[['a'], ['a'], 1], '"filter" expected 2 arguments of the form [values, sequence] but got 3 arguments instead'],
    ['x', 'Argument to "filter" must be a list of the form [values, sequence]'],
  ])
  gives('list_concat', [
    [
      [['a'], null, ['a']],
      ['a', 'a'],
    ],
    [[], []],
    [[null], []],
    [
      [{ get_param: 'list' }, ['z']],
      ['a', 'b', 'c', 'z'],
    ],
  ])
  refuses('list_concat', [
    [[['a'], 'b'], 'Items to concat must be lists. [["a"], "b"] contains an item that is not a list: "b"'],
    [
      [['a'], { a: 1 }],
      'Items to concat must be lists. [["a"], {"a": 1}] contains an item that is not a list: {"a": 1}',
    ],
    [
      null,
      `Incorrect arguments to "list_concat" should be: "list_concat" : [['value1', 'value2'], ['value3', 'value4']]`,
    ],
  ])
  gives('list_concat_unique', [
    [
      [
        [1, 'a'],
        [true, { k: 1 }, { k: true }],
      ],
      [1, 'a', { k: 1 }],
    ],
    [
      [
        ['a', 'b'],
        ['b', 'c'],
      ],
      ['a', 'b', 'c'],
    ],
    [[[1, '1']], [1, '1']],
    [[null, ['a', 'a']], ['a']],
  ])
  gives('contains', [
    [['b', { get_param: 'list' }], true],
    [['ell', { get_param: 'text' }], true],
    [['z', 'abc'], false],
    [[1, [true]], true],
    [[null, [null]], true],
    [[['a'], [['a']]], true],
    [['', ''], true],
  ])
  const sequence = 'Second argument to "contains" should be a sequence.'
  refuses('contains', [
    [[1, {}], sequence],
    [['a', null], sequence],
    [['a', 5], sequence],
    [[1, '123'], "'in <string>' requires string as left operand, not int"],
    [[1], 'Arguments to "contains" must be of the form: [value1, [value1, value2]]'],
    [[1, 2, 3], 'Arguments to "contains" must be of the form: [value1, [value1, value2]]'],
  ])
})
