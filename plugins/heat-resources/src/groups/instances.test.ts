import { type JsonMap, type StoredResource, Unknown } from '@hearth/core/plugin'
import { expect } from 'chai'
import { memberOf } from './instances.js'
import { asMap } from './members.js'

const stored = { name: '', physicalId: null, received: {}, action: 'CREATE', status: 'COMPLETE', attributes: {} }
const config: StoredResource = {
  ...stored,
  type: 'AWS::AutoScaling::LaunchConfiguration',
  properties: { ImageId: 'i', KeyName: null, BlockDeviceMappings: [{ DeviceName: 'd', Ebs: { VolumeSize: null } }] },
  data: { name: 'c-1', metadata: {} },
}
const around = { name: 'group', required: [{ ...config, type: 'T' }, config] }
const properties: JsonMap = { LaunchConfigurationName: 'c-1' }
const made = (given: JsonMap = properties, more: object = {}) =>
  memberOf(given, { attributes: {}, data: {}, around }, more) as JsonMap
const tagsOf = (Tags: JsonMap[], tags: string[] = []) =>
  asMap(made({ ...properties, Tags }, { tags }).properties).Tags as JsonMap[]

describe('A member of a group of instances', () => {
  it('has what its launch configuration says, and what its group adds', () => {
    expect(made(properties, { properties: { SubnetId: 's' } })).to.deep.equal({
      type: 'OS::Heat::ScaledResource',
      properties: {
        ImageId: 'i',
        BlockDeviceMappings: [{ DeviceName: 'd', Ebs: {} }],
        SubnetId: 's',
        Tags: [{ Key: 'metering.groupname', Value: 'group' }],
      },
    })
  })

  it('is tagged with the name of its group, unless the user has tagged it for that', () => {
    const [own, counted] = [
      { Key: 'k', Value: 'v' },
      { Key: 'metering.x', Value: 'y' },
    ]
    expect(tagsOf([own])).to.deep.equal([own, { Key: 'metering.groupname', Value: 'group' }])
    expect(tagsOf([counted])).to.deep.equal([counted])
    expect(tagsOf([counted], ['metering.z'])).to.deep.equal([counted, { Key: 'metering.z', Value: 'group' }])
  })

  it('has the metadata of its launch configuration, and none where that has none', () => {
    const described = { ...config, data: { ...config.data, metadata: { a: 1 } } }
    const wanted = { attributes: {}, data: {}, around: { ...around, required: [described] } }
    expect(memberOf(properties, wanted, {}))
      .to.have.property('metadata')
      .that.deep.equals({ a: 1 })
    expect(made()).not.to.have.property('metadata')
  })

  it('is refused where nothing that the group depends on is the launch configuration', () => {
    expect(() => made({ LaunchConfigurationName: 'c-2' })).to.throw(
      'LaunchConfigurationName (c-2) reference can not be found.',
    )
  })

  it('is known outside of a step as far as the last one has made it', () => {
    const data = { config: 'c-1', member: { type: 'M' } }
    expect(memberOf(properties, { attributes: {}, data }, {})).to.deep.equal({ type: 'M' })
    for (const known of [undefined, { attributes: {}, data: { ...data, config: 'c-0' } }])
      expect(Unknown.is(memberOf(properties, known, {}).properties)).to.equal(true)
  })
})
