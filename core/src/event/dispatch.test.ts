import { expect } from 'chai'
import { pauseAfter } from './dispatch.js'

describe('events that are not taken', () => {
  it('are sent again after longer and longer pauses, up to five minutes', () => {
    expect([1, 2, 3, 8, 9, 10, 1000].map(pauseAfter)).to.deep.equal([1, 2, 4, 128, 256, 300, 300])
  })
})
