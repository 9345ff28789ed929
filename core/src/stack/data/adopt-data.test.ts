import { expect } from 'chai'
import type { Json } from '../../plugin/index.js'
import { floatValue } from '../../template/values/float.js'
import { readAdoptData } from './adopt-data.js'

const limits = { maxSize: 10_000 }
const template = { heat_template_version: '2021-04-16' }

describe('The data of an adoption', () => {
  it('hand on plain numbers, and take none of them for a map', () => {
    const data = (resource: Json) => ({ template, resources: { r: resource } })
    const given = { resource_id: 'x', resource_data: { size: floatValue(8) }, metadata: { of: [floatValue(1)] } }
    const [read] = readAdoptData(data(given), limits).resources
    expect(read).to.deep.include({ data: { size: 8 }, metadata: { of: [1] } })
    expect(() => readAdoptData(data({ resource_id: 'x', metadata: floatValue(1) }), limits)).to.throw(
      'resources.r.metadata is not a map',
    )
    expect(() => readAdoptData({ template, files: floatValue(1) }, limits)).to.throw('files is not a map')
  })
})
