import { fileURLToPath } from 'node:url'
import { Daemon, templates, until } from '@hearth/conformance'
import { expect } from 'chai'

const plugin = fileURLToPath(new URL('./fixtures/deadly-plugin.js', import.meta.url))
const { template, test } = templates

/** More starts than the three deaths that it takes. */
const mostStarts = 6

describe('a step that kills its process, on convergence', () => {
  const daemons: Daemon[] = []
  const start = async (options: Record<string, string>): Promise<Daemon> => {
    const daemon = await Daemon.start({ engine: 'true', options })
    daemons.push(daemon)
    return daemon
  }
  after(async () => {
    for (const daemon of daemons.reverse()) await daemon.remove()
  })

  it('fails its resource with a reason after the third time, and nothing else with it', async function () {
    this.timeout(120_000)
    const plugins = `@hearth/legacy-engine,@hearth/convergence-engine,@hearth/heat-resources,${plugin}`
    const options = { 'DEFAULT:plugins': plugins, 'worker:lease_seconds': '2', 'convergence:poll_seconds': '0.2' }
    const front = await start({ ...options, 'DEFAULT:roles': 'api' })
    const api = front.api()
    const innocent = await api.create('innocent', template({ slow: test({ wait_secs: 8 }) }))
    const stack = await api.create('deadly', template({ bad: { type: 'Test::Deadly' } }))

    let deaths = 0
    let worker = await start({ ...options, ...front.shared(), 'DEFAULT:roles': 'worker' })
    const shown = await until('the stack to fail', 60_000, async () => {
      if (worker.process.signalCode !== null && deaths < mostStarts) {
        deaths += 1
        worker = await start({ ...options, ...front.shared(), 'DEFAULT:roles': 'worker' })
      }
      const now = await stack.show()
      return now.stack_status === 'CREATE_FAILED' ? now : undefined
    })
    expect(deaths).to.equal(3)
    expect(shown.stack_status_reason).to.equal(
      'resources.bad: The worker died 3 times while it was at work on this resource',
    )
    expect((await stack.resources()).bad).to.include({
      resource_status: 'CREATE_FAILED',
      resource_status_reason: 'The worker died 3 times while it was at work on this resource',
    })
    await innocent.reaches('CREATE_COMPLETE', 30_000)
  })
})
