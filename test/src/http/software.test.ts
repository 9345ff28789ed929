import { expect } from 'chai'
import { ofTheApi } from './ground.js'

ofTheApi('software configs and deployments', ({ api, daemon, refused }) => {
  const make = async (path: string, body: object) => {
    const answer = await api().send('POST', path, body)
    expect(answer.status, JSON.stringify(answer.body)).to.equal(200)
    return Object.values(answer.body as Record<string, { id: string }>)[0] as { id: string } & Record<string, unknown>
  }

  it('are made, shown, listed, changed and deleted', async () => {
    const inputs = [
      { name: 'size', default: 3 },
      { name: 'kind', type: 'Json', replace_on_change: true },
    ]
    const config = await make('/software_configs', {
      name: 'one',
      group: 'script',
      config: '#!/bin/sh',
      inputs,
      outputs: [{ name: 'result' }],
    })
    expect(config).to.deep.include({
      options: {},
      inputs: [
        { name: 'size', type: 'String', default: 3 },
        { name: 'kind', type: 'Json', replace_on_change: true },
      ],
      outputs: [{ name: 'result', type: 'String', error_output: false }],
    })
    const empty = await make('/software_configs', {})
    expect(empty).to.deep.include({ name: null, group: null, config: null, inputs: [], outputs: [], options: {} })
    const { software_configs: listed } = (await api().get('/software_configs')).body
    expect(listed.map(({ id }: { id: string }) => id)).to.deep.equal([empty.id, config.id])
    expect(listed[0]).to.have.all.keys('id', 'name', 'group', 'creation_time')
    const next = (await api().get(`/software_configs?limit=5&marker=${empty.id}`)).body.software_configs
    expect(next.map(({ id }: { id: string }) => id)).to.deep.equal([config.id])
    expect((await api().get(`/software_configs/${config.id}`)).body.software_config).to.deep.equal(config)

    const made = { config_id: config.id, server_id: 'srv-1', action: 'CREATE', status: 'IN_PROGRESS' }
    const deployment = await make('/software_deployments', { ...made, input_values: { size: 5 } })
    expect(deployment).to.deep.include({ ...made, input_values: { size: 5 }, output_values: null })
    expect(deployment).not.to.include.keys('updated_time')
    const path = `/software_deployments/${deployment.id}`
    const changes = { status: 'COMPLETE', output_values: { result: 'x' }, status_reason: null }
    const changed = (await api().send('PUT', path, changes)).body.software_deployment
    expect(changed).to.deep.include({ ...deployment, status: 'COMPLETE', output_values: { result: 'x' } })
    expect((await api().get(path)).body.software_deployment).to.deep.equal(changed)
    const of = async (server: string) => (await api().get(`/software_deployments?server_id=${server}`)).body
    expect(await of('srv-1')).to.deep.equal({ software_deployments: [changed] })
    expect(await of('srv-2')).to.deep.equal({ software_deployments: [] })
    const metadata = async (project: string) =>
      (await daemon().api(project).get('/software_deployments/metadata/srv-1')).body
    expect(await metadata('demo')).to.deep.equal({ metadata: [config] })
    expect(await metadata('other')).to.deep.equal({ metadata: [] })

    const inUse = `Software config with id ${config.id} can not be deleted as it is referenced.`
    await refused('DELETE', `/software_configs/${config.id}`, undefined, 500, inUse, 'InvalidRestrictedAction')
    expect((await api().send('DELETE', path)).status).to.equal(204)
    for (const { id } of [config, empty]) {
      expect((await api().send('DELETE', `/software_configs/${id}`)).status).to.equal(204)
    }
    await refused('GET', path, undefined, 404, `Deployment with id ${deployment.id} not found`, 'NotFound')
  })

  it('are refused when they cannot be, and are of their project', async () => {
    const missing = '00000000-0000-4000-8000-000000000000'
    const bad = (path: string, body: object, message: RegExp) => refused('POST', path, body, 400, message)
    await bad('/software_configs', { inputs: {} }, /inputs must be a list of maps/)
    await bad('/software_configs', { inputs: [{}] }, /inputs\[0\]/)
    await bad('/software_configs', { inputs: [{ name: 'a', type: 'Text' }] }, /inputs\[0\].type/)
    await bad('/software_configs', { name: 5 }, /name must be text/)
    await bad('/software_deployments', { server_id: 's' }, /config_id is required/)
    await bad('/software_deployments', { config_id: missing, stack_user_project_id: 'p'.repeat(65) }, /64 characters/)
    const gone = `Software config with id ${missing} not found`
    await refused('POST', '/software_deployments', { config_id: missing }, 404, gone, 'NotFound')
    await refused('GET', '/software_configs?global_tenant=true', undefined, 403, /software_configs:global_index/)
    const { id } = await make('/software_configs', { name: 'mine' })
    expect((await daemon().api('other').get(`/software_configs/${id}`)).status).to.equal(404)
    expect((await daemon().api('other').send('DELETE', `/software_configs/${id}`)).status).to.equal(404)
    expect((await api().send('DELETE', `/software_configs/${id}`)).status).to.equal(204)
  })
})
