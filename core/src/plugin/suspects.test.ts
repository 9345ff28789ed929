import { expect } from 'chai'
import type { Clock } from './services.js'
import { aloneFor, type Moment, nextOf, Suspects } from './suspects.js'

const at = (moment: Partial<Moment>) => nextOf({ held: 0, waiting: true, turnMs: 0, ...moment })

describe('a worker that may take a suspect', () => {
  it('takes one at once when it holds nothing, and all else when there is none', () => {
    expect(at({})).to.equal('suspect')
    for (const held of [0, 5])
      for (const turnMs of [0, 1500, 2500]) expect(at({ held, turnMs, waiting: false })).to.equal('others')
  })

  it('goes on with all else before it lets that end, and does not wait for it for ever', () => {
    const busy = (turnMs: number) => at({ held: 5, turnMs })
    expect([0, 999, 1000, 1999, 2000, 2999].map(busy)).to.deep.equal([
      'others',
      'others',
      'nothing',
      'nothing',
      'suspect',
      'suspect',
    ])
  })

  it('takes nothing beside it, another suspect neither, until that has held up all others for long enough', () => {
    for (const attempts of [3, 4, 6]) {
      const long = aloneFor(attempts)
      for (const turnMs of [0, 1500, 2500]) {
        expect(at({ held: 1, turnMs, suspect: { attempts, ms: long - 1 } })).to.equal('nothing')
        expect(at({ held: 1, turnMs, suspect: { attempts, ms: long } })).to.equal('others')
      }
    }
  })

  it('gives it more time each time it has died in company, so that what kills late is found, too', () => {
    const times = [3, 4, 5, 6].map(aloneFor)
    expect(times).to.deep.equal([10_000, 20_000, 40_000, 80_000])
    expect(aloneFor(1000)).to.be.lessThan(4 * 3600 * 1000)
  })

  it('is quiet by the clock alone, however often it is asked, and not at all once the suspect has been alone for long', async () => {
    let now = 0
    const suspect = { id: '1', attempts: 3 }
    let held: { size: number; suspect?: typeof suspect } = { size: 1 }
    const suspects = new Suspects({ now: () => now, after: () => () => undefined } as unknown as Clock, {
      holding: () => held,
      anyWaiting: async () => true,
      look: () => undefined,
    })
    expect(await suspects.turn()).to.equal('others')
    const quietAt = (at: number): boolean => {
      now = at
      return suspects.quiet
    }
    expect([500, 1500, 2500, 5000, 1500].map(quietAt)).to.deep.equal([false, true, false, false, true])
    held = { size: 1, suspect }
    expect([quietAt(2600), quietAt(50_000)]).to.deep.equal([true, true])
    expect(await suspects.turn()).to.equal('nothing')
    expect([quietAt(59_999), quietAt(60_000), quietAt(59_999)]).to.deep.equal([true, false, true])
  })
})
