import { expect } from 'chai'
import { flawOfHeader } from './headers.js'

describe('a header of a request', () => {
  it('has a value that can be sent', () => {
    for (const value of ['', 'a b\tc', '\x80\xff', 'Bearer ~!"'])
      expect(flawOfHeader('x-a', value), value).to.equal(undefined)
    for (const value of ['a\nb', 'a\rb', 'a\0', 'a\x7f', 'a\x1b[0m', 'naïve — or not', '🙂']) {
      expect(flawOfHeader('x-a', value), value).to.equal("the value of 'x-a' has characters that a header cannot have")
    }
  })

  it('has a name, and none that is set by Hearth itself', () => {
    expect(flawOfHeader('x a', '')).to.equal("'x a' is no name of a header")
    expect(flawOfHeader('Host', '')).to.equal("'Host' is set by Hearth itself")
  })
})
