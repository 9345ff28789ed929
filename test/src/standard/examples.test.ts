import { readdirSync, readFileSync } from 'node:fs'
import type { Api, Stack } from '@hearth/conformance'
import { expect } from 'chai'
import { onEachEngine } from './ground.js'
import { RestServer } from './rest-server.js'

const folder = 'examples/types'
const examples = readdirSync(folder).filter(name => name.endsWith('.yaml'))
/** All of them run at once, on a machine that has others to serve. */
const settleMs = 60_000

/** Parameters of an example that have no default. */
const parameters = (server: RestServer): Readonly<Record<string, object>> => ({
  'Hearth-HTTP-Resource.yaml': { api: server.url, token: 'opensesame' },
})

onEachEngine('the examples of types', ({ api, name }) => {
  let server: RestServer
  before(async () => (server = await RestServer.start()))
  after(() => server?.stop())

  it('are created, checked, updated with themselves, and deleted', async () => {
    const ended = await Promise.allSettled(
      examples.map(example => live(example, api(), name(), parameters(server)[example])),
    )
    const failed = ended.flatMap((one, index) =>
      one.status === 'rejected' ? `${examples[index]}: ${(one.reason as Error).message}` : [],
    )
    expect(failed).to.deep.equal([])
  }).timeout(settleMs * 4)
})

async function live(example: string, api: Api, name: string, parameters: object = {}): Promise<void> {
  const text = readFileSync(`${folder}/${example}`, 'utf8')
  const options = { parameters }
  const stack = await api.create(name, text, options)
  const reaches = async (status: string): Promise<Awaited<ReturnType<Stack['settled']>>> => {
    const shown = await stack.settled(settleMs)
    expect(shown.stack_status, shown.stack_status_reason).to.equal(status)
    return shown
  }
  for (const output of (await reaches('CREATE_COMPLETE')).outputs) {
    expect(output, output.output_key).not.to.have.property('output_error')
  }
  await stack.action('check')
  await reaches('CHECK_COMPLETE')
  await stack.update(text, options)
  await reaches('UPDATE_COMPLETE')
  await stack.delete()
  await reaches('DELETE_COMPLETE')
}
