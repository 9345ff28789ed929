import { expect } from 'chai'
import type { Json } from '../../plugin/json.js'
import { plainNumbers } from '../values/float.js'
import { refused } from '../kit.test.js'
import { parseTemplateText } from './parse.js'
import { str } from '../values/python.js'

const value = (text: string): Json | undefined =>
  parseTemplateText(`heat_template_version: 2018-08-31\nv: ${text}\n`, { maxSize: 10_000 })['v']

/** A scalar as it is written, and what PyYAML's safe loader makes of it, with dates as text, as Heat has them. */
const scalars: readonly (readonly [string, Json])[] = [
  ['Yes', true],
  ['YES', true],
  ['yEs', 'yEs'],
  ['TRUE', true],
  ['no', false],
  ['On', true],
  ['Off', false],
  ['y', 'y'],
  ['N', 'N'],
  ['', null],
  ['~', null],
  ['null', null],
  ['Null', null],
  ['NULL', null],
  ['nULL', 'nULL'],
  ['0', 0],
  ['-0', 0],
  ['+5', 5],
  ['1_000', 1000],
  ['010', 8],
  ['0777', 511],
  ['08', '08'],
  ['0o10', '0o10'],
  ['0x1F', 31],
  ['-0x1f', -31],
  ['0b1_1', 3],
  ['12:30:45', 45_045],
  ['-1:30', -90],
  ['1:60', '1:60'],
  ['12345678901234567890', '12345678901234567890'],
  ['9007199254740993', '9007199254740993'],
  ['0777777777777777777777', '9223372036854775807'],
  ['0xFFFF_FFFF_FFFF_FFFF', '18446744073709551615'],
  ['-99:99999999999999999:00', '-99:99999999999999999:00'],
  ['1.5', 1.5],
  ['1_0.5', 10.5],
  ['1.', 1],
  ['.5', 0.5],
  ['+.5', '+.5'],
  ['1e3', '1e3'],
  ['1.0e3', '1.0e3'],
  ['1E+3', '1E+3'],
  ['1.0e+3', 1000],
  ['1.5e-3', 0.0015],
  ['190:20:30.15', 685_230.15],
  ['1.0e+999', '1.0e+999'],
  ['2013-05-23', '2013-05-23'],
  ['2001-12-14t21:59:43.10-05:00', '2001-12-14t21:59:43.10-05:00'],
  ['2001-12-14 21:59:43', '2001-12-14 21:59:43'],
  ['"5"', '5'],
  ['"\\x41\\u00e9"', 'A\u00e9'],
  ["'it''s'", "it's"],
  ['!!str 5', '5'],
  ['!!int "5"', 5],
  ['!!float 5', 5],
  ['!!bool yes', true],
  ['!!timestamp 2001-12-14', '2001-12-14'],
]

describe('YAML', () => {
  for (const [text, expected] of scalars) {
    it(`has ${text || 'nothing'} for ${JSON.stringify(expected)}`, () =>
      expect(plainNumbers(value(text) ?? null)).to.equal(expected))
  }

  it('tells floats that are whole from integers', () => {
    const floats = ['1.', '2.0', '1.50', '1.0e+3', '1.0e+16', '-0.0', '1_0.0', '190:20:30.0', '!!float 5']
    expect(floats.map(text => str(value(text) ?? null))).to.deep.equal([
      '1.0',
      '2.0',
      '1.5',
      '1000.0',
      '1e+16',
      '-0.0',
      '10.0',
      '685230.0',
      '5.0',
    ])
    expect(value('{1.0: a, b: [2.0]}')).to.have.keys('1.0', 'b')
  })

  it('has blocks, flows, anchors and merges', () => {
    expect(value('|\n  a\n  b')).to.equal('a\nb\n')
    expect(value('>\n  a\n  b')).to.equal('a b\n')
    expect(value('{a: 1, b}')).to.deep.equal({ a: 1, b: null })
    expect(value('[a, b: 1]')).to.deep.equal(['a', { b: 1 }])
    expect(value('[&x {a: 1}, {<<: *x, b: 2}, *x]')).to.deep.equal([{ a: 1 }, { a: 1, b: 2 }, { a: 1 }])
    expect(value('{<<: {a: 1}, a: 2}')).to.deep.equal({ a: 2 })
    expect(value('{<<: [{a: 1}, {a: 2, b: 3}]}')).to.deep.equal({ a: 1, b: 3 })
    expect(value('{1: a, 2001-12-14: b, yes: c, ~: d}')).to.deep.equal({
      1: 'a',
      '2001-12-14': 'b',
      true: 'c',
      null: 'd',
    })
  })

  for (const text of ['!!binary aGVsbG8=', '!!set {a}', '!!python/object/apply:os.system [x]', '!Ref x', '=']) {
    it(`has nothing for ${text}`, () =>
      expect(refused(() => value(text))).to.contain('could not determine a constructor for the tag'))
  }

  it('says what is likely to be wrong', () => {
    expect(refused(() => value('this: that'))).to.contain(
      'mapping values are not allowed here: mend the indentation, or quote',
    )
    expect(refused(() => value('"text'))).to.contain('a quote or a bracket before it may not be closed')
  })

  it('has no lists and maps as keys', () => {
    for (const text of ['{[a]: 1}', '{{a: 1}: 2}']) expect(refused(() => value(text))).to.contain('not in valid format')
  })
})
