import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from '@hearth/conformance'
import { eachEngine } from '@hearth/conformance/engines'
import { expect } from 'chai'
import { installed, OpenStack } from './openstack.js'

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

  const client = new OpenStack(daemon)
  const openstack = client.run.bind(client)
  const json = client.json.bind(client)

  /** The lines of README that begin with `hearth `, which it makes an alias of the client. */
  const shown = readFileSync('README.md', 'utf8')
    .split('\n')
    .filter(line => line.startsWith('    hearth '))
    .map(line => line.trim().split(' ').slice(1))

  it(`does what README shows (${engine.name})`, async function () {
    this.timeout(180_000)
    const answers = new Map<string, string[]>()
    for (const words of shown) {
      const command = words.slice(0, 3).join(' ')
      if (command.startsWith('stack delete')) {
        const resources = await json('stack', 'resource', 'list', 'hello')
        expect(resources.map((one: { resource_name: string }) => one.resource_name)).to.have.members([
          'name',
          'message',
        ])
        expect((await json('stack', 'show', 'hello')).stack_status).to.equal('UPDATE_COMPLETE')
      }
      answers.set(command, [...(answers.get(command) ?? []), await client.start(...words)])
    }
    const [created = '', updated = ''] = answers.get('stack output show') ?? []
    expect(created.trim()).to.match(/^\w+, [a-z]{8}!$/)
    expect(updated.trim()).to.equal(created.trim().replace(/^\w+/, 'Welcome'))
    expect(answers.get('stack event list')?.[0]).to.contain('CREATE_COMPLETE')
    expect((await json('stack', 'list')).map((one: Record<string, string>) => one['Stack Name'])).not.to.include(
      'hello',
    )
  })

  it(`previews, snapshots, exports, abandons and adopts a stack (${engine.name})`, async function () {
    this.timeout(300_000)
    const stack = name()
    const file = join(folder, 'stack.yaml')
    const write = (text: string): void =>
      writeFileSync(
        file,
        `heat_template_version: 2018-08-31\nresources:\n  a:\n    type: OS::Heat::TestResource\n    properties: {value: ${text}}\noutputs:\n  a: {value: {get_attr: [a, output]}}\n`,
      )
    const output = async (of: string): Promise<string> => (await json('stack', 'output', 'show', of, 'a')).output_value
    write('one')
    expect(await openstack('stack', 'create', '--dry-run', '-t', file, stack)).to.contain('OS::Heat::TestResource')
    await openstack('stack', 'create', '-t', file, '--tags', 'x,y', '--wait', stack)
    const snapshot = await json('stack', 'snapshot', 'create', '--name', 'first', stack)
    await until('the snapshot to be taken', 60_000, async () => {
      const [first] = await json('stack', 'snapshot', 'list', stack)
      return first.status === 'COMPLETE' ? true : undefined
    })
    write('two')
    const dry = await json('stack', 'update', '--dry-run', '-t', file, stack)
    expect(JSON.parse(dry.updated)[0]).to.include({ resource_name: 'a', resource_type: 'OS::Heat::TestResource' })
    await openstack('stack', 'update', '-t', file, '--wait', stack)
    expect(await output(stack)).to.equal('two')
    await openstack('stack', 'snapshot', 'restore', stack, snapshot.ID)
    await until('the stack to be restored', 60_000, async () =>
      (await json('stack', 'show', stack)).stack_status === 'RESTORE_COMPLETE' ? true : undefined,
    )
    expect(await output(stack)).to.equal('one')
    expect(await json('stack', 'snapshot', 'list', stack)).to.have.length(1)
    await openstack('stack', 'snapshot', 'delete', '--yes', stack, snapshot.ID)
    const [exported, abandoned] = [join(folder, 'exported.json'), join(folder, 'abandoned.json')]
    await openstack('stack', 'export', '--output-file', exported, stack)
    await openstack('stack', 'abandon', '--output-file', abandoned, stack)
    expect(JSON.parse(readFileSync(abandoned, 'utf8'))).to.deep.equal(JSON.parse(readFileSync(exported, 'utf8')))
    const again = name()
    await openstack('stack', 'adopt', '--adopt-file', abandoned, '--wait', again)
    expect((await json('stack', 'show', again)).stack_status).to.equal('ADOPT_COMPLETE')
    expect(await output(again)).to.equal('one')
  })

  it('suspends, resumes and checks, marks a resource unhealthy, and lets one go on from a hook', async function () {
    this.timeout(180_000)
    const stack = name()
    const file = join(folder, 'one.yaml')
    const environment = join(folder, 'hooks.yaml')
    writeFileSync(file, 'heat_template_version: 2018-08-31\nresources: {a: {type: OS::Heat::TestResource}}\n')
    writeFileSync(environment, 'resource_registry: {resources: {a: {hooks: [pre-create]}}}\n')
    await openstack('stack', 'create', '-t', file, '-e', environment, stack)
    const polled = await until('the hook to be polled', 60_000, async () => {
      const hooks = await json('stack', 'hook', 'poll', stack)
      return hooks.length > 0 ? hooks : undefined
    })
    expect(JSON.stringify(polled)).to.include('CREATE paused until Hook pre-create is cleared')
    await openstack('stack', 'hook', 'clear', '--pre-create', stack, 'a')
    const reaches = (status: string) =>
      until(`the stack to be ${status}`, 60_000, async () =>
        (await json('stack', 'show', stack)).stack_status === status ? true : undefined,
      )
    await reaches('CREATE_COMPLETE')
    for (const action of ['suspend', 'resume', 'check']) {
      await openstack('stack', action, '--wait', stack)
      await reaches(`${action.toUpperCase()}_COMPLETE`)
    }
    await openstack('stack', 'update', '--existing', '--pre-update', 'a', stack)
    await reaches('UPDATE_IN_PROGRESS')
    await openstack('stack', 'hook', 'clear', '--pre-update', stack, 'a')
    await reaches('UPDATE_COMPLETE')
    await openstack('stack', 'resource', 'mark', 'unhealthy', stack, 'a', 'it smells')
    expect((await json('stack', 'resource', 'show', stack, 'a')).resource_status).to.equal('CHECK_FAILED')
    const refused = await openstack('stack', 'resource', 'signal', stack, 'a').catch(error => error)
    expect(refused.stderr).to.include('signal is not supported for resource.')
  })

  it('lets a stack inside go on from a hook, and lists what has failed there', async function () {
    this.timeout(120_000)
    const stack = name()
    const write = (text: string, of: string): string => {
      writeFileSync(join(folder, of), `heat_template_version: 2018-08-31\nresources: {${text}}\n`)
      return join(folder, of)
    }
    write('w: {type: OS::Heat::TestResource, properties: {fail: true}}', 'inner.yaml')
    const environment = join(folder, 'inside.yaml')
    writeFileSync(environment, 'resource_registry: {resources: {n: {w: {hooks: [pre-create, pre-delete]}}}}\n')
    await openstack('stack', 'create', '-t', write('n: {type: inner.yaml}', 'outer.yaml'), '-e', environment, stack)
    await until(
      'the hook to be polled',
      60_000,
      async () =>
        JSON.stringify(await json('stack', 'hook', 'poll', '--nested-depth', '1', stack)).includes('"w"') || undefined,
    )
    await openstack('stack', 'hook', 'clear', '--pre-create', stack, 'n/w')
    await until('the stack to fail', 60_000, async () =>
      (await json('stack', 'show', stack)).stack_status === 'CREATE_FAILED' ? true : undefined,
    )
    expect(await openstack('stack', 'failures', 'list', stack)).to.match(new RegExp(`^${stack}\\.n\\.w:`, 'm'))
    const deleted = () => json('stack', 'hook', 'poll', '--nested-depth', '1', stack)
    await openstack('stack', 'delete', '--yes', stack)
    await until('the delete to be polled', 60_000, async () =>
      JSON.stringify(await deleted()).includes('DELETE paused until Hook pre-delete is cleared') ? true : undefined,
    )
    await openstack('stack', 'hook', 'clear', '--pre-delete', stack, 'n/w')
    await until('the stack to be gone', 60_000, async () => {
      const left = await json('stack', 'list')
      return left.some((one: Record<string, string>) => one['Stack Name'] === stack) ? undefined : true
    })
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
