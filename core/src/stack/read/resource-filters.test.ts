import { expect } from 'chai'
import { type Filtered, matches, type ResourceFilters } from './resource-filters.js'

describe('Filters of resources', () => {
  const row: Filtered = {
    id: '7d0e7a3e-0000-4000-8000-000000000001',
    name: 'web',
    action: 'CREATE',
    status: 'COMPLETE',
    physicalId: 'one-web-abc',
    type: 'OS::Heat::Value',
  }
  const none: ResourceFilters = { id: [], name: [], action: [], status: [], physicalId: [], type: [] }

  it('allow everything when there are none', () => {
    expect(matches(none, row)).to.equal(true)
    expect(matches(none, { ...row, physicalId: null })).to.equal(true)
  })

  for (const field of ['id', 'name', 'action', 'status', 'physicalId', 'type'] as const) {
    it(`by ${field} allow any of the values, and no other`, () => {
      expect(matches({ ...none, [field]: ['other', row[field]] }, row)).to.equal(true)
      expect(matches({ ...none, [field]: ['other'] }, row)).to.equal(false)
    })
  }

  it('take a part of a type, and only the whole of all else', () => {
    expect(matches({ ...none, type: ['Heat'] }, row)).to.equal(true)
    expect(matches({ ...none, name: ['we'] }, row)).to.equal(false)
  })

  it('must all allow it', () => {
    expect(matches({ ...none, name: ['web'], status: ['FAILED'] }, row)).to.equal(false)
  })
})
