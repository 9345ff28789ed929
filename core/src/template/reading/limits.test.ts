import { expect } from 'chai'
import fc from 'fast-check'
import { isSmaller, sizeOf } from './limits.js'

describe('The size of a value', () => {
  it('is below a bound or not, as counting all of it says', () =>
    fc.assert(
      fc.property(fc.jsonValue(), fc.integer({ min: 1, max: 60 }), (value, bound) => {
        expect(isSmaller(value, bound)).to.equal(sizeOf(value) < bound)
      }),
    ))

  it('is told to be above a bound without a look at the rest', () => {
    const part = Array.from({ length: 1000 }, () => 'text')
    const shared = Array.from({ length: 1000 }, () => Array.from({ length: 1000 }, () => part))
    expect(isSmaller(shared, 16_384)).to.equal(false)
  })
})
