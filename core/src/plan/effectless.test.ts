import { expect } from 'chai'
import { type JsonMap, type ResourceType } from '../plugin/index.js'
import { typeRegistry } from '../resource/types.js'
import { define } from '../template/index.js'
import { effectlessIn } from './effectless.js'
import { plainType } from '../resource/kit.test.js'

const plain: ResourceType = plainType({
  name: 'Value',
  effectless: true,
  properties: { value: { type: 'any' } },
  attributes: { value: {} },
})
const asked: ResourceType = {
  ...plain,
  name: 'Asked',
  effectless: false,
  attributes: { stored: {}, now: { live: true } },
  read: async () => 1,
}
const group: ResourceType = {
  ...plain,
  name: 'Group',
  effectless: false,
  attributes: { refs: {} },
  children: { label: 'group', of: () => undefined, now: outputs => outputs },
}
const around: ResourceType = {
  ...group,
  name: 'Around',
  children: {
    label: 'around',
    of: () => undefined,
    inside: (attribute, path) => ({
      members: undefined,
      asked: [attribute, ...path],
      as: 'list',
      ...(attribute === 'stored' ? { stored: true } : {}),
    }),
    attribute: () => null,
  },
}
const types = typeRegistry([plain, asked, group, around])

const isEffectless = (more: JsonMap): boolean => {
  const definition = define({
    template: {
      heat_template_version: '2018-08-31',
      resources: {
        asked: { type: 'Asked' },
        group: { type: 'Group' },
        around: { type: 'Around' },
        v: { type: 'Value', ...more },
      },
    },
    environment: {},
    files: {},
    stack: { id: null, name: 's', project: 'p' },
    types,
    validate: false,
  })
  return effectlessIn(definition, types)('v', 'Value')
}
const reading = (...path: readonly string[]): JsonMap => ({ properties: { value: { get_attr: [...path] } } })

describe('a step that touches nothing but rows', () => {
  it('is one of a type that says so, whatever it depends on', () => {
    expect(isEffectless({ depends_on: ['asked', 'group'] })).to.equal(true)
    expect(isEffectless(reading('asked', 'stored'))).to.equal(true)
  })

  it('reads nothing that somebody outside is asked for, or that outputs of a stack inside may ask for', () => {
    expect(isEffectless(reading('asked', 'now'))).to.equal(false)
    expect(isEffectless(reading('asked'))).to.equal(false)
    expect(isEffectless(reading('group', 'refs'))).to.equal(false)
    expect(isEffectless(reading('around', 'deeper', 'in'))).to.equal(false)
    expect(isEffectless(reading('around', 'stored', 'in'))).to.equal(true)
  })
})
