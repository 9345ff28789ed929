import { expect } from 'chai'
import type { Api, Body, Stack } from './kit/api.js'
import { eachEngine } from './kit/engines.js'
import { inside } from './kit/nested.js'
import { until } from './kit/until.js'

/** What stands for an instance: its address is what it is told as user data. */
const instance = JSON.stringify({
  heat_template_version: '2018-08-31',
  parameters: {
    ImageId: { type: 'string' },
    InstanceType: { type: 'string' },
    UserData: { type: 'string' },
    Tags: { type: 'json' },
  },
  resources: { a: { type: 'OS::Heat::TestResource', properties: { value: { get_param: 'UserData' } } } },
  outputs: { PublicIp: { value: { get_attr: ['a', 'output'] } }, tags: { value: { get_param: 'Tags' } } },
})
const files = { 'instance.yaml': instance }
const given = (type = 'OS::Heat::ScaledResource') => ({
  files,
  environment: { resource_registry: { [type]: 'instance.yaml' } },
})

interface Wish {
  readonly address?: string
  readonly metadata?: object
  readonly size?: number
  readonly policy?: object
  readonly group?: object
  readonly scaled?: object
}

/** Both groups, of the same configuration. */
const groups = ({
  address = 'old',
  metadata = { a: 1 },
  size = 2,
  policy,
  group = {},
  scaled = {},
}: Wish = {}): object => ({
  AWSTemplateFormatVersion: '2010-09-09',
  Resources: {
    config: {
      Type: 'AWS::AutoScaling::LaunchConfiguration',
      Metadata: metadata,
      Properties: { ImageId: 'i', InstanceType: 't', UserData: address },
    },
    fixed: {
      Type: 'OS::Heat::InstanceGroup',
      ...(policy && { UpdatePolicy: { RollingUpdate: policy } }),
      Properties: {
        AvailabilityZones: ['nova'],
        LaunchConfigurationName: { Ref: 'config' },
        Size: size,
        Tags: [{ Key: 'k', Value: 'v' }],
        ...group,
      },
    },
    scaled: {
      Type: 'AWS::AutoScaling::AutoScalingGroup',
      ...(policy && { UpdatePolicy: { AutoScalingRollingUpdate: policy } }),
      Properties: {
        AvailabilityZones: ['nova'],
        LaunchConfigurationName: { Ref: 'config' },
        MinSize: 1,
        MaxSize: 4,
        ...scaled,
      },
    },
    up: {
      Type: 'AWS::AutoScaling::ScalingPolicy',
      Properties: {
        AutoScalingGroupName: { Ref: 'scaled' },
        AdjustmentType: 'ChangeInCapacity',
        ScalingAdjustment: 2,
      },
    },
  },
  Outputs: {
    config: { Value: { Ref: 'config' } },
    fixed: { Value: { 'Fn::GetAtt': ['fixed', 'InstanceList'] } },
    scaled: { Value: { 'Fn::GetAtt': ['scaled', 'InstanceList'] } },
    reference: { Value: { Ref: 'up' } },
    alarm: { Value: { 'Fn::GetAtt': ['up', 'AlarmUrl'] } },
  },
})

const names = async (stack: Stack, group: string): Promise<string[]> =>
  Object.keys(await (await inside(stack, group)).resources())
const templateOf = async (stack: Stack, group: string): Promise<Body> => {
  const nested = await inside(stack, group)
  return (await nested.api.get(`${nested.path}/template`)).body
}

