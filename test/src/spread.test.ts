import { fileURLToPath } from 'node:url'
import { Daemon, templates } from '@hearth/conformance'
import { HearthDatabase } from '@hearth/db'
import { expect } from 'chai'

const plugin = fileURLToPath(new URL('./fixtures/second-plugin.js', import.meta.url))
const count = 1000
/** Of each worker on convergence: so few that most of the resources have to queue. */
const slots = '70'

/** By process: how many resources it has made. */
async function makers(url: string): Promise<number[]> {
  const db = new HearthDatabase({ url, maxPoolSize: 2 })
  try {
    const rows = await db.query<{ made: number }>(
      `SELECT count(*)::int AS made FROM resource WHERE type = 'Test::Second' GROUP BY attributes->>'process'`,
    )
    return rows.map(({ made }) => made)
  } finally {
    await db.close()
  }
}

for (const { engine, title, workers } of [
  { engine: 'true', title: 'are made by both workers, and starve nobody, on convergence', workers: 2 },
  { engine: 'false', title: 'are made by one of the two workers, on legacy', workers: 1 },
]) {
  describe('a thousand resources that take a second each', () => {
    const daemons: Daemon[] = []
    after(async () => {
      for (const daemon of daemons.reverse()) await daemon.remove()
    })

    it(title, async function () {
      this.timeout(120_000)
      const start = async (options: Record<string, string>): Promise<Daemon> => {
        const daemon = await Daemon.start({ engine, options })
        daemons.push(daemon)
        return daemon
      }
      const plugins = `@hearth/legacy-engine,@hearth/convergence-engine,@hearth/heat-resources,${plugin}`
      const front = await start({ 'DEFAULT:plugins': plugins, 'DEFAULT:roles': 'api' })
      const shared = front.shared()
      for (let index = 0; index < 2; index++)
        await start({ 'DEFAULT:plugins': plugins, ...shared, 'DEFAULT:roles': 'worker', 'convergence:slots': slots })
      const seconds = Array.from({ length: count }, (_, index) => [`r${index}`, { type: 'Test::Second' }])
      const stack = await front.api().create('seconds', templates.template(Object.fromEntries(seconds)))
      if (workers > 1) {
        // More are queued than there are slots: of its own project, and of another one, who comes later need not wait for all.
        const few = templates.template(Object.fromEntries(seconds.slice(0, 3)))
        const later = await Promise.all(['demo', 'other'].map(project => front.api(project).create('few', few)))
        for (const one of later) await one.reaches('CREATE_COMPLETE')
        expect((await stack.show()).stack_status).to.equal('CREATE_IN_PROGRESS')
      }
      await stack.reaches('CREATE_COMPLETE', 90_000)
      const made = await makers(shared['database:connection'] as string)
      expect(made.reduce((sum, one) => sum + one, 0)).to.equal(count + (workers > 1 ? 6 : 0))
      expect(made).to.have.length(workers)
    })
  })
}
