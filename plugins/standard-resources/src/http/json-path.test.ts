import type { Json } from '@hearth/core/plugin'
import { expect } from 'chai'
import { checkPath, find, valueAt } from './json-path.js'

describe('a JSONPath', () => {
  it('finds one value, several, or none', () => {
    const document: Json = { a: [{ b: 1 }, { b: 2, c: 'x' }] }
    expect(valueAt('$.a[0].b', document)).to.equal(1)
    expect(valueAt('$.a[*].b', document)).to.deep.equal([1, 2])
    expect(valueAt("$.a[?@.c=='x'].b", document)).to.equal(2)
    expect(valueAt('$.no', document)).to.equal(null)
    expect(valueAt('$.a', null)).to.equal(null)
  })

  it('that is none is refused with what is wrong', () => {
    expect(() => checkPath('a.b')).to.throw("'a.b' is no JSONPath (RFC 9535): ")
    expect(() => find('$[?@.a', {})).to.throw('is no JSONPath')
  })

  it('that would take for ever is stopped', () => {
    const wide = Array.from({ length: 20_000 }, (_, index) => ({ index }))
    expect(() => find('$[?count($[?@.index > 5]) > 1]', wide)).to.throw('takes more than 100 ms')
    expect(() => find(`$[?match(@, '(a|a)*b')]`, ['a'.repeat(60)])).to.throw('takes more than 100 ms')
    expect(valueAt('$[0].index', wide)).to.equal(0)
  })
})
