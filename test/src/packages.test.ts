import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { Outside } from './packages/outside.js'

const installMs = 300_000
const caseMs = 180_000

/** Everything as somebody has it who has never seen the repository. */
describe('the packages, packed and installed outside of the repository', () => {
  let outside: Outside
  before(async function () {
    this.timeout(installMs)
    outside = await Outside.make()
  })
  after(() => outside?.remove())

  it('load every module that they export', async () => {
    const modules = outside.exports()
    expect(modules).to.include.members([
      '@hearth/core/plugin',
      '@hearth/conformance',
      '@hearth/db',
      'hearth-queue-engine',
    ])
    // Suites are for mocha, which has the engine named.
    const loadable = modules.filter(name => name !== '@hearth/conformance/engines')
    const code = `for (const name of ${JSON.stringify(loadable)}) await import(name); console.log('loaded')`
    expect(await outside.run('node', ['--input-type=module', '-e', code])).to.equal('loaded\n')
  }).timeout(caseMs)

  it('start a daemon on an engine of a package, which creates a stack with a type of another', async () => {
    const plugins = '@hearth/heat-resources,hearth-queue-engine,hearth-note'
    const code = `
      import { Daemon, templates } from '@hearth/conformance'
      const daemon = await Daemon.start({ engine: 'queue', options: { 'DEFAULT:plugins': '${plugins}' } })
      try {
        const note = { type: 'Acme::Disk::Note', properties: { folder: daemon.stateDir, text: 'outside' } }
        const stack = await daemon.api().create('first', templates.template({ note }))
        const { stack_status } = await stack.settled()
        console.log(stack_status)
      } finally {
        await daemon.remove()
      }`
    expect(await outside.run('node', ['--input-type=module', '-e', code])).to.equal('CREATE_COMPLETE\n')
  }).timeout(caseMs)

  it("register the conformance kit with somebody's own mocha", async () => {
    writeFileSync(
      join(outside.folder, 'kit.test.js'),
      `import { conformance } from '@hearth/conformance'\nawait conformance({ engine: 'hearth-queue-engine' })\n`,
    )
    const listed = await outside.run('mocha', ['--dry-run', 'kit.test.js'])
    expect(listed)
      .to.match(/creating a stack, on queue/)
      .and.to.match(/a daemon that is killed, on queue/)
  }).timeout(caseMs)

  it('keep the state of a daemon in the folder where it is started', async () => {
    const failed = await outside.run('hearth-manage', ['db', 'url']).catch(error => (error as Error).message)
    expect(failed).to.include(`The database in ${join(outside.folder, 'var')} is not running`)
  })

  it('write a new engine, whose tests pass', async () => {
    const folder = join(outside.folder, 'hearth-spool-engine')
    await outside.run('hearth-manage', ['plugin', 'new', 'hearth-spool-engine', '--kind', 'engine'])
    // The whole kit runs on its model, under another name; this is about that name.
    const report = await outside.run('npm', ['test', '--', '--grep', 'creating a stack|updating a stack'], folder)
    expect(report)
      .to.match(/creating a stack, on spool/)
      .and.to.match(/\d+ passing/)
  }).timeout(caseMs)

  it('go along with a new plugin that is written in a checkout, which npm then installs', async () => {
    const written = await Outside.written('@acme/hearth-tape')
    try {
      const report = await written.run('npm', ['test'])
      expect(report)
        .to.match(/Acme::Tape, on convergence/)
        .and.to.match(/4 passing/)
    } finally {
      written.remove()
    }
  }).timeout(installMs)
})
