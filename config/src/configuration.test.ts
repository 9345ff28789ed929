import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { expect } from 'chai'
import { configFiles, parseOverrides } from './command-line.js'
import { ConfigurationError, loadConfiguration } from './configuration.js'
import { option } from './option.js'
import {
  bindPort,
  convergenceEngine,
  databaseConnection,
  debug,
  leaseSeconds,
  logFile,
  plugins,
  statePath,
} from './options/index.js'
import type { Sources } from './sources.js'
import { integer } from './types.js'

describe('Configuration', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hearth config '))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const file = (text: string, name = 'hearth.conf'): string => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const load = (sources: Partial<Sources>) => loadConfiguration({ env: {}, ...sources })
  const problems = (sources: Partial<Sources>): readonly string[] => {
    try {
      load(sources)
    } catch (error) {
      if (error instanceof ConfigurationError) return error.problems
      throw error
    }
    return []
  }

  it('has every default', () => {
    const configuration = load({})
    for (const declared of configuration.options()) {
      expect(configuration.get(declared)).to.equal(declared.default)
      expect(configuration.origin(declared)).to.equal('default')
    }
    expect(configuration.get(convergenceEngine)).to.equal('legacy')
  })

  it('takes the command line before the environment before later before earlier files', () => {
    const first = file('[heat_api]\nbind_port = 1\n', 'first.conf')
    const second = file('\n[heat_api]\nbind_port = 2\n', 'second.conf')
    const env = { HEARTH__heat_api__bind_port: '3' }
    const overrides = ['--heat_api:bind_port=5', '--heat_api:bind_port=4']
    const ports = [
      load({ files: [first] }),
      load({ files: [first, second] }),
      load({ files: [first, second], env }),
      load({ files: [first, second], env, overrides }),
    ].map(configuration => [configuration.get(bindPort), configuration.origin(bindPort)])
    expect(ports).to.deep.equal([
      [1, `${first}:2`],
      [2, `${second}:3`],
      [3, 'HEARTH__heat_api__bind_port'],
      [4, '--heat_api:bind_port'],
    ])
  })

  it('reads booleans of the engine option as names of engines', () => {
    const engine = (text: string) => load({ env: { HEARTH__DEFAULT__convergence_engine: text } }).get(convergenceEngine)
    expect(['TRUE', 'off', 'batch-2', ''].map(engine)).to.deep.equal(['convergence', 'legacy', 'batch-2', 'legacy'])
    expect(problems({ overrides: ['--DEFAULT:convergence_engine=Batch!'] })[0]).to.match(/= Batch!: expected false/)
  })

  it('names place, section, option, value and what is allowed, of all that is wrong', () => {
    const bad = file('[worker]\n# silent\nlease_seconds = 0\n[heat_api]\nbind_port = 99999\n')
    expect(problems({ files: [bad], env: { HEARTH__DEFAULT__debug: 'perhaps' } })).to.deep.equal([
      'HEARTH__DEFAULT__debug: [DEFAULT] debug = perhaps: expected true or false (also yes/no, on/off, 1/0).',
      `${bad}:5: [heat_api] bind_port = 99999: expected a whole number from 0 to 65535.`,
      `${bad}:3: [worker] lease_seconds = 0: expected 2 to 300 seconds.`,
    ])
  })

  it('takes an empty value for an unset one, unless something has to be chosen', () => {
    expect(load({ overrides: ['--heat_api:bind_port='] }).get(bindPort)).to.equal(bindPort.default)
    expect(problems({ env: { HEARTH__DEFAULT__roles: '' } })).to.deep.equal([
      'HEARTH__DEFAULT__roles: [DEFAULT] roles = : expected one or more of api, worker, separated by commas.',
    ])
  })

  it('never shows a secret', () => {
    const [problem] = problems({ overrides: ['--database:connection=mysql://root:hush@h/heat'] })
    expect(problem).to.contain('--database:connection')
    expect(problem).to.not.contain('hush')
  })

  it('refuses a file that is missing, a folder, or no INI, and what is no setting', () => {
    const garbage = file('[DEFAULT]\nnonsense\n')
    const missing = join(folder, 'missing.conf')
    expect(problems({ files: [folder, missing, garbage], overrides: ['--x'], env: { HEARTH__x: '' } })).to.deep.equal([
      'command line: --x: expected --SECTION:option=value.',
      'HEARTH__x: expected HEARTH__SECTION__option.',
      `${garbage}:2: expected [section], name = value or a comment, got nonsense ….`,
      `${missing}: no such file; expected a configuration file.`,
      `${folder}: is a folder; expected a configuration file.`,
    ])
  })

  it('reads the *.conf of a folder in the order of their names, anew at each reload', () => {
    const before = file('[DEFAULT]\ndebug = yes\n[heat_api]\nbind_port = 1\n', 'before')
    const dir = join(folder, 'conf.d')
    mkdirSync(dir)
    file('[heat_api]\nbind_port = 9\n', 'conf.d/10-last.conf')
    file('[heat_api]\nbind_port = 2\n', 'conf.d/09-first.conf')
    file('[heat_api]\nbind_port = 3\n', 'conf.d/90-not.conf.bak')
    file('[heat_api]\nbind_port = 4\n', 'conf.d/.hidden.conf')
    const configuration = load({ files: [before, { folder: dir }] })
    expect([configuration.get(bindPort), configuration.get(debug)]).to.deep.equal([9, true])
    expect(configuration.origin(bindPort)).to.equal(`${join(dir, '10-last.conf')}:2`)
    expect(load({ files: [{ folder: dir }, before] }).get(bindPort)).to.equal(1)

    file('[DEFAULT]\ndebug = no\n', 'conf.d/20-new.conf')
    expect(configuration.reload().changed).to.deep.equal([debug])

    expect(problems({ files: [{ folder: join(folder, 'none') }, { folder: before }] })).to.deep.equal([
      `${join(folder, 'none')}: no such folder; expected a folder of *.conf files.`,
      `${before}: is no folder; expected a folder of *.conf files.`,
    ])
  })

  it('names files and folders in the environment before those of the command line', () => {
    const given = ['c', { folder: 'd' }]
    expect(configFiles(given, { HEARTH_CONFIG_FILE: `a${delimiter}b`, HEARTH_CONFIG_DIR: 'e' })).to.deep.equal([
      'a',
      'b',
      { folder: 'e' },
      'c',
      { folder: 'd' },
    ])
    expect(configFiles([], {})).to.deep.equal([])
  })

  it('replaces references to other options, whoever sets them', () => {
    const path = file('[DEFAULT]\nbase = /srv\nstate_path = $base/${host}\nlog_file = $state_path/log\n')
    const configuration = load({ files: [path], overrides: ['--DEFAULT:host=a$$b'] })
    expect(configuration.get(statePath)).to.equal('/srv/a$b')
    expect(configuration.get(logFile)).to.equal('/srv/a$b/log')
    expect(load({ env: { HEARTH__DEFAULT__log_file: '$state_path/$heat_api.bind_port' } }).get(logFile)).to.equal(
      'var/8004',
    )
    file('[DEFAULT]\nbase = /srv\nstate_path = $base/${host}\nlog_file = $state_path/log\ndebug = ${oslo.debug}\n')
    expect(configuration.reload().problems).to.deep.equal([
      `${path}:5: [DEFAULT] debug = \${oslo.debug}: \${oslo.debug} stands for no option; write $$ for a dollar sign.`,
    ])
  })

  it('shows nothing of a secret with a dollar sign', () => {
    const [problem] = problems({ overrides: ['--database:connection=postgresql://me:pa$sword@h/heat'] })
    expect(problem).to.equal(
      '--database:connection: [database] connection = (not shown): a reference to another option that is not there, or a circle; write $$ for a dollar sign.',
    )
  })

  it('warns of unknown names with the nearest known one, and lists options of Heat it has no use for', () => {
    const heat = file(
      '[DEFAULT]\nconvergance_engine = true\nbind_port = 1\nnum_engine_workers = 4\n[heat-api]\nbind_port=2\n[clients_nova]\nca_file=x\n[zebra]\na=b',
    )
    const configuration = load({ files: [heat] })
    expect(configuration.warnings()).to.deep.equal([
      `${heat}:2: unknown option [DEFAULT] convergance_engine; did you mean convergence_engine?`,
      `${heat}:3: unknown option [DEFAULT] bind_port; did you mean [heat_api] bind_port?`,
      `${heat}:6: unknown section [heat-api]; did you mean [heat_api]?`,
      `${heat}:10: unknown section [zebra].`,
    ])
    expect(configuration.ignored()).to.deep.equal(['[DEFAULT] num_engine_workers', '[clients_nova] ca_file'])
  })

  it('takes the options of plugins in a second pass, all or none', () => {
    const size = option('batch', 'size', integer({ min: 1 }), { default: 7, help: 'How many.' })
    const depth = option('batch', 'depth', integer({ min: 1 }), { default: 7, help: 'How deep.' })
    const configuration = load({ files: [file('[batch]\nsize = 9\ndepth = 0\n')] })
    expect(configuration.warnings()).to.have.length(2)
    expect(() => configuration.declare([size, depth])).to.throw(ConfigurationError, 'depth = 0')
    expect(() => configuration.get(size)).to.throw('[batch] size is not declared.')
    configuration.declare([size])
    configuration.declare([size])
    expect(configuration.get(size)).to.equal(9)
    expect(configuration.warnings()).to.have.length(1)
    const again = option('batch', 'size', integer(), { default: 1, help: 'Another of that name.' })
    expect(() => configuration.declare([again])).to.throw('[batch] size is declared twice')
  })

  it('reloads the mutable options and tells who watches', () => {
    const path = file('[DEFAULT]\nconvergence_engine = no\n[database]\nconnection = postgresql://a/b\n')
    const configuration = load({ files: [path] })
    const seen: string[] = []
    const stop = configuration.watch(convergenceEngine, engine => seen.push(engine))
    expect(configuration.reload()).to.deep.equal({ read: true, changed: [], problems: [] })

    file('[DEFAULT]\nconvergence_engine = yes\n[database]\nconnection = postgresql://a/c\n')
    expect(configuration.reload()).to.deep.equal({
      read: true,
      changed: [convergenceEngine],
      problems: [`${path}:4: [database] connection changed, but only a restart takes it.`],
    })
    expect(configuration.get(databaseConnection)).to.equal('postgresql://a/b')
    expect(seen).to.deep.equal(['convergence'])

    stop()
    file('')
    expect(configuration.reload().changed).to.deep.equal([convergenceEngine])
    expect(configuration.get(convergenceEngine)).to.equal('legacy')
    expect(seen).to.deep.equal(['convergence'])
  })

  it('keeps its values when a reload finds bad ones', () => {
    const path = file('[DEFAULT]\ndebug = yes\n')
    const configuration = load({ files: [path] })
    file('[DEFAULT]\ndebug = perhaps\nconvergence_engine = yes\n[worker]\nlease_seconds = 1\n')
    expect(configuration.reload().problems).to.have.length(2)
    expect([configuration.get(debug), configuration.get(convergenceEngine)]).to.deep.equal([true, 'convergence'])
    expect(configuration.get(leaseSeconds)).to.equal(4)
    rmSync(path)
    expect(configuration.reload().problems).to.deep.equal([`${path}: no such file; expected a configuration file.`])
    expect(configuration.get(debug)).to.equal(true)
    file('')
  })

  it('is not misled by sections named like members of objects', () => {
    const configuration = load({ files: [file('[__proto__]\nx = 1\n[type]\nstore = literal\n')] })
    expect(configuration.warnings()).to.have.length(2)
    expect(configuration.get(plugins)).to.equal(plugins.default)
  })

  it('parts overrides from the arguments of the program', () => {
    const argv = ['--config-file', 'x', '--DEFAULT:debug=1', 'run', '--', '--DEFAULT:debug=0']
    expect(parseOverrides(argv)).to.deep.equal({
      overrides: ['--DEFAULT:debug=1'],
      rest: ['--config-file', 'x', 'run', '--', '--DEFAULT:debug=0'],
    })
  })
})
