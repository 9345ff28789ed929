import { expect } from 'chai'
import { Float, plainNumbers } from './float.js'
import { compare, dumps, equal, parseInteger, parseNumber, repr, str, truthy, typeOf } from './python.js'

describe("Python's text", () => {
  it('prints values as str and repr do', () => {
    expect([true, null, 5, 1.5, 1e21, 0.00001].map(str)).to.deep.equal(['True', 'None', '5', '1.5', '1e+21', '1e-05'])
    expect(str([1, 'a', { k: null }])).to.equal("[1, 'a', {'k': None}]")
    expect(repr("it's")).to.equal('"it\'s"')
    expect(repr('a\n\\\u0001')).to.equal("'a\\n\\\\\\x01'")
  })

  it('dumps JSON with its own blanks, ASCII only', () => {
    expect(dumps({ b: [1, 'é'], a: true }, { sorted: true })).to.equal('{"a": true, "b": [1, "\\u00e9"]}')
    expect(dumps('😀')).to.equal('"\\ud83d\\ude00"')
  })

  it('reads numbers as int and float do', () => {
    expect(['5', ' 5 ', '1_0', '-7', '0x10', '', '1__0', '5.0', '9'.repeat(400)].map(parseInteger)).to.deep.equal([
      5,
      5,
      10,
      -7,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ])
    expect(
      ['5.0', '1e3', '.5', '5.', 'inf', '-Infinity', 'x', '', '0x10'].map(text =>
        plainNumbers(parseNumber(text) ?? null),
      ),
    ).to.deep.equal([5, 1000, 0.5, 5, null, null, null, null, null])
    expect(parseNumber('nan')).to.equal(undefined)
  })

  it('compares deeply, booleans as numbers', () => {
    expect(equal(1, true)).to.equal(true)
    expect(equal({ a: [1] }, { a: [true] })).to.equal(true)
    expect(equal('5', 5)).to.equal(false)
    expect(equal({ a: null }, { b: null })).to.equal(false)
    expect(equal([], {})).to.equal(false)
  })

  it('tells a float that is whole from an integer, in text alone', () => {
    const one = parseNumber('1.0') ?? null
    expect([one, -0, 1e15, 1e16, 1.5e300].map(value => str(new Float(Number(value)) as never))).to.deep.equal([
      '1.0',
      '-0.0',
      '1000000000000000.0',
      '1e+16',
      '1.5e+300',
    ])
    expect([repr([one]), dumps({ a: one })]).to.deep.equal(['[1.0]', '{"a": 1.0}'])
    expect([equal(one, 1), equal([one], [true]), equal(one, '1.0'), truthy(parseNumber('0.0') ?? null)]).to.deep.equal([
      true,
      true,
      false,
      false,
    ])
    expect(typeOf(one)).to.equal("<class 'float'>")
    expect(JSON.stringify({ a: one })).to.equal('{"a":1}')
  })

  it('orders text by code points', () => {
    expect(['\u{1F600}', '\uFFFD', 'b', 'a', 'ab'].sort(compare)).to.deep.equal(['a', 'ab', 'b', '\uFFFD', '\u{1F600}'])
  })
})
