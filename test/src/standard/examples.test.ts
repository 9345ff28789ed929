import { readdirSync, readFileSync } from 'node:fs'
import { type Api, until } from '@hearth/conformance'
import { expect } from 'chai'
import { onEachEngine } from './ground.js'
import { RestServer } from './rest-server.js'

const folder = 'examples/types'
const examples = readdirSync(folder).filter(name => name.endsWith('.yaml'))
/** All of them run at once, on a machine that has others to serve. */
const settleMs = 60_000

const textOf = (name: string): string => readFileSync(`${folder}/${name}`, 'utf8')

const instances = {
  files: { 'instance.template': textOf('instance.template') },
  environment: { resource_registry: { 'OS::Heat::ScaledResource': 'instance.template' } },
}

/** What an example needs beside itself: parameters that have no default, files, and meanings of types. */
const options = (server: RestServer): Readonly<Record<string, object>> => ({
  'Hearth-HTTP-Resource.yaml': { parameters: { api: server.url, token: 'opensesame' } },
  'AWS-AutoScaling-AutoScalingGroup.yaml': instances,
  'AWS-AutoScaling-ScalingPolicy.yaml': instances,
  'OS-Heat-InstanceGroup.yaml': instances,
  'AWS-CloudFormation-Stack.yaml': { files: { 'greeting.template': textOf('greeting.template') } },
})

onEachEngine('the examples of types', ({ daemon }) => {
  let server: RestServer
  before(async () => (server = await RestServer.start()))
  after(() => server?.stop())

  it('are created, checked, updated with themselves, and deleted', async () => {
    // A project of their own: what is in its list is theirs.
    const api = daemon().api('examples')
    const all = examples.map(example => ({
      example,
      text: textOf(example),
      options: options(server)[example] ?? {},
    }))
    const stacks = await Promise.all(
      all.map(async one => ({
        ...one,
        stack: await api.create(one.example.replace(/\.yaml$/, ''), one.text, one.options),
      })),
    )
    await allReach(api, 'CREATE_COMPLETE')
    for (const { example, stack } of stacks) {
      for (const output of (await stack.show()).outputs) expect(output, example).not.to.have.property('output_error')
    }
    await Promise.all(stacks.map(({ stack }) => stack.action('check')))
    await allReach(api, 'CHECK_COMPLETE')
    await Promise.all(stacks.map(({ stack, text, options }) => stack.update(text, options)))
    await allReach(api, 'UPDATE_COMPLETE')
    await Promise.all(stacks.map(({ stack }) => stack.delete()))
    await allReach(api, 'DELETE_COMPLETE')
  }).timeout(settleMs * 4)
})

/** Waits until all stacks of the project are settled, by one look at all of them; those that are deleted are not there. */
async function allReach(api: Api, status: string): Promise<void> {
  const settled = await until(`all examples to be ${status}`, settleMs, async () => {
    const { stacks } = (await api.get('/stacks')).body as { stacks: Record<string, string>[] }
    return stacks.some(({ stack_status = '' }) => stack_status.endsWith('_IN_PROGRESS')) ? undefined : stacks
  })
  const others = settled.filter(({ stack_status }) => stack_status !== status)
  expect(others.map(one => `${one.stack_name} is ${one.stack_status}: ${one.stack_status_reason}`)).to.deep.equal([])
}
