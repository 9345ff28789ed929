import { expect } from 'chai'
import { equal, holds, requestOf, urlOf } from './requests.js'

const plain = { headers: {}, query: {}, auth: null }
const declared = { method: 'POST', url: 'https://x.org/{{name}}' }

describe('a request that a template declares', () => {
  const variables = { name: 'a b/c', url: 'https://x.org/1?a=b', id: 5 }

  it('carries what the template says, with placeholders filled in', () => {
    const request = requestOf(
      { ...declared, headers: { 'X-Id': '{{id}}' }, body: { id: '{{id}}', text: 'no {{id}}' } },
      { ...plain, headers: { Accept: 'text/plain' }, auth: { bearer: null, username: 'me', password: 'secret' } },
      variables,
      { 'Idempotency-Key': 'k' },
    )
    expect(request.url.href).to.equal('https://x.org/a%20b%2Fc')
    expect(request.body).to.equal('{"id":5,"text":"no 5"}')
    expect(request.headers).to.deep.equal({
      accept: 'text/plain',
      'content-type': 'application/json',
      authorization: `Basic ${Buffer.from('me:secret').toString('base64')}`,
      'idempotency-key': 'k',
      'x-id': '5',
    })
  })

  it('sends a text as it is, and nothing if there is nothing to send', () => {
    const text = requestOf({ ...declared, body: 'a={{id}}' }, plain, variables)
    expect([text.body, text.headers]).to.deep.equal(['a=5', { accept: 'application/json' }])
    expect(requestOf({ ...declared, body: null }, plain, variables)).not.to.have.property('body')
  })

  it('has in its query what all requests have, behind what its URL says', () => {
    const asked = (url: string) =>
      requestOf({ ...declared, url }, { ...plain, query: { key: 'a&b', of: '{{name}}' } }, variables).url.href
    expect(asked('https://x.org/')).to.equal('https://x.org/?key=a%26b&of=a+b%2Fc')
    expect(asked('{{url}}')).to.equal('https://x.org/1?a=b&key=a%26b&of=a+b%2Fc')
    expect(requestOf({ ...declared, url: 'https://x.org/?a=b%20c' }, plain, variables).url.search).to.equal('?a=b%20c')
  })

  it('goes to the URL of the object as it stands, or to one below it, or has it as a part', () => {
    expect(urlOf('{{url}}', variables).href).to.equal('https://x.org/1?a=b')
    expect(urlOf('{{url}}&c={{name}}', variables).href).to.equal('https://x.org/1?a=b&c=a%20b%2Fc')
    expect(urlOf('http://y/?u={{url}}', variables).href).to.equal('http://y/?u=https%3A%2F%2Fx.org%2F1%3Fa%3Db')
  })

  it('goes nowhere else', () => {
    for (const url of ['file:///etc/passwd', 'ftp://x', 'data:,x', 'javascript:x']) {
      expect(() => urlOf(url, {}), url).to.throw('expected http or https')
    }
    expect(() => urlOf('https://me@x', {})).to.throw("use 'auth'")
    expect(() => urlOf('x/y', {})).to.throw('expected a URL of http or https')
    expect(() => urlOf('{{url}}', { url: null })).to.throw('{{url}} has no value')
    // A value stays a part of the URL that it is put into.
    expect(urlOf('https://x.org/{{name}}', { name: '../../@evil.org' }).host).to.equal('x.org')
  })
})

describe('a condition', () => {
  it('holds if its path finds one of the values, or anything', () => {
    const document = { state: 'ACTIVE', size: 5, off: false, none: null }
    expect(holds({ path: '$.state', values: ['x', 'ACTIVE'] }, document)).to.equal(true)
    expect(holds({ path: '$.state', values: ['x'] }, document)).to.equal(false)
    expect(holds({ path: '$.size', values: ['5'] }, document)).to.equal(true)
    for (const [path, expected] of [
      ['$.size', true],
      ['$.off', false],
      ['$.none', false],
      ['$.not', false],
    ] as const)
      expect(holds({ path }, document), path).to.equal(expected)
  })

  it('takes maps for equal whatever their order', () => {
    expect(equal({ a: 1, b: [2] }, { b: [2], a: 1 })).to.equal(true)
    expect(equal({ a: 1 }, { a: '1' })).to.equal(false)
    expect([equal(null, 'null'), equal(1, '1'), equal(true, 'true')]).to.deep.equal([false, true, true])
  })
})
