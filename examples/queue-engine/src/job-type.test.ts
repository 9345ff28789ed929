import { Daemon, templates } from '@hearth/conformance'
import { expect } from 'chai'
import PgBoss from 'pg-boss'
import { schema } from './jobs.js'

const job = (queue: string) =>
  templates.template(
    { report: { type: 'Acme::Queue::Job', properties: { queue, data: { month: '2026-11' }, retry_limit: 0 } } },
    { where: { get_attr: ['report', 'output', 'url'] } },
  )

describe('a job as a resource', () => {
  let daemon: Daemon
  let boss: PgBoss
  before(async () => {
    const plugins = 'hearth-queue-engine,@hearth/heat-resources'
    daemon = await Daemon.start({ engine: 'queue', options: { 'DEFAULT:plugins': plugins } })
    boss = new PgBoss({ connectionString: daemon.shared()['database:connection'] as string, schema })
    await boss.start()
  })
  after(async () => {
    await boss?.stop({ graceful: false })
    await daemon?.remove()
  })

  async function work(queue: string, answer: (data: { month: string }) => object): Promise<void> {
    await boss.createQueue(queue)
    await boss.work<{ month: string }>(queue, { pollingIntervalSeconds: 0.5 }, async ([one]) =>
      answer((one as PgBoss.Job<{ month: string }>).data),
    )
  }

  it('is complete when a worker has done it, and shows what the worker answered', async () => {
    await work('reports', ({ month }) => ({ url: `https://reports.example/${month}` }))
    const stack = await daemon.api().create('done', job('reports'))
    await stack.reaches('CREATE_COMPLETE')
    expect(await stack.outputs()).to.deep.equal({ where: 'https://reports.example/2026-11' })
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
  })

  it('fails as the worker does, with its reason', async () => {
    await work('broken', () => {
      throw new Error('no paper')
    })
    const stack = await daemon.api().create('failed', job('broken'))
    expect((await stack.reaches('CREATE_FAILED')).stack_status_reason)
      .to.contain('is failed')
      .and.contain('no paper')
  })

  it('is refused with a queue that cannot be, or that is that of steps', async () => {
    for (const queue of ['', 'ü', '..', 'hearth.steps', 'x'.repeat(51)])
      expect(
        (await daemon.api().send('POST', '/stacks', { stack_name: 'refused', template: job(queue) })).status,
      ).to.equal(400)
  })
})
