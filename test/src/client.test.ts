import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { eachEngine } from '@hearth/conformance/engines'
import { expect } from 'chai'

const run = promisify(execFile)
const installed = spawnSync('openstack', ['stack', 'list', '--help'], { stdio: 'ignore' }).status === 0

/** The client that people have: python-openstackclient with python-heatclient. */
eachEngine('the openstack client', ({ daemon, name, engine }) => {
  if (!installed) {
    it('is not installed here (python3-openstackclient, python3-heatclient): not tested')
    return
  }
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'hearth-client-'))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  const openstack = async (...args: string[]): Promise<string> => {
    const endpoint = ['--os-auth-type', 'none', '--os-endpoint', `${daemon().url}/v1/demo`]
    return (await run('openstack', [...endpoint, ...args], { timeout: 60_000 })).stdout
  }
  const json = async (...args: string[]) => JSON.parse(await openstack(...args, '-f', 'json'))

  it(`creates, shows, updates and deletes a stack (${engine.name})`, async function () {
    this.timeout(180_000)
    const stack = name()
    const environment = join(folder, 'env.yaml')
    writeFileSync(environment, 'parameters:\n  greeting: Good morning\n')
    await openstack('stack', 'create', '-t', 'examples/hello.yaml', '-e', environment, '--wait', stack)
    const shown = await json('stack', 'show', stack)
    expect(shown.stack_status).to.equal('CREATE_COMPLETE')
    const output = await json('stack', 'output', 'show', stack, 'message')
    expect(output.output_value).to.match(/^Good morning, [a-z]{8}!$/)
    await openstack('stack', 'update', '--existing', '--parameter', 'greeting=Hi', '--wait', stack)
    expect((await json('stack', 'output', 'show', stack, 'message')).output_value).to.match(/^Hi, [a-z]{8}!$/)
    const resources = await json('stack', 'resource', 'list', stack)
    expect(resources.map((resource: { resource_name: string }) => resource.resource_name)).to.have.members([
      'name',
      'message',
    ])
    expect((await json('stack', 'event', 'list', stack)).length).to.be.greaterThan(5)
    expect((await json('stack', 'list')).map((one: Record<string, string>) => one['Stack Name'])).to.include(stack)
    await openstack('stack', 'delete', '--yes', '--wait', stack)
    expect((await json('stack', 'list')).map((one: Record<string, string>) => one['Stack Name'])).not.to.include(stack)
  })

  it('shows what is wrong with a template', async function () {
    this.timeout(60_000)
    const file = join(folder, 'wrong.yaml')
    writeFileSync(
      file,
      'heat_template_version: 2018-08-31\nresources:\n  a:\n    type: OS::Heat::TestResource\n    properties: {vaule: x}\n',
    )
    const failed = await openstack('stack', 'create', '-t', file, name()).catch(error => error)
    expect(failed.stderr).to.match(/resources\.a\.properties.*Unknown Property vaule/)
  })
})
