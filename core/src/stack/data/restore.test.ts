import { expect } from 'chai'
import { type ResourceType } from '../../plugin/index.js'
import { typeRegistry } from '../../resource/types.js'
import { plainFormats } from '../../template/index.js'
import { restoredTemplate } from './restore.js'
import { plainType } from '../../resource/kit.test.js'

const plain: ResourceType = plainType({
  name: 'Plain',
  properties: 'any',
  attributes: 'any',
})
const disk: ResourceType = {
  ...plain,
  name: 'Disk',
  restore: (properties, { physicalId, data }) => ({ ...properties, from: data.copy ?? null, was: physicalId }),
}

const kept = (name: string, type: string) => ({
  name,
  resource_id: `id of ${name}`,
  type,
  action: 'SNAPSHOT',
  status: 'COMPLETE',
  metadata: {},
  resource_data: { copy: `copy of ${name}` },
})

describe('what a restore leads to', () => {
  it('is what the snapshot kept; a type rewrites the properties of its own resources', () => {
    const template = {
      heat_template_version: '2021-04-16',
      resources: {
        a: { type: 'Disk', properties: { size: { get_param: 'size' } }, deletion_policy: 'Retain' },
        b: { type: 'Plain', properties: { size: 2 } },
        unknown: { type: 'Disk' },
      },
    }
    const types = typeRegistry([plain, disk])
    const content = restoredTemplate(
      template,
      { a: kept('a', 'Disk'), b: kept('b', 'Plain') },
      name => types.find(template.resources[name as 'a'].type),
      plainFormats,
    )
    expect(content).to.deep.equal({
      ...template,
      resources: {
        ...template.resources,
        a: {
          ...template.resources.a,
          properties: { size: { get_param: 'size' }, from: 'copy of a', was: 'id of a' },
        },
      },
    })
  })

  it('is so in the words of the template, whatever its format', () => {
    const template = {
      HeatTemplateFormatVersion: '2012-12-12',
      Resources: { a: { Type: 'Disk', Properties: { size: 2 } }, b: { Type: 'Disk' } },
    }
    const content = restoredTemplate(template, { a: kept('a', 'Disk'), b: kept('b', 'Disk') }, () => disk, plainFormats)
    expect(content).to.deep.equal({
      ...template,
      Resources: {
        a: { Type: 'Disk', Properties: { size: 2, from: 'copy of a', was: 'id of a' } },
        b: { Type: 'Disk', Properties: { from: 'copy of b', was: 'id of b' } },
      },
    })
  })
})
