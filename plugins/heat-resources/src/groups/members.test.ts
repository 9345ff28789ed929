import type { ChildInside, Json, StoredResource } from '@hearth/core/plugin'
import { expect } from 'chai'
import { isFresh, memberAttribute, type Snippet } from './members.js'

const stored = (attributes: StoredResource['attributes']): StoredResource => ({
  name: 'g',
  type: 'OS::Heat::ResourceGroup',
  physicalId: 'p',
  properties: {},
  attributes,
  data: {},
  received: {},
  action: 'CREATE',
  status: 'COMPLETE',
})
const members = { 0: { ip: '1', nics: [{ mac: 'a' }] }, 2: { ip: '3', nics: [] } }
const of = (name: string, ...path: Json[]): Json =>
  memberAttribute(stored({ refs_map: { 0: 'r0', 2: 'r2' }, members }), name, path)

describe('The attributes of members', () => {
  it('are lists, maps, or of one of them, each with a path', () => {
    expect(of('refs')).to.deep.equal(['r0', 'r2'])
    expect(of('refs', 1)).to.equal('r2')
    expect(of('refs_map')).to.deep.equal({ 0: 'r0', 2: 'r2' })
    expect(of('ip')).to.deep.equal(['1', '3'])
    expect(of('nics', 0, 'mac')).to.deep.equal(['a', null])
    expect(of('attributes', 'nics', 0, 'mac')).to.deep.equal({ 0: 'a', 2: null })
    expect(of('resource.2')).to.equal('r2')
    expect(of('resource.0.nics', 0)).to.deep.equal({ mac: 'a' })
    expect(of('resource.0', 'nics', 0)).to.deep.equal({ mac: 'a' })
  })

  it('are refused without a name, and for a member that is not there', () => {
    expect(() => of('attributes')).to.throw('The Referenced Attribute (g attributes) is incorrect.')
    expect(() => of('resource.1.ip')).to.throw("Member '1' not found in group resource 'g'.")
  })

  it('are null as long as the group was never there', () => {
    expect(memberAttribute(stored({}), 'resource.1.ip', [])).to.equal(null)
    expect(memberAttribute(stored({}), 'refs', [])).to.deep.equal([])
  })
})

describe('A member', () => {
  it('is alike whatever the order of keys, and as JSON has its numbers', () => {
    const fresh = (stored: Json, wanted: Snippet, restored?: ChildInside['restored']): boolean => {
      const template = { resources: { m: stored } }
      return isFresh({ template, resources: new Map(), ...(restored === undefined ? {} : { restored }) }, 'm', wanted)
    }
    expect(fresh({ a: 1, b: [null, 0] }, { b: [Number.NaN, -0], a: 1 })).to.equal(true)
    expect(fresh({ a: 1 }, { a: 2 })).to.equal(false)
    expect(fresh(null, {})).to.equal(false)
    expect(isFresh(undefined, 'm', {})).to.equal(false)
    // While a snapshot is restored, it is what the host makes of its definition.
    expect(fresh({ a: 'm', b: 2 }, { b: 2 }, (name, one) => ({ ...one, a: name }))).to.equal(true)
  })
})
