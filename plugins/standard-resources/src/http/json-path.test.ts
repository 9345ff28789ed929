import type { Json } from '@hearth/core/plugin'
import { expect } from 'chai'
import { checkPath, find, valueAt, valuesAt } from './json-path.js'

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
    expect(() => find('$[?count($[?@.index > 5]) > 1]', wide)).to.throw('may take 100 ms')
    expect(() => find(`$[?match(@, '(a|a)*b')]`, ['a'.repeat(60)])).to.throw('may take 100 ms')
    expect(valueAt('$[0].index', wide)).to.equal(0)
  })

  it('is one of several that may take some time together, however many they are', () => {
    expect(valuesAt(['$.a', '$.no', '$..b'], { a: 1, c: [{ b: 2 }, { b: 3 }] })).to.deep.equal([1, null, [2, 3]])
    // Each of them alone is quick enough.
    const deep = Array.from({ length: 3_000 }, (_, index) => ({ index }))
    const many = Array.from({ length: 1_000 }, () => '$..index')
    const { user } = process.cpuUsage()
    expect(() => valuesAt(many, deep)).to.throw('may take 300 ms')
    expect(process.cpuUsage().user - user).to.be.below(2_000_000)
    expect(valuesAt(['$[0].index', '$[1]..index'], deep)).to.deep.equal([0, 1])
  })
})
