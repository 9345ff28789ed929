import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JsonMap, ResourceType, StepContext } from '@hearth/core/plugin'
import { expect } from 'chai'
import { root } from '../file/options.js'
import { contextOf, doneOf, failureOf, surroundings } from '../testing/context.js'
import { command } from './command.js'
import { allowed, atOnce, environment } from './options.js'

const defaults = {
  update: null,
  delete: null,
  check: null,
  environment: {},
  input: null,
  working_directory: null,
  timeout: 10,
  success_codes: [0],
  triggers: null,
  repeatable: false,
}
const name = 'stack-a-abcdefghijkl'

describe('Hearth::Process::Command', () => {
  const type = command(
    surroundings([
      [allowed, ['/bin/sh', 'touch']],
      [environment, ['APP_*']],
    ]),
  )
  const validate = (given: JsonMap, of: ResourceType = type) =>
    failureOf(() => of.validate?.({ ...defaults, ...given }, { name: 'a', timeoutSeconds: 1 }))
  const shell = (script: string, more: JsonMap = {}) => ({ ...defaults, create: ['/bin/sh', '-c', script], ...more })
  const create = (properties: JsonMap, more: Partial<StepContext> = {}, of: ResourceType = type) =>
    of.create(contextOf(properties, more), {})

  it('is refused unless the operator allows the program, as it is written', async () => {
    expect(await validate({ create: ['touch', 'x'] }, command(surroundings()))).to.include('[process] allowed')
    for (const program of ['sh', '/usr/bin/touch', '/bin/../bin/sh', './touch', ''])
      expect(await validate({ create: [program] }), program).to.include('is not among the programs')
    expect(await validate({ create: [] })).to.include('expected a program')
    expect(await validate({ create: ['touch'], delete: ['rm'] })).to.include("'rm' is not among")
    type.validate?.({ ...defaults, create: ['touch', 'x'] }, { name: 'a', timeoutSeconds: 1 })
  })

  it('sets only the variables that the operator allows', async () => {
    for (const variable of ['LD_PRELOAD', 'PATH', 'HEARTH_KEY', 'XAPP_A', 'APP_A=B'])
      expect(await validate({ create: ['touch'], environment: { [variable]: 'x' } }), variable).to.include(
        '[process] environment',
      )
    const script = 'echo "$APP_A $HEARTH_STEP $HEARTH_STACK $HEARTH_NAME ${SECRET:-none}"'
    process.env.SECRET = 'secret'
    try {
      expect(await create(shell(script, { environment: { APP_A: 'b' } }))).to.deep.include({
        data: { project: 'demo', exit_code: 0, stdout: `b create stack ${name} none\n`, stderr: '' },
      })
    } finally {
      delete process.env.SECRET
    }
  })

  it('says how it failed, without what is secret', async () => {
    const failing = shell('echo "the word is $APP_A and $(cat)" >&2; exit 3', {
      environment: { APP_A: 'opensesame' },
      input: 'swordfish',
    })
    expect(await failureOf(() => create(failing))).to.equal("'/bin/sh' ended with 3: the word is ****** and ******")
  })

  it('says that it has begun before it runs, and that it has ended after', async () => {
    const first = contextOf(shell('exit 0'))
    expect(await type.create(first)).to.deep.equal({ kind: 'again', cursor: {}, wake: { afterMs: 0 } })
    expect(first.ids).to.deep.equal([])
    const second = contextOf(shell('exit 0'))
    expect(await type.create(second, {})).to.include({ kind: 'done', physicalId: name })
    expect(second.ids).to.deep.equal([`${name}/create`])
  })

  it('is not run again if its end is not known, unless it may be', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'command-'))
    try {
      const log = join(folder, 'log')
      const begun = { physicalId: `${name}/create` }
      expect(await failureOf(() => create(shell(`echo x >> ${log}`), begun))).to.include('nobody knows how it ended')
      expect(existsSync(log)).to.equal(false)
      await create(shell(`echo x >> ${log}`, { repeatable: true }), begun)
      expect(readFileSync(log, 'utf8')).to.equal('x\n')
      // A new attempt of a delete that failed so is another matter.
      const removing = contextOf(
        { ...shell(''), delete: ['touch', join(folder, 'gone')] },
        { physicalId: `${name}/delete` },
      )
      const cursor = await type.delete?.(removing)
      expect(cursor).to.deep.include({ kind: 'again' })
      expect(await type.delete?.(removing, {})).to.include({ kind: 'done' })
      expect(existsSync(join(folder, 'gone'))).to.equal(true)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('waits for a place, without holding anything', async () => {
    const one = command(
      surroundings([
        [allowed, ['/bin/sh']],
        [atOnce, 1],
      ]),
    )
    const running = create(shell('sleep 0.3'), {}, one)
    expect(await create(shell('exit 0'), {}, one)).to.deep.include({ kind: 'again', cursor: {} })
    const looking = one.check?.(contextOf({ ...shell(''), check: ['/bin/sh', '-c', 'exit 0'] }))
    expect(await running).to.include({ kind: 'done' })
    expect(await looking).to.include({ kind: 'done' })
  })

  it('works in a folder below the root, and in no other', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'command-'))
    const rooted = command(
      surroundings([
        [allowed, ['/bin/sh']],
        [root, folder],
      ]),
    )
    try {
      expect(await validate({ create: ['/bin/sh'], working_directory: '../x' }, rooted)).to.include('is not allowed')
      expect(await validate({ create: ['touch'], working_directory: 'x' })).to.include('[file] root')
      const inside = (path: string) => shell('echo x > y; pwd -P', { working_directory: path })
      expect(await failureOf(() => create(inside('x'), {}, rooted))).to.include('one of the folders')
      await create(shell(`mkdir -p ${folder}/demo/x; ln -s / ${folder}/demo/out`), {}, rooted)
      expect(await create(inside('x'), {}, rooted)).to.have.nested.property('data.stdout', `${folder}/demo/x\n`)
      expect(existsSync(join(folder, 'demo', 'x', 'y'))).to.equal(true)
      expect(await failureOf(() => create(inside('out'), {}, rooted))).to.include('leads out of the root')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('is only looked at in the folder of the project that a step has stored', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'command-'))
    const rooted = command(
      surroundings([
        [allowed, ['/bin/sh']],
        [root, folder],
      ]),
    )
    try {
      const properties = shell('mkdir x', { check: ['/bin/sh', '-c', 'pwd > found; exit 1'], working_directory: 'x' })
      const step = contextOf(properties)
      const seen = (data: JsonMap, action = 'CREATE', status = 'COMPLETE') =>
        rooted.observe?.(
          { ...step, name: 'a', type: 'T', attributes: {}, data, action, status },
          step.signal,
          step.stack,
        )
      await create(shell(`mkdir -p ${folder}/x ${folder}/victim/x ${folder}/demo/x`))
      expect(await seen({}, 'CREATE', 'FAILED')).to.deep.equal({})
      expect(await seen({ project: 'victim' }, 'ADOPT', 'FAILED')).to.deep.equal({})
      const adopted = doneOf(await rooted.adopt?.(contextOf(properties, { data: { project: 'victim', exit_code: 0 } })))
      expect(adopted.data).to.deep.equal({ project: 'demo', exit_code: 0 })
      expect(await seen(adopted.data, 'ADOPT')).to.deep.equal({ triggers: { check: 'failed' } })
      expect(['x', 'victim/x', 'demo/x'].map(path => existsSync(join(folder, path, 'found')))).to.deep.equal([
        false,
        false,
        true,
      ])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('is replaced by what changes it unless a command is given for that', () => {
    const replaces = (changed: string[], update: string[] | null) =>
      type.needsReplace?.({}, { ...defaults, update }, changed) !== undefined
    expect(replaces(['triggers', 'timeout'], null)).to.equal(true)
    expect(replaces(['triggers'], ['touch'])).to.equal(false)
    expect(replaces(['timeout', 'check', 'delete', 'update'], null)).to.equal(false)
  })
})
