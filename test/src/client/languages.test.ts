import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Daemon } from '@hearth/conformance'
import { expect } from 'chai'
import { installed, OpenStack } from './openstack.js'

/** Nothing of it asks for an engine: once is enough. */
describe('the openstack client, of languages and software configs', () => {
  if (!installed) return
  let daemon: Daemon
  let folder: string
  before(async () => {
    daemon = await Daemon.start({ engine: 'true' })
    folder = mkdtempSync(join(tmpdir(), 'hearth-client-'))
  })
  after(async () => {
    await daemon?.remove()
    rmSync(folder, { recursive: true, force: true })
  })

  const client = new OpenStack(() => daemon)
  const openstack = client.run.bind(client)
  const json = client.json.bind(client)

  it('merges several environment files, as their strategies say', async function () {
    this.timeout(180_000)
    const stack = 'stack'
    const write = (file: string, lines: string[]): string => {
      writeFileSync(join(folder, file), `${lines.join('\n')}\n`)
      return join(folder, file)
    }
    const template = write('merged.yaml', [
      'heat_template_version: 2018-08-31',
      'parameters:',
      '  list: {type: comma_delimited_list, default: ""}',
      '  map: {type: json, default: {}}',
      '  text: {type: string, default: ""}',
      '  secret: {type: string, hidden: true, default: ""}',
      'resources:',
      '  one: {type: "My::Value", properties: {value: {get_param: map}}}',
      'outputs:',
      '  list: {value: {get_param: list}}',
      '  map: {value: {get_attr: [one, value]}}',
      '  text: {value: {get_param: text}}',
      '  secret: {value: {get_param: secret}}',
    ])
    const first = write('first.yaml', [
      'parameters: {list: [a], map: {k: [1], t: x}, text: one, secret: s3cret}',
      'resource_registry: {"My::Value": "OS::Heat::Value"}',
      'encrypted_param_names: [secret]',
    ])
    const second = write('second.yaml', [
      'parameters: {list: [b], map: {k: [2], u: y}, text: two}',
      'parameter_merge_strategies: {list: merge, map: deep_merge}',
    ])
    await openstack('stack', 'create', '-t', template, '-e', first, '-e', second, '--wait', stack)
    const outputs = async () => {
      const { outputs } = await json('stack', 'show', stack)
      return Object.fromEntries(
        outputs.map((one: { output_key: string; output_value: unknown }) => [one.output_key, one.output_value]),
      )
    }
    const merged = { list: ['a', 'b'], map: { k: [1, 2], t: 'x', u: 'y' }, secret: 's3cret' }
    expect(await outputs()).to.deep.equal({ ...merged, text: 'two' })
    await openstack('stack', 'update', '--existing', '--parameter', 'text=three', '--wait', stack)
    expect(await outputs()).to.deep.equal({ ...merged, text: 'three' })
    await openstack('stack', 'delete', '--yes', '--wait', stack)
  })

  it("takes a template in CloudFormation's format", async function () {
    this.timeout(180_000)
    const stack = 'stack'
    const file = 'examples/cloudformation.yaml'
    const described = await json('orchestration', 'template', 'validate', '-t', file)
    expect(described.Parameters.Environment.Type).to.equal('String')
    const production = ['-t', file, '--parameter', 'Environment=production']
    expect((await json('stack', 'create', '--dry-run', ...production, stack)).stack_name).to.equal(stack)
    await openstack('stack', 'create', '-t', file, '--wait', stack)
    const settings = async () => (await json('stack', 'output', 'show', stack, 'Settings')).output_value
    expect(await settings()).to.include({ replicas: 1, name: `${stack}-test` })
    await openstack('stack', 'update', ...production, '--wait', stack)
    expect(await settings()).to.include({ replicas: 3, name: `${stack}-production` })
    const resources = await json('stack', 'resource', 'list', stack)
    expect(resources.map((one: { resource_name: string }) => one.resource_name)).to.include('Audit')
    expect(await json('stack', 'template', 'show', stack)).to.have.property('AWSTemplateFormatVersion', '2010-09-09')
    await openstack('stack', 'delete', '--yes', '--wait', stack)
  })

  it('shows the workers', async () => {
    const [worker, ...others] = await json('orchestration', 'service', 'list')
    expect(others).to.deep.equal([])
    expect(worker).to.include({ Binary: 'heat-engine', Topic: 'engine', Status: 'up' })
    expect(worker['Updated At']).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/)
  })

  it('makes configs and deployments, shows them, and deletes them', async function () {
    this.timeout(120_000)
    const script = join(folder, 'run.sh')
    writeFileSync(script, '#!/bin/sh\necho hello\n')
    const definition = join(folder, 'definition.yaml')
    writeFileSync(definition, 'inputs: [{name: who, default: you}]\noutputs: [{name: said}]\n')
    const args = ['--config-file', script, '--definition-file', definition, '--group', 'script', 'greet']
    const config = await json('software', 'config', 'create', ...args)
    expect(config).to.include({ name: 'greet', group: 'script', config: '#!/bin/sh\necho hello\n' })
    expect(config.inputs).to.deep.equal([{ name: 'who', type: 'String', default: 'you' }])
    // What signals by Swift the client makes itself.
    const given = [
      '--config',
      config.id,
      '--server',
      'srv',
      '--input-value',
      'who=me',
      '--signal-transport',
      'NO_SIGNAL',
    ]
    const deployment = await json('software', 'deployment', 'create', ...given, 'one')
    expect(deployment).to.include({ server_id: 'srv', status: 'IN_PROGRESS', action: 'UPDATE' })
    const [todo] = JSON.parse(await openstack('software', 'deployment', 'metadata', 'show', 'srv'))
    expect(todo.inputs.find(({ name }: { name: string }) => name === 'who').value).to.equal('me')
    const listed = await json('software', 'deployment', 'list', '--server', 'srv')
    expect(listed.map(({ id }: { id: string }) => id)).to.deep.equal([deployment.id])
    await openstack('software', 'deployment', 'delete', deployment.id)
    await openstack('software', 'config', 'delete', config.id)
    expect(await json('software', 'config', 'list')).to.deep.equal([])
  })
})
