import { expect } from 'chai'
import { Pauses } from './pauses.js'

describe('pauses between tries', () => {
  let now = 0
  const pauses = (): Pauses => new Pauses({ now: () => now })

  it('grow up to a minute while it goes wrong, and begin anew once it went well', () => {
    const some = pauses()
    expect(some.isOver('a')).to.equal(true)
    const lengths = Array.from({ length: 9 }, () => {
      const ms = some.begin('a')
      now += ms - 1
      expect(some.isOver('a')).to.equal(false)
      now += 1
      expect(some.isOver('a')).to.equal(true)
      return ms / 1000
    })
    expect(lengths).to.deep.equal([1, 2, 4, 8, 16, 32, 60, 60, 60])
    some.end('a')
    expect(some.begin('a')).to.equal(1000)
  })

  it('are each one’s own, and forgotten when nobody tries any more', () => {
    const some = pauses()
    some.begin('a')
    expect([some.isOver('a'), some.isOver('b')]).to.deep.equal([false, true])
    now += 120_000
    some.begin('b')
    expect(some.begin('a')).to.equal(1000)
  })
})
