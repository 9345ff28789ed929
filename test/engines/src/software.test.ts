import { expect } from 'chai'
import { Api, type Body, type Stack } from './kit/api.js'
import { eachEngine } from './kit/engines.js'
import { family, inside } from './kit/nested.js'
import { template } from './kit/templates.js'
import { until } from './kit/until.js'

const config = (properties: object) => ({ type: 'OS::Heat::SoftwareConfig', properties: { ...properties } })
const server = () => ({ type: 'OS::Heat::DeployedServer' })
const deployment = (properties: object, type = 'SoftwareDeployment') => ({
  type: `OS::Heat::${type}`,
  properties: { config: { get_resource: 'cfg' }, server: { get_resource: 'srv' }, ...properties },
})

const inputsOf = ({ inputs }: Body): Record<string, Body> =>
  Object.fromEntries(inputs.map(({ name, value }: Body) => [name, value]))

eachEngine('a software deployment', ({ daemon, name }) => {
  const create = (resources: Parameters<typeof template>[0], outputs: Record<string, unknown> = {}) =>
    daemon().api().create(name(), template(resources, outputs))
  const listed = async (path: string) => Object.values((await daemon().api().get(path)).body)[0] as Body[]
  /** What a server is to do, once it is to do this. */
  const todo = (id: string, action: string, resource = 'dep'): Promise<Body> =>
    until(`a config for ${action} of ${resource}`, 10_000, async () => {
      const configs = await listed(`/software_deployments/metadata/${id}`)
      return configs.find(one => {
        const inputs = inputsOf(one)
        return inputs.deploy_action === action && inputs.deploy_resource_name === resource
      })
    })
  /** What a server does: it says what came of it. */
  const tell = async (made: Body, body: object) => {
    const { deploy_signal_id, deploy_signal_verb } = inputsOf(made)
    return (await new Api('').send(deploy_signal_verb, deploy_signal_id, body)).status
  }
  const serverOf = async (stack: Stack): Promise<string> =>
    (await stack.resourceReaches('srv', 'CREATE_COMPLETE')).physical_resource_id

  it('waits for its server in every action that it lists, and shows what the server said', async () => {
    const of = (values: object) =>
      template(
        {
          cfg: config({
            group: 'script',
            config: 'echo',
            inputs: [
              { name: 'a', default: 1 },
              { name: 'r', replace_on_change: true },
            ],
            outputs: [{ name: 'result' }, { name: 'later' }],
          }),
          srv: server(),
          dep: deployment({ input_values: values, actions: ['CREATE', 'UPDATE', 'SUSPEND', 'DELETE'] }),
        },
        {
          text: { get_attr: ['cfg', 'config'] },
          result: { get_attr: ['dep', 'result'] },
          stdout: { get_attr: ['dep', 'deploy_stdout'] },
          none: { get_attr: ['dep', 'later'] },
          never: { get_attr: ['dep', 'nothing'] },
        },
      )
    const stack = await daemon()
      .api()
      .create(name(), of({ x: 'y', r: 'one' }))
    const srv = await serverOf(stack)
    const first = await todo(srv, 'CREATE')
    expect(first).to.include({ group: 'script', config: 'echo' })
    expect(inputsOf(first)).to.deep.include({ a: 1, x: 'y', deploy_server_id: srv, deploy_signal_verb: 'POST' })
    const { metadata } = (await stack.api.get(`${stack.path}/resources/srv/metadata`)).body
    expect(metadata.deployments).to.deep.equal([first])
    const [record] = await listed(`/software_deployments?server_id=${srv}`)
    expect(record).to.include({ action: 'CREATE', status: 'IN_PROGRESS', status_reason: 'Deploy data available' })

    expect(await tell(first, { result: { ok: true }, deploy_stdout: 'hello', deploy_status_code: 0 })).to.equal(200)
    await stack.reaches('CREATE_COMPLETE')
    const outputs = { text: 'echo', result: { ok: true }, stdout: 'hello', none: null, never: null }
    expect(await stack.outputs()).to.deep.equal(outputs)
    const { output } = (await stack.api.get(`${stack.path}/outputs/never`)).body
    expect(output.output_error).to.contain('The Referenced Attribute (dep nothing) is incorrect.')
    const dep = (await stack.resources()).dep
    expect(dep.physical_resource_id).to.equal(record?.id)
    expect((await stack.api.get(`${stack.path}/resources/dep`)).body.resource.attributes).to.deep.include({
      result: { ok: true },
      deploy_status_code: 0,
    })
    const { events } = (await stack.api.get(`${stack.path}/resources/dep/events`)).body
    expect(events.map((event: Body) => event.resource_status_reason)).to.include(
      `Signal: deployment ${record?.id} succeeded`,
    )

    // Another value is another config; who knows the API may say that it is done.
    await stack.update(of({ x: 'z', r: 'one' }))
    const second = await todo(srv, 'UPDATE')
    expect(inputsOf(second).x).to.equal('z')
    const stillThere = (await listed('/software_configs')).map(({ id }) => id)
    expect([stillThere.includes(first.id), stillThere.includes(second.id)]).to.deep.equal([false, true])
    await stack.api.send('PUT', `/software_deployments/${record?.id}`, { status: 'COMPLETE' })
    await stack.reaches('UPDATE_COMPLETE')

    await stack.action('suspend')
    expect(await tell(await todo(srv, 'SUSPEND'), {})).to.equal(200)
    await stack.reaches('SUSPEND_COMPLETE')
    await stack.action('resume')
    await stack.reaches('RESUME_COMPLETE')

    // This one replaces: the old one is taken down once the new one stands.
    await stack.update(of({ x: 'z', r: 'two' }))
    await tell(await todo(srv, 'CREATE'), {})
    await tell(await todo(srv, 'DELETE'), {})
    await stack.reaches('UPDATE_COMPLETE')
    expect((await stack.resources()).dep.physical_resource_id).not.to.equal(record?.id)

    await stack.delete()
    await tell(await todo(srv, 'DELETE'), {})
    await stack.reaches('DELETE_COMPLETE')
    expect(await listed(`/software_deployments?server_id=${srv}`)).to.deep.equal([])
    const left = await listed('/software_configs')
    expect(left.filter(one => one.name.startsWith(`${stack.name}-`))).to.deep.equal([])
  })

  it('fails with what the server says, which can be read all the same', async () => {
    const stack = await create({
      cfg: config({ outputs: [{ name: 'wrong', error_output: true }] }),
      srv: server(),
      dep: deployment({}),
    })
    await tell(await todo(await serverOf(stack), 'CREATE'), {
      wrong: 'all of it',
      deploy_stderr: 'ouch',
      deploy_status_code: 3,
    })
    expect((await stack.reaches('CREATE_FAILED')).stack_status_reason).to.equal(
      'Resource CREATE failed: Error: resources.dep: Deployment to server failed: wrong : all of it, deploy_status_code : Deployment exited with non-zero status code: 3',
    )
    const { attributes } = (await stack.api.get(`${stack.path}/resources/dep`)).body.resource
    expect(attributes).to.include({ deploy_stderr: 'ouch', wrong: 'all of it' })
  })

  it('is of a component for the actions of that, takes inputs into data, and need not wait', async () => {
    const quiet = { signal_transport: 'NO_SIGNAL' }
    const stack = await create(
      {
        srv: server(),
        cfg: {
          type: 'OS::Heat::SoftwareComponent',
          properties: {
            configs: [
              { actions: ['CREATE'], config: 'make', tool: 'script' },
              { actions: ['RESUME'], config: 'wake', tool: 'script' },
            ],
          },
        },
        dep: deployment({ ...quiet, name: 'c' }),
        data: {
          type: 'OS::Heat::StructuredConfig',
          properties: { config: { size: { get_input: 'size' }, list: [{ get_input: 'none' }] } },
        },
        filled: deployment(
          { ...quiet, config: { get_resource: 'data' }, input_values: { size: 4 }, name: 'a' },
          'StructuredDeployment',
        ),
        idle: deployment({ ...quiet, config: { get_resource: 'data' }, actions: ['SUSPEND'] }),
        cloud: { type: 'OS::Heat::CloudConfig', properties: { cloud_config: { users: [{ name: 'me' }], b: 'yes' } } },
        mime: {
          type: 'OS::Heat::MultipartMime',
          properties: { parts: [{ config: { get_resource: 'cloud' }, subtype: 'cloud-config' }, { config: 'text' }] },
        },
      },
      {
        configs: { get_attr: ['cfg', 'configs', 0, 'tool'] },
        cloud: { get_attr: ['cloud', 'config'] },
        mime: { get_attr: ['mime', 'config'] },
      },
    )
    await stack.reaches('CREATE_COMPLETE')
    const made = await listed(`/software_deployments/metadata/${await serverOf(stack)}`)
    expect(made.map(one => [one.name, one.group])).to.deep.equal([
      ['a', 'Heat::Ungrouped'],
      ['c', 'component'],
    ])
    expect(made[0].config).to.deep.equal({ size: 4, list: [null] })
    expect((await stack.resources()).idle.physical_resource_id).to.equal('')
    const { configs, cloud, mime } = await stack.outputs()
    expect([configs, cloud]).to.deep.equal(['script', "#cloud-config\nb: 'yes'\nusers:\n  - name: me\n"])
    expect(mime).to.match(/^Content-Type: multipart\/mixed/)
    expect(mime).to.contain(`Content-Type: text/cloud-config; charset="us-ascii"`).and.to.contain(cloud)

    // A config that somebody has put in place of what was made for the deployment is theirs, and outlives it.
    const { api } = stack
    const { id } = (await api.send('POST', '/software_configs', { name: 'theirs' })).body.software_config
    const { filled } = await stack.resources()
    const put = await api.send('PUT', `/software_deployments/${filled.physical_resource_id}`, { config_id: id })
    expect(put.status).to.equal(200)
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
    expect((await api.get(`/software_deployments/${filled.physical_resource_id}`)).status).to.equal(404)
    expect((await api.get(`/software_configs/${id}`)).status).to.equal(200)
  })

  it('of a group is one for each server', async () => {
    const group = (servers: object) =>
      template(
        {
          cfg: config({ outputs: [{ name: 'result' }] }),
          srv: server(),
          other: server(),
          dep: {
            type: 'OS::Heat::SoftwareDeploymentGroup',
            properties: { config: { get_resource: 'cfg' }, servers },
          },
        },
        { stdouts: { get_attr: ['dep', 'deploy_stdouts'] }, results: { get_attr: ['dep', 'result'] } },
      )
    const both = { one: { get_resource: 'srv' }, two: { get_resource: 'other' } }
    const stack = await daemon().api().create(name(), group(both))
    const other = (await stack.resourceReaches('other', 'CREATE_COMPLETE')).physical_resource_id
    await tell(await todo(await serverOf(stack), 'CREATE', 'one'), { result: 1, deploy_stdout: 'a' })
    await tell(await todo(other, 'CREATE', 'two'), { result: 2, deploy_stdout: 'b' })
    await stack.reaches('CREATE_COMPLETE')
    expect(await stack.outputs()).to.deep.equal({ stdouts: { one: 'a', two: 'b' }, results: { one: 1, two: 2 } })
    await stack.update(group({ one: { get_resource: 'srv' } }))
    await stack.reaches('UPDATE_COMPLETE')
    expect(Object.keys(await (await inside(stack, 'dep')).resources())).to.deep.equal(['one'])
    expect(await listed(`/software_deployments?server_id=${other}`)).to.deep.equal([])
  })

  it('of a group stays when its type is called by the new name', async () => {
    const groups = (ending: string) =>
      template(
        Object.fromEntries(
          ['Software', 'Structured'].map(kind => [
            kind,
            {
              type: `OS::Heat::${kind}Deployment${ending}`,
              properties: { servers: { one: 'x' }, signal_transport: 'NO_SIGNAL' },
            },
          ]),
        ),
      )
    const stack = await daemon().api().create(name(), groups('s'))
    await stack.reaches('CREATE_COMPLETE')
    const before = await family(stack)
    await stack.update(groups('Group'))
    await stack.reaches('UPDATE_COMPLETE')
    const { resources, updates } = await family(stack, before.seen)
    expect(updates.filter(path => path.endsWith('/one'))).to.deep.equal([])
    const ids = (all: ReadonlyMap<string, Body>) => [...all].map(([path, one]) => [path, one.physical_resource_id])
    expect(ids(resources)).to.have.deep.members(ids(before.resources))
    expect((await stack.resources()).Software.resource_type).to.equal('OS::Heat::SoftwareDeploymentGroup')
    // What is of the new type by now is updated as such.
    await stack.update({ ...groups('Group'), description: 'again' })
    await stack.reaches('UPDATE_COMPLETE')
    expect(ids((await family(stack)).resources)).to.have.deep.members(ids(before.resources))
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
  })

  it('is refused where a service would be needed, and of what another project keeps', async () => {
    const refusal = async (resources: Parameters<typeof template>[0]) =>
      (
        await daemon()
          .api()
          .send('POST', '/stacks', { stack_name: name(), template: template(resources) })
      ).body.error.message
    const needing = deployment({ config: 'x', server: 'y', signal_transport: 'HEAT_SIGNAL' })
    expect(await refusal({ dep: needing })).to.contain('HEAT_SIGNAL needs the service Keystone')
    const polling = { type: server().type, properties: { software_config_transport: 'POLL_SERVER_CFN' } }
    expect(await refusal({ srv: polling })).to.contain('POLL_SERVER_CFN needs the service Keystone')
    const { id } = (await daemon().api('other').send('POST', '/software_configs', { config: 'secret' })).body
      .software_config
    const stack = await create({ dep: deployment({ config: id, server: 'y' }) })
    expect((await stack.reaches('CREATE_FAILED')).stack_status_reason).to.contain(
      `NotFound: resources.dep: Software config with id ${id} not found`,
    )
  })
})
