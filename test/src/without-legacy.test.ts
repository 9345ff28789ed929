import { Daemon, type Stack, templates } from '@hearth/conformance'
import { expect } from 'chai'

const { template, test } = templates
const without = { 'DEFAULT:plugins': '@hearth/convergence-engine,@hearth/heat-resources' }

/** That the whole conformance kit passes so is shown by the kit itself: its daemons load one engine only. */
describe('a daemon without the legacy engine', () => {
  let daemon: Daemon
  let settled: Stack
  let running: Stack
  const content = template({ a: test({ value: '1' }) }, { a: { get_attr: ['a', 'output'] } })

  before(async () => {
    const before = await Daemon.start({ engine: 'false' })
    daemon = before
    settled = await before.api().create('settled', content)
    await settled.reaches('CREATE_COMPLETE')
    running = await before
      .api()
      .create('running', template({ slow: test({ wait_secs: 60, action_wait_secs: { delete: 0 } }) }))
    await running.resourceReaches('slow', 'CREATE_IN_PROGRESS')
    await before.end('SIGKILL')
    daemon = await Daemon.start({ engine: 'true', options: without, stateDir: before.stateDir })
    settled = daemon.api().stack(settled.name, settled.id)
    running = daemon.api().stack(running.name, running.id)
  })
  after(async () => {
    await daemon?.remove()
  })

  const command = 'npx --no-install hearth-manage migrate-convergence --all'

  it('names at start the stacks that are still on it, with the command that moves them', () => {
    expect(daemon.log).to.include(
      `2 stacks run on the engine 'legacy', which no loaded plugin provides: running, settled.`,
    )
    expect(daemon.log).to.include(command)
  })

  it('shows them whole', async () => {
    const { stacks } = (await daemon.api().get('/stacks')).body
    expect(stacks.map((stack: { stack_name: string }) => stack.stack_name)).to.have.members(['settled', 'running'])
    expect(await settled.show()).to.include({ stack_status: 'CREATE_COMPLETE' })
    expect(await running.show()).to.include({ stack_status: 'CREATE_IN_PROGRESS' })
    expect(await settled.outputs()).to.deep.equal({ a: '1' })
    expect(Object.keys(await settled.resources())).to.deep.equal(['a'])
    expect(await settled.events()).to.include('a CREATE_COMPLETE')
    expect((await daemon.api().get(`${settled.path}/template`)).body).to.deep.include({ resources: content.resources })
  })

  it('refuses operations on them with the reason, and changes nothing', async () => {
    const before = await settled.show()
    const answers = [
      await settled.update(template({})),
      await settled.delete(),
      await running.delete(),
      await running.action('cancel_without_rollback'),
    ]
    for (const { status, body } of answers) {
      expect([status, body.error.type]).to.deep.equal([503, 'EngineNotLoaded'])
      expect(body.error.message).to.match(/runs on the engine 'legacy', which no loaded plugin provides/)
    }
    expect(await settled.show()).to.deep.equal(before)
  })

  it('previews updates of them: that asks for no engine', async () => {
    const changed = template({ a: test({ value: '2' }), b: test() })
    const { status, body } = await daemon.api().send('PUT', `${settled.path}/preview`, { template: changed })
    expect(status).to.equal(200)
    const { updated, added } = body.resource_changes
    expect([updated, added].map(([{ resource_name }]) => resource_name)).to.deep.equal(['a', 'b'])
  })

  it('runs new stacks', async () => {
    const stack = await daemon.api().create('fresh', content)
    await stack.reaches('CREATE_COMPLETE')
    expect((await stack.delete()).status).to.equal(204)
    await stack.reaches('DELETE_COMPLETE')
  })

  it('is told by the command that it named which stacks moved; what was IN_PROGRESS needs legacy once more', async () => {
    const args = command.split(' ').slice(3)
    const { code, output } = await daemon.manage(...args)
    expect(output).to.match(/settled .*moved: 1 resource/)
    expect(output).to.match(/running .*left: CREATE of running is under way/)
    expect(code).to.equal(1)
    expect((await settled.update(template({ a: test({ value: '2' }) }))).status).to.equal(202)
    await settled.reaches('UPDATE_COMPLETE')

    await daemon.end()
    daemon = await Daemon.start({ engine: 'true', stateDir: daemon.stateDir })
    expect(daemon.log).not.to.include('which no loaded plugin provides')
    await daemon.api().stack(running.name, running.id).reaches('CREATE_FAILED')
    expect((await daemon.manage(...args)).code).to.equal(0)
    await daemon.end()

    daemon = await Daemon.start({ engine: 'true', options: without, stateDir: daemon.stateDir })
    const mended = daemon.api().stack(running.name, running.id)
    expect((await mended.update(content)).status).to.equal(202)
    await mended.reaches('UPDATE_COMPLETE')
  })
})
