import { fileURLToPath } from 'node:url'
import { Daemon, templates, until } from '@hearth/conformance'
import { expect } from 'chai'

const plugin = fileURLToPath(new URL('./fixtures/deadly-plugin.js', import.meta.url))
const { template, test } = templates

/** More starts than the deaths that it takes. */
const mostStarts = 8

/** Engines that go on after a crash: what [DEFAULT] convergence_engine says, and their packages. */
const engines = [
  { name: 'convergence', flag: 'true', engineOf: '@hearth/convergence-engine' },
  { name: 'queue', flag: 'queue', engineOf: 'hearth-queue-engine' },
]

describe('a step that kills its process', () => {
  const daemons: Daemon[] = []
  after(async () => {
    for (const daemon of daemons.reverse()) await daemon.remove()
  })

  async function kills({ name, flag, engineOf }: (typeof engines)[number]): Promise<void> {
    const plugins = `@hearth/legacy-engine,${engineOf},@hearth/heat-resources,${plugin}`
    const options = { 'DEFAULT:plugins': plugins, 'worker:lease_seconds': '2', [`${name}:poll_seconds`]: '0.2' }
    const start = async (more: Record<string, string>): Promise<Daemon> => {
      const daemon = await Daemon.start({ engine: flag, options: { ...options, ...more } })
      daemons.push(daemon)
      return daemon
    }
    const front = await start({ 'DEFAULT:roles': 'api' })
    const api = front.api()
    const innocent = await api.create('innocent', template({ slow: test({ wait_secs: 8 }) }))
    const stacks = [
      await api.create('deadly', template({ bad: { type: 'Test::Deadly' } })),
      await api.create('traceless', template({ bad: { type: 'Test::Traceless' } })),
    ]

    let deaths = 0
    /** It may die before it says that it is ready. */
    const startWorker = async (): Promise<Daemon> => {
      try {
        return await start({ ...front.shared(), 'DEFAULT:roles': 'worker' })
      } catch (error) {
        if (!(error as Error).message.includes('exited with SIGKILL') || deaths >= mostStarts) throw error
        deaths += 1
        return startWorker()
      }
    }
    let worker = await startWorker()
    const shown = await until('both stacks to fail', 150_000, async () => {
      if (worker.process.signalCode !== null && deaths < mostStarts) {
        deaths += 1
        worker = await startWorker()
      }
      const now = await Promise.all(stacks.map(stack => stack.show()))
      return now.every(({ stack_status }) => stack_status === 'CREATE_FAILED') ? now : undefined
    })
    // Three of each; one counts for both if both are at work when it comes, and a third one for none if more is at work.
    expect(deaths).to.be.within(3, mostStarts)
    const reason = 'The worker died 3 times while it was at work on this resource'
    for (const { stack_status_reason } of shown) expect(stack_status_reason).to.equal(`resources.bad: ${reason}`)
    for (const stack of stacks) {
      const { bad } = await stack.resources()
      expect(bad).to.include({ resource_status: 'CREATE_FAILED', resource_status_reason: reason })
    }
    await innocent.reaches('CREATE_COMPLETE', 30_000)
  }

  it('fails its resource with a reason after the third time, and nothing else with it', async function () {
    this.timeout(240_000)
    // Most of it is waiting for leases: at once.
    await Promise.all(engines.map(kills))
  })
})
