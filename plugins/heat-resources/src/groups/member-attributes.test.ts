import type { Json, StoredResource } from '@hearth/core/plugin'
import { expect } from 'chai'
import { storedWith } from '../testing/stored.js'
import { allOfMembers, insideMembers, memberAttribute } from './member-attributes.js'

const stored = (attributes: StoredResource['attributes']) =>
  storedWith({ name: 'g', type: 'OS::Heat::ResourceGroup', attributes })
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

  it('are characters of a text, too, and refused where members have no such attribute', () => {
    expect([of('ip', 0), of('ip', 1), of('resource.0', 'ip', 0)]).to.deep.equal([['1', '3'], [null, null], '1'])
    expect(of('show')).to.deep.equal([null, null])
    expect(() => of('nope')).to.throw('The Referenced Attribute (g nope) is incorrect.')
    expect(() => of('attributes', 'nope')).to.throw("The Referenced Attribute (g ('attributes', 'nope')) is incorrect.")
    expect(() => of('resource.0.nope')).to.throw('The Referenced Attribute (g resource.0.nope) is incorrect.')
    // Nothing is said of a member that is not there, or takes every name.
    expect(memberAttribute(stored({ refs_map: { 0: 'r' }, members: { 0: null } }), 'nope', [])).to.deep.equal([null])
    expect(memberAttribute(stored({ refs_map: { 0: 'r' }, members: { 0: {} } }), 'nope', [])).to.deep.equal([null])
  })

  it('are read where they are if resources inside of members have them', () => {
    const refs = stored({ refs_map: { 0: 'r0', 2: 'r2' }, members })
    const read = (name: string, ...path: Json[]) => insideMembers(name, path, refs)
    expect(read('resource.0', 'resource.r', 'v')).to.deep.equal({
      members: ['0'],
      asked: ['resource.r', 'v'],
      as: 'value',
    })
    expect(read('resource.0.resource.r', 'v')).to.deep.equal(read('resource.0', 'resource.r', 'v'))
    expect(read('attributes', 'resource.r', 'v'))
      .to.include({ as: 'map' })
      .and.not.to.have.property('stored')
    expect(read('ip', 0)).to.deep.equal({ members: ['0', '2'], asked: ['ip', 0], as: 'list', stored: true })
    expect([read('refs', 0), read('refs_map'), read('attributes')]).to.deep.equal([undefined, undefined, undefined])
    expect(insideMembers('ip', [])).to.deep.include({ members: undefined, as: 'list' })
    expect(() => read('resource.7', 'resource.r')).to.throw("Member '7' not found")
  })

  it('are null as long as the group was never there', () => {
    expect(memberAttribute(stored({}), 'resource.1.ip', [])).to.equal(null)
    expect(memberAttribute(stored({}), 'refs', [])).to.deep.equal([])
  })
})

describe('The attributes of members that are groups themselves', () => {
  const group = (values: Record<string, Json>) => ({
    refs_map: Object.fromEntries(Object.keys(values).map(name => [name, `r${name}`])),
    members: Object.fromEntries(Object.entries(values).map(([name, ip]) => [name, { ip }])),
  })
  /** As the stack inside says what all attributes of its members are. */
  const around = (inner: readonly StoredResource['attributes'][]) => ({
    refs_map: Object.fromEntries(inner.map((_, index) => [index, `g${index}`])),
    members: Object.fromEntries(inner.map((attributes, index) => [index, allOfMembers({ attributes })])),
  })
  const two = around([group({ 0: 'a', 1: 'b' }), group({ 0: 'c' })])

  it('are those of each member, though references are equal', () => {
    const same = { ...group({ 0: 'a', 1: 'b' }), refs_map: { 0: 'r', 1: 'r' } }
    expect(memberAttribute(stored(around([same])), 'ip', [])).to.deep.equal([['a', 'b']])
  })

  it('are found by the names that follow, at whatever depth', () => {
    const of = (name: string, ...path: Json[]): Json => memberAttribute(stored(two), name, path)
    expect(of('attributes', 'refs')).to.deep.equal({ 0: ['r0', 'r1'], 1: ['r0'] })
    expect(of('attributes', 'attributes', 'ip')).to.deep.equal({ 0: { 0: 'a', 1: 'b' }, 1: { 0: 'c' } })
    expect(of('attributes', 'ip')).to.deep.equal({ 0: ['a', 'b'], 1: ['c'] })
    expect(of('ip', 0)).to.deep.equal([['a', 'b'], ['c']])
    expect(of('resource.1.attributes', 'ip')).to.deep.equal({ 0: 'c' })
    expect(() => of('resource.1.nothing')).to.throw('The Referenced Attribute (g resource.1.nothing) is incorrect.')

    const three = (name: string, ...path: Json[]): Json => memberAttribute(stored(around([two])), name, path)
    expect(three('attributes', 'attributes', 'attributes', 'ip')).to.deep.equal({
      0: { 0: { 0: 'a', 1: 'b' }, 1: { 0: 'c' } },
    })
  })
})
