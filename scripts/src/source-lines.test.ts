import { expect } from 'chai'
import { type Site, stackInSources } from './source-lines.js'

describe('the stack of an error', () => {
  /** The call sites of an error, in the compiled file. */
  function sitesHere(): readonly Site[] {
    const before = Error.prepareStackTrace
    Error.prepareStackTrace = (_, sites) => sites
    try {
      return new Error('').stack as unknown as Site[]
    } finally {
      Error.prepareStackTrace = before
    }
  }

  it('names the lines of the sources', () => {
    const [title, first] = stackInSources(new TypeError('why'), sitesHere()).split('\n')
    expect(title).to.equal('TypeError: why')
    expect(first).to.match(/^ {4}at sitesHere \(file:.*\/scripts\/src\/source-lines\.test\.ts:10:14\)$/)
  })

  it('names a place as it is that has no source', () => {
    const place = (file: string): Site => ({
      getFileName: () => file,
      getLineNumber: () => 1,
      getColumnNumber: () => 2,
      toString: () => `${file}:1:2`,
    })
    const places = ['node:events', 'file:///nowhere/at-all.js', '/node_modules/old.js']
    expect(stackInSources(new Error('why'), places.map(place)).split('\n')).to.deep.equal([
      'Error: why',
      ...places.map(file => `    at ${file}:1:2`),
    ])
  })
})
