import { expect } from 'chai'
import fc from 'fast-check'
import { physicalName, shortId } from './physical-name.js'

describe('The name that a resource gets', () => {
  it('ends with twelve letters: the first 60 bits of its id that are random', () =>
    fc.assert(
      fc.property(fc.uuid({ version: 4 }), id => {
        const hex = id.replaceAll('-', '')
        const bits = BigInt(`0x${hex.slice(0, 12)}${hex.slice(13, 16)}`)
        const letters = Array.from({ length: 12 }, (_, at) => Number((bits >> BigInt(5 * (11 - at))) & 31n))
        expect(shortId(id)).to.equal(letters.map(five => 'abcdefghijklmnopqrstuvwxyz234567'[five]).join(''))
      }),
    ))

  it('has at most 255 characters, and keeps its end', () => {
    const name = physicalName('s'.repeat(200), 'r'.repeat(200), 'ffffffff-ffff-4fff-bfff-ffffffffffff')
    expect(name).to.have.length(255)
    expect(name).to.match(/^ss-s+-r{200}-777777777777$/)
  })
})