eachEngine('a group of instances', kit => {
  const api = (): Api => kit.daemon().api()
  const create = async (wish: Wish = {}, type?: string): Promise<Stack> => {
    const stack = await api().create(kit.name(), groups(wish), given(type))
    await stack.reaches('CREATE_COMPLETE')
    return stack
  }
  const update = async (stack: Stack, wish: Wish): Promise<void> => {
    await stack.update(groups(wish), given())
    await stack.reaches('UPDATE_COMPLETE')
  }

  it('has members that the launch configuration describes, of what the environment says an instance is', async () => {
    const stack = await create({}, 'AWS::EC2::Instance')
    const { config, fixed, scaled } = await stack.outputs()
    expect(config).to.match(new RegExp(`^${(await stack.show()).stack_name}-config-[a-z0-9]{12}$`))
    expect([fixed, scaled]).to.deep.equal(['old,old', 'old'])
    const { resources } = await templateOf(stack, 'scaled')
    const group = (await (await inside(stack, 'scaled')).show()).stack_name
    expect(Object.values(resources)).to.deep.equal([
      {
        type: 'OS::Heat::ScaledResource',
        properties: {
          ImageId: 'i',
          InstanceType: 't',
          UserData: 'old',
          Tags: [
            { Key: 'metering.groupname', Value: group },
            { Key: 'metering.AutoScalingGroupName', Value: group },
          ],
        },
        metadata: { a: 1 },
      },
    ])
  })

  it('gets another size, and leaves who is there as it is unless a policy rolls', async () => {
    const stack = await create()
    const [before, shown] = [await names(stack, 'fixed'), await stack.outputs()]
    await update(stack, { address: 'new', size: 3 })
    const after = await stack.outputs()
    expect(after.config).not.to.equal(shown.config)
    expect([after.fixed, after.scaled]).to.deep.equal(['old,old,new', 'old'])
    expect(await names(stack, 'fixed')).to.include.members(before)
    // The configuration is the same as before, so that nothing rolls.
    const policy = { MinInstancesInService: 1, MaxBatchSize: 2, PauseTime: 'PT0S' }
    await update(stack, { address: 'new', size: 3, policy })
    expect((await stack.outputs()).fixed).to.equal('old,old,new')
    await update(stack, { address: 'newer', size: 2, policy })
    const rolled = await stack.outputs()
    expect([rolled.fixed, rolled.scaled]).to.deep.equal(['newer,newer', 'newer'])
    // What only the metadata say is another configuration, too.
    await update(stack, { address: 'newer', size: 2, policy, metadata: { a: 2 } })
    expect((await stack.outputs()).config).not.to.equal(rolled.config)
    const { resources } = await templateOf(stack, 'fixed')
    expect(Object.values<Body>(resources).map(({ metadata }) => metadata)).to.deep.equal([{ a: 2 }, { a: 2 }])
  })

  it('grows by the signals of a policy whose reference is the URL to send them to', async () => {
    const stack = await create({ scaled: { DesiredCapacity: 2 } })
    const { reference, alarm } = await stack.outputs()
    expect(reference).to.equal(alarm)
    expect((await fetch(reference, { method: 'POST' })).status).to.equal(200)
    const grown = await until('the group to have 4 members', 10_000, async () => {
      const { scaled } = await stack.outputs()
      return scaled === 'old,old,old,old' || undefined
    })
    expect(grown).to.equal(true)
    await (await inside(stack, 'scaled')).settled()
    const metadata = (await stack.api.get(`${stack.path}/resources/scaled/metadata`)).body.metadata
    expect(Object.values(metadata.cooldown_end)).to.deep.equal(['ChangeInCapacity : 2'])
  })

  it('is refused for what there is not, and for what refers to no launch configuration', async () => {
    const refusal = async (wish: Wish, options: object = given()): Promise<string> => {
      const { status, body } = await api().send('POST', '/stacks', {
        stack_name: kit.name(),
        template: groups(wish),
        ...options,
      })
      return `${status} ${body.error?.message}`
    }
    expect(await refusal({}, {}))
      .to.include('400')
      .and.include('AWS::EC2::Instance')
      .and.include('nova')
    const refused = {
      'LaunchConfigurationName (config) requires a reference to the configuration not just the name': {
        group: { LaunchConfigurationName: 'config' },
      },
      'LaunchConfigurationName (other) reference can not be found.': { scaled: { LaunchConfigurationName: 'other' } },
      'Maximum PauseTime is 1 hour.': { policy: { PauseTime: 'PT1H1S' } },
      'Only ISO 8601 duration format of the form PT#H#M#S is supported.': { policy: { PauseTime: '1s' } },
      "Either 'InstanceId' or 'LaunchConfigurationName' must be provided.": { scaled: { LaunchConfigurationName: '' } },
      'Anything other than one VPCZoneIdentifier': { scaled: { VPCZoneIdentifier: ['a', 'b'] } },
      'needs the service octavia': { group: { LoadBalancerNames: ['lb'] } },
    }
    for (const [reason, wish] of Object.entries(refused)) expect(await refusal(wish)).to.include(reason)
    const stack = await api().create(kit.name(), groups({ group: { LaunchConfigurationName: { Ref: 'up' } } }), given())
    expect((await stack.reaches('CREATE_FAILED')).stack_status_reason).to.include('reference can not be found.')
  })
})
