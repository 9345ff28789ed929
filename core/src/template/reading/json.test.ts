import { expect } from 'chai'
import fc from 'fast-check'
import { type Json } from '../../plugin/json.js'
import { Float, plainNumbers } from '../values/float.js'
import { JsonNumberError, readJson, writeJson } from './json.js'
import { str } from '../values/python.js'

describe('JSON', () => {
  it('keeps whole numbers that a double cannot hold as the text they were', () => {
    expect(readJson('{"a": 12345678901234567890, "b": [-9007199254740993, 9007199254740991]}')).to.deep.equal({
      a: '12345678901234567890',
      b: ['-9007199254740993', 9_007_199_254_740_991],
    })
  })

  it('refuses a number beyond all bounds, and names it', () => {
    expect(() => readJson('{"a": 1e400}')).to.throw(JsonNumberError, 'The number 1e400 is too large')
  })

  it('leaves texts alone, whatever stands in them', () => {
    const text = '{"a": "12345678901234567890 \\" 1e400", "12345678901234567890": 1e100}'
    expect(readJson(text)).to.deep.equal(JSON.parse(text))
  })

  it('tells floats that are whole from integers, for who asks', () => {
    const text = '{"a":[1.0,2,-0.0,1.5,1e+16,1.5e3],"1.0":"[1.0]","__proto__":{"b":3.0}}'
    const tree = readJson(text, { floats: true }) as { a: Json[] }
    expect(tree.a.map(str)).to.deep.equal(['1.0', '2', '-0.0', '1.5', '1e+16', '1500.0'])
    expect(writeJson(tree)).to.equal(text.replace('1.5e3', '1500.0'))
    // Nothing that is stored tells -0 from 0.
    const unsigned = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
    expect(plainNumbers(tree)).to.deep.equal(unsigned(JSON.parse(text)))
    expect(plainNumbers(tree)).to.deep.equal(unsigned(readJson(text)))
    expect(writeJson({ a: undefined, b: [new Float(1), null] })).to.equal('{"b":[1.0,null]}')
  })

  it('comes back as it was written, whatever floats are in it', () => {
    const leaf = fc.oneof(
      fc.jsonValue({ maxDepth: 1 }),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(value => new Float(Math.trunc(value))),
    )
    const { tree } = fc.letrec<{ tree: unknown; leaf: unknown }>(tie => ({
      leaf,
      tree: fc.oneof({ maxDepth: 3 }, tie('leaf'), fc.array(tie('tree')), fc.dictionary(fc.string(), tie('tree'))),
    }))
    fc.assert(
      fc.property(tree, value => {
        const text = writeJson(value)
        if (text.includes('\\u0000')) return
        expect(writeJson(readJson(text, { written: true, floats: true }))).to.equal(text)
      }),
    )
  })

  it('reads all else as it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        const large = (one: unknown): unknown => (Number.isInteger(one) && !Number.isSafeInteger(one) ? 'large' : one)
        const text = JSON.stringify(value, (_key, one) => large(one))
        expect(readJson(text)).to.deep.equal(JSON.parse(text))
      }),
    )
  })
})
