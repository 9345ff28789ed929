import { expect } from 'chai'
import { checkReceived } from './received-limit.js'

describe('What signals leave', () => {
  it('is refused when it has grown beyond its limit', () => {
    const signal = { status: 'SUCCESS', reason: 'r', data: 'x'.repeat(1024 * 1024) }
    checkReceived('handle', { 1: signal, 2: signal, 3: signal })
    const four = Object.fromEntries([1, 2, 3, 4].map(id => [id, { ...signal }]))
    expect(() => checkReceived('handle', four)).to.throw(
      'Request limit exceeded: the signals of handle are too large together: more than 4194304 characters',
    )
  })
})
