import { expect } from 'chai'
import { Api, type Body, type Stack } from './kit/api.js'
import { eachEngine } from './kit/engines.js'
import { file, insideSoon } from './kit/nested.js'
import { template } from './kit/templates.js'
import { until } from './kit/until.js'

/** A member that is ready once it has been signalled so often. */
const member = file(
  {
    handle: { type: 'OS::Heat::WaitConditionHandle' },
    ready: {
      type: 'OS::Heat::WaitCondition',
      properties: { handle: { get_resource: 'handle' }, timeout: 60, count: { get_param: 'signals' } },
    },
  },
  { endpoint: { get_attr: ['handle', 'endpoint'] }, data: { get_attr: ['ready', 'data'] } },
  { signals: { type: 'number' } },
)
const one = { max_batch_size: 1 }
const waiting = (signals: number) =>
  template(
    {
      g: {
        type: 'OS::Heat::ResourceGroup',
        update_policy: { batch_create: one, rolling_update: one },
        properties: { count: 2, resource_def: { type: 'member.yaml', properties: { signals } } },
      },
    },
    { data: { get_attr: ['g', 'attributes', 'data'] } },
  )
const deployed = (size: number) =>
  template({
    cfg: { type: 'OS::Heat::SoftwareConfig', properties: { config: 'echo' } },
    one: { type: 'OS::Heat::DeployedServer' },
    two: { type: 'OS::Heat::DeployedServer' },
    g: {
      type: 'OS::Heat::SoftwareDeploymentGroup',
      update_policy: { batch_create: one, rolling_update: one },
      properties: {
        config: { get_resource: 'cfg' },
        servers: { a: { get_resource: 'one' }, b: { get_resource: 'two' } },
        input_values: { size },
      },
    },
  })

eachEngine('a group whose members wait for signals', ({ daemon, name }) => {
  const post = (url: string, body: object): Promise<{ status: number }> => new Api('').send('POST', url, body)
  /** Waits until no other member is under way; those that are stacks are visited by each change of the group's. */
  const alone = (group: Stack, index: string): Promise<true> =>
    until(`${index} to be the only one under way`, 10_000, async () => {
      const members = Object.entries(await group.resources())
      const busy = members.filter(([, { resource_status }]) => resource_status.endsWith('_IN_PROGRESS'))
      return (busy.length === 1 && busy[0]?.[0] === index) || undefined
    })

  it('goes on to the next batch when all of one are ready, at a create and at an update', async () => {
    const stack = await daemon()
      .api()
      .create(name(), waiting(1), { files: { 'member.yaml': member } })
    const group = await insideSoon(stack, 'g')
    const signal = async (index: string, status: string): Promise<void> => {
      await group.resourceReaches(index, `${status}_IN_PROGRESS`)
      const waits = await insideSoon(group, index)
      await waits.resourceReaches('ready', `${status}_IN_PROGRESS`)
      await alone(group, index)
      expect((await post((await waits.outputs()).endpoint, { data: status })).status).to.equal(200)
    }
    await signal('0', 'CREATE')
    await signal('1', 'CREATE')
    await stack.reaches('CREATE_COMPLETE')
    // One more is wanted of each: the last member first.
    await stack.update(waiting(2), { files: { 'member.yaml': member } })
    await signal('1', 'UPDATE')
    await signal('0', 'UPDATE')
    await stack.reaches('UPDATE_COMPLETE')
    const { data } = await stack.outputs()
    expect(Object.values<string>(data).map(text => JSON.parse(text))).to.deep.equal(
      Array(2).fill({ 1: 'CREATE', 2: 'UPDATE' }),
    )
  })

  it('leaves the others alone when one says that it has failed; the next update goes on', async () => {
    const stack = await daemon().api().create(name(), deployed(1))
    const group = await insideSoon(stack, 'g')
    const tell = async (index: string, status: string, body: object): Promise<void> => {
      await group.resourceReaches(index, `${status}_IN_PROGRESS`)
      const server = (await stack.resources())[index === 'a' ? 'one' : 'two'].physical_resource_id
      const url = await until(`a config for ${status} of ${index}`, 10_000, async () => {
        const { metadata } = (await stack.api.get(`/software_deployments/metadata/${server}`)).body
        const inputs = metadata.flatMap((config: Body) => [
          Object.fromEntries(config.inputs.map(({ name: called, value }: Body) => [called, value])),
        ])
        return inputs.find(({ deploy_action }: Body) => deploy_action === status)?.deploy_signal_id
      })
      expect((await post(url, body)).status).to.equal(200)
    }
    await alone(group, 'a')
    await tell('a', 'CREATE', { deploy_status_code: 0 })
    await alone(group, 'b')
    await tell('b', 'CREATE', { deploy_status_code: 0 })
    await stack.reaches('CREATE_COMPLETE')
    await stack.update(deployed(2))
    await alone(group, 'b')
    await tell('b', 'UPDATE', { deploy_status_code: 3 })
    expect((await stack.reaches('UPDATE_FAILED')).stack_status_reason).to.contain(
      'resources.g.resources.b: Deployment to server failed: deploy_status_code',
    )
    expect((await group.resources()).a.resource_status).to.equal('CREATE_COMPLETE')
    // What has failed is replaced together with the next batch, as in Heat.
    await stack.update(deployed(2))
    await tell('b', 'CREATE', { deploy_status_code: 0 })
    await tell('a', 'UPDATE', { deploy_status_code: 0 })
    await stack.reaches('UPDATE_COMPLETE')
  })
})
