import { ResourceFailure } from '@hearth/core/plugin'
import { expect } from 'chai'
import { failure } from './connect.js'

const server = { host: 'db', port: 5432 }

describe('what goes wrong with a connection to PostgreSQL', () => {
  // The driver says the last of these where a server has thrown somebody out who was asking nothing at that moment.
  for (const message of [
    'timeout expired',
    'Connection terminated unexpectedly',
    'The server does not support SSL connections',
    'Client has encountered a connection error and is not queryable',
  ]) {
    it(`is told as that, so that it may be tried again: ${message}`, () => {
      const told = failure(new Error(message), server)
      expect(ResourceFailure.is(told) && [told.type, told.message]).to.deep.equal([
        'ConnectionError',
        `no connection to PostgreSQL at db:5432: ${message}`,
      ])
    })
  }

  it('is an error of the program if it is nothing of the kind', () => {
    const error = new TypeError('x is not a function')
    expect(failure(error, server)).to.equal(error)
  })
})
