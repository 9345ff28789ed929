import { expect } from 'chai'
import type { Json } from '../../plugin/json.js'
import { Unknown } from '../../plugin/schema.js'
import { floatValue } from '../values/float.js'
import { entry, refused, valued } from '../kit.test.js'
import { at, failure, gives, older, refuses, unknownOther } from './kit.test.js'

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

describe('what str_replace puts in', () => {
  const one = (template: Json, params: Json): Json => ({ template, params })
  gives('str_replace', [
    [one('a', { a: { b: 1, a: [true, null, 1.5] } }), '{"a": [true, null, 1.5], "b": 1}'],
    [one('a', { a: { k: '\u00e9' } }), '{"k": "\\u00e9"}'],
    [one('a', { a: '\u00e9' }), '\u00e9'],
    [one('a$1', { $1: 'x' }), 'ax'],
    [one('x', { x: 1e21 }), '1e+21'],
    [one('xx', { x: '' }), ''],
    [{ template: 'abc', params: {}, extra: 1 }, 'abc'],
  ])
  refuses('str_replace', [
    [one(null, {}), '"str_replace" template must be a string'],
    [one(['x'], {}), '"str_replace" template must be a string'],
    [one('x', null), '"str_replace" parameters must be a mapping'],
  ])
  gives('str_replace_strict', [
    [one('a', { a: null }), ''],
    [one('a', { a: [] }), '[]'],
    [one('a', { a: false }), 'False'],
    [one('a', {}), 'a'],
  ])
  refuses('str_replace_strict', [
    [one('ab', { ab: 1, a: 2 }), 'The following params were not found in the template: a'],
  ])
  gives('str_replace_vstrict', [[one('ab', { a: false, b: 0 }), 'False0']])
  const empty = 'str_replace_vstrict has an undefined or empty value for param a, must be a defined non-empty value'
  refuses('str_replace_vstrict', [
    [one('ab', { ab: 1, a: 2 }), 'The following params were not found in the template: a'],
    ...[null, '', [], {}].map((value): [Json, string] => [one('a', { a: value }), empty]),
  ])
})

describe('what list_join joins', () => {
  gives('list_join', [
    [[',', []], ''],
    [[',', null], ''],
    [[',', ['a'], null, [], ['b']], 'a,b'],
    [[',', [[1, 'a']]], '[1, "a"]'],
    [['', { get_attr: ['other', 'x'] }], ''],
    [[{ get_param: 'text' }, ['a', 'b']], 'ahellob'],
  ])
  refuses('list_join', [
    [[',', ['a'], 'b'], '"list_join" must operate on a list'],
    [[',', { a: 1 }], '"list_join" must operate on a list'],
    [[',', [1.5]], 'Items to join must be string, map or list not 1.5'],
    [[null, ['a']], '"list_join" delimiter must be a string'],
    [',', 'Incorrect arguments to "list_join" should be: "list_join" : [ " ", [ "str1", "str2"] ...]'],
  ])
  gives('list_join', [[[',', ['a', null]], 'a,']], { version: '2013-05-23' })
})

describe('str_split', () => {
  const form = 'Incorrect arguments to "str_split" should be: "str_split" : [ ",", "apples,pears", <index>]'
  gives('str_split', [
    [
      [',', 'a,b,c'],
      ['a', 'b', 'c'],
    ],
    [[',', 'a,b,c', '1'], 'b'],
    [[',', 'a,b,c', -1], 'c'],
    [[',', 'a,b,c', 1.5], 'b'],
    [[',', 'a,b,c', floatValue(2)], 'c'],
    [[', ', 'a, b', ' 1 '], 'b'],
    [[',', ''], ['']],
    [[',', null], null],
    [
      [null, ' a  b '],
      ['a', 'b'],
    ],
  ])
  refuses('str_split', [
    [[',', 'a', 3], 'Incorrect index to "str_split" should be between 0 and 0'],
    [[',', 'a,b', 2], 'Incorrect index to "str_split" should be between 0 and 1'],
    [[',', 'a,b', -3], 'Incorrect index to "str_split" should be between 0 and 1'],
    [[',', 'a,b', 'x'], form],
    [[',', 'a,b', null], form],
    [[','], form],
    [[',', 'a', '0', 'z'], form],
    [[5, 'a'], form],
    [[',', 5], "Incorrect arguments: string to split must be a string, got <class 'int'>"],
    [['', 'a'], 'empty separator'],
  ])
})

describe('the algorithms of digest', () => {
  const algorithms =
    "{'md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512', 'sha512_224', 'sha512_256', 'sha3_224', 'sha3_256', 'sha3_384', 'sha3_512', 'blake2b', 'blake2s', 'ripemd160', 'sm3'}"
  // What Python's hashlib says of "a".
  gives('digest', [
    [['md5', 'a'], '0cc175b9c0f1b6a831c399e269772661'],
    [['sha1', 'a'], '86f7e437faa5a7fce15d1ddcb9eaeaea377667b8'],
    [['sha224', 'a'], 'abd37534c7d9a2efb9465de931cd7055ffdb8879563ae98078d6d6d5'],
    [['sha256', 'a'], 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb'],
    [
      ['sha384', 'a'],
      '54a59b9f22b0b80880d8427e548b7c23abd873486e1f035dce9cd697e85175033caa88e6d57bc35efae0b5afd3145f31',
    ],
    [
      ['SHA512', 'a'],
      '1f40fc92da241694750979ee6cf582f2d5d7d28e18335de05abc54d0560e0f5302860c652bf08d560252aa5e74210546f369fbbbce8c12cfc7957b2652fe9a75',
    ],
    [['sha512_256', 'a'], '455e518824bc0601f9fb858ff5c37d417d67c2f8e0df2babe4808858aea830f8'],
    [['sha3_256', 'a'], '80084bf2fba02475726feb2cab2d8215eab14bc6bdd8bfb2c8151257032ecd8b'],
    [['blake2s', 'a'], '4a0d129873403037c2cd9b9048203687f6233fb6738956e0349bd4320fec3e90'],
    [['ripemd160', 'a'], '0bdc9d2d256b3ee9daae347be6f4dc835a467ffe'],
    [['sm3', 'a'], '623476ac18f65a2909e43c7fec61b49c7e764a91a18ccb82f1917a29c86c5e88'],
    [['md5', { get_param: 'text' }], '5d41402abc4b2a76b9719d911017c592'],
  ])
  refuses('digest', [
    [['shake_128', 'a'], `Algorithm must be one of ${algorithms}`],
    [['md5-sha1', 'a'], `Algorithm must be one of ${algorithms}`],
    [['md5', 5], 'Argument to function "digest" must be a list of strings'],
    [[5, 'x'], 'Argument to function "digest" must be a list of strings'],
    [['md5', 'a', 'b'], 'Function "digest" usage: ["<algorithm>", "<value>"]'],
    [[], 'Function "digest" usage: ["<algorithm>", "<value>"]'],
  ])
})
