import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Stack, until } from '@hearth/conformance'
import { eachEngine, hiddenTag } from '@hearth/conformance/engines'
import { expect } from 'chai'
import { installed, OpenStack } from './openstack.js'

/** What is under way while commands come, in seconds: each of them takes one or two. */
const slowly = 15

const outer = `heat_template_version: 2018-08-31
parameters:
  text: {type: string}
  seconds: {type: number, default: 0}
resources:
  nest: {type: inner.yaml, properties: {text: {get_param: text}}}
  slow:
    type: OS::Heat::TestResource
    properties: {value: {get_param: text}, action_wait_secs: {update: {get_param: seconds}}}
  handle: {type: OS::Heat::WaitConditionHandle}
  wait: {type: OS::Heat::WaitCondition, properties: {handle: {get_resource: handle}, timeout: 600}}
outputs:
  heard: {value: {get_attr: [wait, data]}}
  text: {value: {get_attr: [nest, text]}}
`
const inner = `heat_template_version: 2018-08-31
parameters: {text: {type: string}}
resources: {a: {type: OS::Heat::TestResource, properties: {value: {get_param: text}}}}
outputs: {text: {value: {get_attr: [a, output]}}}
`
eachEngine('the openstack client, of what happens to a stack', ({ daemon, name, engine }) => {
  if (!installed) return
  const client = new OpenStack(daemon)
  const openstack = client.run.bind(client)
  const json = client.json.bind(client)
  let folder: string
  let file: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'hearth-client-'))
    file = join(folder, 'outer.yaml')
    writeFileSync(file, outer)
    writeFileSync(join(folder, 'inner.yaml'), inner)
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  it(`signals, follows, previews inside, cancels and hides it (${engine.name})`, async function () {
    this.timeout(300_000)
    const stack = name()
    const created = await json(
      ...[
        'stack',
        'create',
        '-t',
        file,
        '--parameter',
        'text=one',
        '--timeout',
        '30',
        '--tags',
        `x,${hiddenTag}`,
        stack,
      ],
    )
    const seen: Stack = daemon().api().stack(stack, created.id)
    const follower = client.begin('stack', 'event', 'list', '-f', 'log', '--follow', '--nested-depth', '1', stack)
    let followed = ''
    follower.stdout?.on('data', chunk => (followed += chunk))
    try {
      await seen.resourceReaches('handle', 'CREATE_COMPLETE')
      const data = JSON.stringify({ status: 'SUCCESS', id: '1', reason: 'r', data: 'heard' })
      await openstack('stack', 'resource', 'signal', '--data', data, stack, 'handle')
      const shown = await seen.reaches('CREATE_COMPLETE')
      expect(shown).to.deep.include({ timeout_mins: 30, tags: ['x', hiddenTag] })
      expect(JSON.parse((await seen.outputs()).heard)).to.deep.equal({ 1: 'heard' })
      // It looks every five seconds.
      await until(
        'the events to be followed',
        30_000,
        async () =>
          [`[${stack}.nest.a]`, `[${stack}]`].every(path => followed.includes(`${path}: CREATE_COMPLETE`)) || undefined,
      )
    } finally {
      follower.kill('SIGKILL')
    }
    const names = async (...words: string[]) =>
      (await json('stack', 'list', ...words)).map((one: Record<string, string>) => one['Stack Name'])
    expect(await names()).not.to.include(stack)
    expect(await names('--hidden')).to.include(stack)

    const change = ['--existing', '--parameter', 'text=two', '--parameter', `seconds=${slowly}`]
    const foreseen = await json('stack', 'update', '--dry-run', '--show-nested', ...change, stack)
    expect(JSON.parse(foreseen.updated).map((one: { resource_name: string }) => one.resource_name)).to.include.members([
      'slow',
      'nest',
      'a',
    ])
    for (const [cancel, status, text] of [
      [['cancel', '--wait'], 'ROLLBACK_COMPLETE', 'one'],
      [['cancel', '--no-rollback'], 'UPDATE_FAILED', 'two'],
    ] as const) {
      await openstack('stack', 'update', '--converge', ...change, stack)
      await seen.resourceReaches('slow', 'UPDATE_IN_PROGRESS')
      await seen.resourceReaches('nest', 'UPDATE_COMPLETE')
      await openstack('stack', ...cancel, stack)
      await seen.reaches(status, slowly * 2000)
      expect((await seen.outputs()).text).to.equal(text)
    }
  })
})
