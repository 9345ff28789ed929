import { availableParallelism } from 'node:os'
import { expect } from 'chai'
import { batchSize, slots } from './options.js'

describe('what a worker does at once', () => {
  it('grows with the cores of its machine', () => {
    const cores = availableParallelism()
    expect(slots.default).to.equal(500 * cores)
    expect(batchSize.default).to.equal(Math.min(1000, 500 * cores))
  })
})
