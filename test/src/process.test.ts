import { execFile } from 'node:child_process'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Daemon, templates, until } from '@hearth/conformance'
import { coreMigrations, runningServer } from '@hearth/db'
import { expect } from 'chai'
import { killServer } from './kill-server.js'

const { template, test, value } = templates
const run = promisify(execFile)

const manage = (...args: string[]) => run('node', ['scripts/bin/hearth-manage.js', ...args])
const failing = async (work: Promise<unknown>): Promise<Error & { stderr: string; stdout: string; code: number }> =>
  work.then(
    () => {
      throw new Error('it was expected to fail')
    },
    error => error,
  )

/** The name of the last one in Hearth's own line. */
const newestMigration = (): string | undefined =>
  readdirSync(coreMigrations.folder)
    .filter(name => /^\d{4}-.*\.js$/.test(name))
    .map(name => name.slice(0, -'.js'.length))
    .sort()
    .at(-1)

/** The daemon's process: start, stop, kill, restart, and what it says when it cannot. */
describe('the daemon process', () => {
  const daemons: Daemon[] = []
  const folders: string[] = []
  const start = async (input: Partial<Parameters<typeof Daemon.start>[0]> = {}): Promise<Daemon> => {
    const daemon = await Daemon.start({ engine: 'false', ...input })
    daemons.push(daemon)
    return daemon
  }
  const folder = (prefix = 'hearth-test-'): string => {
    const made = mkdtempSync(join(tmpdir(), prefix))
    folders.push(made)
    return made
  }
  after(async () => {
    for (const daemon of daemons) await daemon.remove()
    for (const one of folders) rmSync(one, { recursive: true, force: true })
  })

  it('says where it is and what to type next, and stops cleanly on SIGTERM', async () => {
    const daemon = await start()
    expect(daemon.log).to.match(/Hearth is ready at http:\/\/127\.0\.0\.1:\d+\/v1\/demo\. Next: openstack /)
    expect(daemon.log).to.match(/Engines loaded: convergence, legacy; new stacks run on legacy/)
    const began = Date.now()
    expect(await daemon.end()).to.equal(0)
    expect(Date.now() - began).to.be.lessThan(10_000)
    expect(runningServer(daemon.stateDir)).to.equal(undefined)
  })

  it('logs what is changed or refused, each line with who says it, and what is read only to whoever debugs', async () => {
    const lines = ({ log }: Daemon): Record<string, unknown>[] =>
      log
        .split('\n')
        .filter(line => line.startsWith('{'))
        .map(line => JSON.parse(line))
    const daemon = await start({ options: { 'DEFAULT:host': 'here' } })
    await daemon.api().create('one', template({}))
    await daemon.api().get('/stacks')
    await daemon.api().get('/stacks/none')
    const requests = (of: Daemon): unknown[] =>
      lines(of).flatMap(({ msg }) => (/^(GET|POST) /.test(String(msg)) ? [msg] : []))
    await until('the second of two lines', 5_000, async () => (requests(daemon).length > 1 ? true : undefined))
    expect(requests(daemon)).to.deep.equal([
      'POST /v1/demo/stacks 201',
      'GET /v1/demo/stacks/none 404: The Stack (none) could not be found.',
    ])
    const [{ worker }] = lines(daemon).slice(-1) as [{ worker: string }]
    expect(worker).to.match(/^[0-9a-f-]{36}$/)
    for (const line of lines(daemon)) expect(line).to.include({ host: 'here', pid: daemon.process.pid })

    const front = await start({ options: { ...daemon.shared(), 'DEFAULT:roles': 'api', 'DEFAULT:debug': 'true' } })
    await front.api().get('/stacks')
    await until('the line of a read', 5_000, async () => (requests(front).length > 0 ? true : undefined))
    expect(requests(front)).to.deep.equal(['GET /v1/demo/stacks 200'])
    for (const line of lines(front)) expect(line).not.to.have.property('worker')
  })

  it('keeps the password of its database to itself', async () => {
    const daemon = await start()
    expect(statSync(join(daemon.stateDir, 'postgres.password')).mode & 0o777).to.equal(0o600)
    expect(statSync(join(daemon.stateDir, 'encryption.key')).mode & 0o777).to.equal(0o600)
  })

  it('refuses a state folder or a port that another daemon uses', async () => {
    const daemon = await start()
    const port = new URL(daemon.url).port
    const samePort = await failing(Daemon.start({ engine: 'false', options: { 'heat_api:bind_port': port } }))
    expect(samePort.message).to.match(/Port \d+ of 127\.0\.0\.1 is in use/)
    expect(samePort.message).not.to.match(/starting the database/)
    const sameState = await failing(Daemon.start({ engine: 'false', stateDir: daemon.stateDir }))
    expect(sameState.message).to.match(/Another daemon uses the database/)
  })

  it('is killed and started again with nothing lost, and leaves no database behind', async () => {
    const first = await start()
    const stack = await first.api().create('kept', template({ a: value('x') }, { a: { get_attr: ['a', 'value'] } }))
    await stack.reaches('CREATE_COMPLETE')
    await first.end('SIGKILL')
    await until('the database to end with its daemon', 5_000, async () =>
      runningServer(first.stateDir) === undefined ? true : undefined,
    )
    const second = await start({ stateDir: first.stateDir })
    expect(await second.api().stack('kept', stack.id).outputs()).to.deep.equal({ a: 'x' })
  })

  it('starts its database again when that dies, and goes on', async () => {
    const daemon = await start({ engine: 'true' })
    const stack = await daemon
      .api()
      .create('survivor', template({ slow: test({ wait_secs: 2 }), b: test({}, { depends_on: 'slow' }) }))
    await stack.resourceReaches('slow', 'CREATE_IN_PROGRESS')
    killServer(daemon.stateDir)
    await until('the stack to complete', 25_000, async () => {
      const shown = await stack.show().catch(() => undefined)
      return shown?.stack_status === 'CREATE_COMPLETE' ? true : undefined
    })
  })

  it('runs on a path with spaces, and under a folder that only root may pass', async () => {
    const daemon = await start({ stateDir: join(folder('hearth test '), 'with space') })
    expect((await daemon.api().get('/stacks')).status).to.equal(200)
  })

  it('names a configuration that is wrong, and what is allowed', async () => {
    const dir = folder()
    const file = join(dir, 'hearth.conf')
    writeFileSync(file, '[DEFAULT]\n# a comment\nstack_action_timeout = soon\n')
    const wrong = await failing(run('node', ['scripts/bin/hearth.js', '--config-file', file]))
    expect(wrong.stderr).to.match(/hearth\.conf:3: \[DEFAULT\] stack_action_timeout = soon: expected at least 1 second/)
    expect(wrong.code).to.equal(1)
    const missing = await failing(run('node', ['scripts/bin/hearth.js', '--config-file', join(dir, 'no.conf')]))
    expect(missing.stderr).to.match(/no\.conf/)
    const dirs = await failing(
      run('node', ['scripts/bin/hearth.js', '--config-dir', join(dir, 'conf.d'), '--config-dir', dir]),
    )
    expect(dirs.stderr).to.match(/conf\.d: no such folder/)
    const inDir = await failing(run('node', ['scripts/bin/hearth.js', '--config-dir', dir]))
    expect(inDir.stderr).to.match(/hearth\.conf:3: \[DEFAULT\] stack_action_timeout = soon/)
  })

  it('refuses noauth on an address that others reach, unless told so', async () => {
    const wrong = await failing(Daemon.start({ engine: 'false', options: { 'heat_api:bind_host': '0.0.0.0' } }))
    expect(wrong.message).to.match(/insecure_noauth_on_any_address/)
  })

  it('names the plugin that cannot be loaded, and an engine that nobody provides', async () => {
    const missing = await failing(Daemon.start({ engine: 'false', options: { 'DEFAULT:plugins': '@acme/nothing' } }))
    expect(missing.message).to.match(/@acme\/nothing: no such package is installed/)
    const engine = await failing(Daemon.start({ engine: 'batch' }))
    expect(engine.message).to.match(/convergence_engine names the engine 'batch', which no loaded plugin provides/)
  })

  it('reads files, environment and command line in that order, and warns of unknown names', async () => {
    const dir = folder()
    const one = join(dir, 'one.conf')
    writeFileSync(one, '[DEFAULT]\nconvergence_engine = yes\nmax_resorces_per_stack = 5\nnum_engine_workers = 4\n')
    process.env.HEARTH_CONFIG_FILE = one
    try {
      const daemon = await start({ engine: 'On' })
      expect(daemon.log).to.match(/new stacks run on convergence/)
      expect(daemon.log).to.match(/max_resorces_per_stack.*did you mean.*max_resources_per_stack/)
      expect(daemon.log).to.match(/no use for: \[DEFAULT\] num_engine_workers/)
    } finally {
      delete process.env.HEARTH_CONFIG_FILE
    }
  })

  it('re-reads mutable options on SIGHUP, and never moves a stack that exists', async () => {
    const file = join(folder(), 'hearth.conf')
    writeFileSync(file, '[revision]\nheat_revision = one\n[DEFAULT]\ndebug = off\nmax_stacks_per_tenant = 1\n')
    process.env.HEARTH_CONFIG_FILE = file
    try {
      const log = join(folder(), 'hearth.log')
      const daemon = await start({ options: { 'DEFAULT:log_file': log } })
      await daemon.api().create('only', template({}))
      const refused = await daemon.api().send('POST', '/stacks', { stack_name: 'second', template: template({}) })
      expect(refused.body.error.message).to.match(/maximum stacks per tenant, 1/)
      writeFileSync(file, readFileSync(file, 'utf8').replace('tenant = 1', 'tenant = 2'))
      // As a rotation does.
      renameSync(log, `${log}.1`)
      daemon.process.kill('SIGHUP')
      await until('the option to be read again', 5_000, async () =>
        existsSync(log) && /max_stacks_per_tenant changed/.test(readFileSync(log, 'utf8')) ? true : undefined,
      )
      await (await daemon.api().create('second', template({}))).settled()
      writeFileSync(file, '[DEFAULT\n')
      daemon.process.kill('SIGHUP')
      await until('the wrong file to be told', 5_000, async () =>
        /cannot be read again: all options stay as they are/.test(readFileSync(log, 'utf8')) ? true : undefined,
      )
    } finally {
      delete process.env.HEARTH_CONFIG_FILE
    }
  })

  it('routes a stack by its flag, whatever the option says later', async () => {
    const legacy = await start()
    const stack = await legacy.api().create('old', template({ slow: test({ wait_secs: 0.5 }) }))
    await stack.reaches('CREATE_COMPLETE')
    await legacy.end()
    const [key, away] = ['encryption.key', 'away.key'].map(file => join(legacy.stateDir, file)) as [string, string]
    renameSync(key, away)
    const refused = await failing(start({ engine: 'true', stateDir: legacy.stateDir }))
    expect(refused.message).to.match(/encrypted with a key that is not here: there is no \S+encryption\.key/)
    expect(existsSync(key)).to.equal(false)
    renameSync(away, key)
    const other = await start({ engine: 'true', stateDir: legacy.stateDir })
    const again = other.api().stack('old', stack.id)
    await again.update(template({ slow: test({ value: 'x', wait_secs: 0.5 }) }))
    expect((await again.update(template({}))).status).to.equal(409)
    await again.reaches('UPDATE_COMPLETE')
    const fresh = await other.api().create('new', template({ slow: test({ wait_secs: 0.5 }) }))
    expect((await fresh.update(template({}))).status).to.equal(202)
    await fresh.reaches('UPDATE_COMPLETE')
  })

  it('keeps stacks readable whose engine is not loaded, and says which one is missing', async () => {
    const both = await start({ engine: 'true' })
    const stack = await both.api().create('orphan', template({ a: value(1) }))
    await stack.reaches('CREATE_COMPLETE')
    await both.end()
    const one = await start({
      stateDir: both.stateDir,
      options: { 'DEFAULT:plugins': '@hearth/legacy-engine,@hearth/heat-resources' },
    })
    const again = one.api().stack('orphan', stack.id)
    expect((await again.show()).stack_status).to.equal('CREATE_COMPLETE')
    const answer = await again.delete()
    expect(answer.status).to.equal(503)
    expect(answer.body.error.message).to.match(/runs on the engine 'convergence', which no loaded plugin provides/)
  })

  it('refuses to work with another key than that of its database, and names workers with other plugins', async () => {
    const daemon = await start()
    const shared = { ...daemon.shared(), 'DEFAULT:roles': 'worker' }
    const fewer = await start({
      options: { ...shared, 'DEFAULT:plugins': '@hearth/legacy-engine,@hearth/convergence-engine,hearth-note' },
    })
    expect(fewer.log).to.match(
      /a worker on \S+ lacks hearth-note, and has @hearth\/heat-resources, @hearth\/standard-resources, which this one lacks/,
    )
    await fewer.end()

    const another = { options: { ...shared, 'DEFAULT:auth_encryption_key': 'x'.repeat(32) } }
    expect((await failing(start(another))).message).to.match(/secrets in this database are encrypted with another key/)
    const state = `--DEFAULT:state_path=${daemon.stateDir}`
    expect((await manage('db', 'forget-key', state)).stdout).to.match(/^The key of the next daemon that starts/)
    await (await start(another)).end()
  })

  describe('and its tool', () => {
    it('lists the workers, and lists the dead no more if it is told so', async () => {
      const daemon = await start({ options: { 'worker:lease_seconds': '2', 'DEFAULT:host': 'here' } })
      const state = `--DEFAULT:state_path=${daemon.stateDir}`
      const listed = async (): Promise<string> => (await manage('service', 'list', state)).stdout
      expect(await listed()).to.match(
        /^Hostname +Binary +Engine_Id +Host +Topic +Status +Updated At +Engines\n.* here +engine +up .* convergence,legacy\n/,
      )
      expect((await manage('service', 'clean', state)).stdout).to.equal('No worker is down.\n')
      await daemon.end('SIGKILL')
      await until('the worker to be down', 20_000, async () => (/ down /.test(await listed()) ? true : undefined))
      expect((await manage('service', 'clean', state)).stdout).to.equal('Dead engines are removed: 1.\n')
      expect(await listed()).to.match(/^Hostname .*Engines\n$/)
    })

    it('prints the address of the running database, and says when there is none', async () => {
      const daemon = await start()
      const state = `--DEFAULT:state_path=${daemon.stateDir}`
      expect((await manage('db', 'url', state)).stdout).to.match(
        /^postgresql:\/\/hearth:[^@]+@127\.0\.0\.1:\d+\/hearth\n$/,
      )
      expect((await manage('db', 'check', state)).stdout).to.match(/fits this version/)
      await daemon.end()
      expect((await failing(manage('db', 'url', state))).stderr).to.match(/is not running/)
      expect((await manage('db', 'version', state)).stdout).to.include(`hearth/${newestMigration()}\n`)
      expect(runningServer(daemon.stateDir)).to.equal(undefined)
    })
  })
})
