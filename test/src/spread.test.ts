import { fileURLToPath } from 'node:url'
import { Daemon, templates } from '@hearth/conformance'
import { HearthDatabase } from '@hearth/db'
import { expect } from 'chai'

const plugin = fileURLToPath(new URL('./fixtures/second-plugin.js', import.meta.url))
const count = 1000
/** Of each worker on convergence: so few that most of the resources have to queue. */
const slots = '70'

/** Of some, the quickest counts: a machine that others use, too, is slow now and then. */
const mostTries = 40
const toldMs = 100
/** Looks so seldom that only a notification can be what brings the work so soon. */
const seldom = { 'convergence:poll_seconds': '60', 'legacy:poll_seconds': '60' }

/** Milliseconds from the event of what was accepted to that of its first step, on some daemon, by the database's clock. */
async function begunAfter(url: string, stack: string): Promise<number | undefined> {
  const db = new HearthDatabase({ url, maxPoolSize: 1 })
  try {
    const [row] = await db.query<{ ms: number | null }>(
      `SELECT extract(epoch FROM min(created_at) FILTER (WHERE resource_name = 'a') - min(created_at))::float8 * 1000 AS ms
        FROM event WHERE stack_id = $1`,
      [stack],
    )
    return row?.ms ?? undefined
  } finally {
    await db.close()
  }
}

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

for (const { engine, on, title, workers } of [
  { engine: 'true', on: 'convergence', title: 'is made by both workers, and starves nobody', workers: 2 },
  { engine: 'false', on: 'legacy', title: 'is made by one of the two workers', workers: 1 },
]) {
  describe(`a stack that another daemon has accepted, on ${on},`, () => {
    const daemons: Daemon[] = []
    after(async () => {
      for (const daemon of daemons.reverse()) await daemon.remove()
    })

    let front: Daemon
    let shared: Record<string, string>
    before(async function () {
      this.timeout(60_000)
      const start = async (options: Record<string, string>): Promise<Daemon> => {
        const plugins = `@hearth/legacy-engine,@hearth/convergence-engine,@hearth/heat-resources,${plugin}`
        const daemon = await Daemon.start({ engine, options: { 'DEFAULT:plugins': plugins, ...seldom, ...options } })
        daemons.push(daemon)
        return daemon
      }
      front = await start({ 'DEFAULT:roles': 'api' })
      shared = front.shared()
      for (let index = 0; index < 2; index++)
        await start({ ...shared, 'DEFAULT:roles': 'worker', 'convergence:slots': slots })
    })

    it(`begins within ${toldMs} ms`, async function () {
      this.timeout(120_000)
      const took: number[] = []
      while (took.length < mostTries && !took.some(ms => ms < toldMs)) {
        const stack = await front.api().create(`told${took.length}`, templates.template({ a: templates.test() }))
        await stack.reaches('CREATE_COMPLETE')
        took.push((await begunAfter(shared['database:connection'] as string, stack.id)) ?? Number.POSITIVE_INFINITY)
      }
      expect(Math.min(...took), took.join()).to.be.below(toldMs)
    })

    it(`of a thousand resources that take a second each ${title}`, async function () {
      this.timeout(120_000)
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
