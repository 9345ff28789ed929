import { expect } from 'chai'
import fc from 'fast-check'
import { JsonNumberError, readJson } from './json.js'

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
