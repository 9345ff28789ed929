import type { ChildInside, Json } from '@hearth/core/plugin'
import { expect } from 'chai'
import { isFresh, type Snippet } from './members.js'

describe('A member', () => {
  it('is alike whatever the order of keys, and as JSON has its numbers', () => {
    const fresh = (stored: Json, wanted: Snippet, restored?: ChildInside['restored']): boolean => {
      const template = { resources: { m: stored } }
      return isFresh({ template, resources: new Map(), ...(restored === undefined ? {} : { restored }) }, 'm', wanted)
    }
    expect(fresh({ a: 1, b: [null, 0] }, { b: [Number.NaN, -0], a: 1 })).to.equal(true)
    // A template that is stored tells 8.0 from 8; what is wanted of a type does not.
    expect(fresh({ a: Object(8) as Json }, { a: 8 })).to.equal(true)
    expect(fresh({ a: 1 }, { a: 2 })).to.equal(false)
    expect(fresh(null, {})).to.equal(false)
    expect(isFresh(undefined, 'm', {})).to.equal(false)
    // While a snapshot is restored, it is what the host makes of its definition.
    expect(fresh({ a: 'm', b: 2 }, { b: 2 }, (name, one) => ({ ...one, a: name }))).to.equal(true)
  })
})
