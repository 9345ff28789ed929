import { Daemon, templates, until } from '@hearth/conformance'
import { HearthDatabase } from '@hearth/db'
import { expect } from 'chai'

const { template, test } = templates
const plugins = (...engines: string[]): string => [...engines, '@hearth/heat-resources'].join(',')

/** A daemon that only answers, and workers that only work: what each of them tells, and what users learn of it. */
describe('whoever watches daemons', () => {
  const daemons: Daemon[] = []
  const start = async (input: Parameters<typeof Daemon.start>[0]): Promise<Daemon> => {
    const daemon = await Daemon.start(input)
    daemons.push(daemon)
    return daemon
  }
  const startWorker = (front: Daemon, more: Record<string, string>): Promise<Daemon> =>
    start({
      engine: 'false',
      options: { ...front.shared(), 'DEFAULT:roles': 'worker', 'monitoring:bind_port': '0', ...more },
    })
  after(async () => {
    for (const daemon of daemons.reverse()) await daemon.remove()
  })

  const ask = async (url: string): Promise<{ status: number; text: string }> => {
    const answer = await fetch(url)
    return { status: answer.status, text: await answer.text() }
  }
  const monitoringOf = (daemon: Daemon): Promise<string> =>
    until('the address for monitoring', 5_000, async () => /Health and metrics at (http:[^"]+)/.exec(daemon.log)?.[1])
  /** `name{labels}` to value. */
  const figures = async (base: string): Promise<ReadonlyMap<string, number>> => {
    const { text } = await ask(`${base}/metrics`)
    const lines = text.split('\n').filter(line => line !== '' && !line.startsWith('#'))
    return new Map(lines.map(line => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]))
  }

  it('learns who works, what waits and for whom, from the API and from workers that have none', async function () {
    this.timeout(180_000)
    const front = await start({ engine: 'true', options: { 'DEFAULT:roles': 'api' } })
    const stack = await front.api().create('kept', template({ a: test({ wait_secs: 0.1 }) }))
    const reason = async (): Promise<string> => (await stack.show()).stack_status_reason as string
    expect(await reason()).to.equal('Stack CREATE started (waiting: no worker is up)')
    const [listed] = (await front.api().get('/stacks')).body.stacks
    expect(listed.stack_status_reason).to.match(/waiting: no worker is up/)
    const alone = await figures(front.url)
    expect(alone.get('hearth_database_up')).to.equal(1)
    expect(alone.get('hearth_workers{state="up"}')).to.equal(0)
    expect(alone.get('hearth_stacks_in_progress{engine="convergence",action="CREATE"}')).to.equal(1)
    expect(alone.get('hearth_stacks_without_worker{engine="convergence"}')).to.equal(1)
    expect(alone.get('hearth_http_request_duration_seconds_count{method="POST",status="201"}')).to.equal(1)

    const legacy = await startWorker(front, { 'DEFAULT:plugins': plugins('@hearth/legacy-engine') })
    await until('the reason to name the engine', 10_000, async () =>
      (await reason()) === "Stack CREATE started (waiting: no worker with the engine 'convergence' is up)"
        ? true
        : undefined,
    )
    const { services } = (await front.api().get('/services')).body
    expect(services).to.have.length(1)
    expect(services[0]).to.deep.include({ status: 'up', engines: ['legacy'] })
    const legacyAt = await monitoringOf(legacy)
    expect(await ask(`${legacyAt}/healthcheck`)).to.deep.equal({ status: 200, text: 'OK' })
    expect((await ask(`${legacyAt}/`)).status).to.equal(200)
    expect((await ask(`${legacyAt}/v1/demo/stacks`)).status).to.equal(404)
    expect((await figures(legacyAt)).get('hearth_workers{state="up"}')).to.equal(1)
    await until('the log to name the engine that is missing', 20_000, async () =>
      /No worker that is up has the engine 'convergence': 1 stack waits/.test(front.log) ? true : undefined,
    )

    const worker = await startWorker(front, {
      'DEFAULT:plugins': plugins('@hearth/legacy-engine', '@hearth/convergence-engine'),
    })
    await stack.reaches('CREATE_COMPLETE')
    const workerAt = await monitoringOf(worker)
    const busy = await figures(workerAt)
    expect(busy.get('hearth_step_duration_seconds_count{step="converge",end="done"}')).to.equal(1)
    expect(busy.get('hearth_steps_running{step="converge"}')).to.equal(0)
    expect(busy.get('hearth_convergence_claims_total')).to.be.greaterThan(0)
    expect(busy.get('hearth_convergence_nodes{state="ready"}')).to.equal(0)
    expect(busy.get('hearth_legacy_operations{state="waiting"}')).to.equal(0)
    expect(busy.get('hearth_database_connections_max')).to.be.greaterThan(0)
    expect(busy.has('process_cpu_seconds_total')).to.equal(true)
    expect(await reason()).to.equal('Stack CREATE completed successfully')

    // Somebody has brought the database to a newer schema by force.
    const db = new HearthDatabase({ url: front.shared()['database:connection'] as string, maxPoolSize: 1 })
    await db.query(`INSERT INTO hearth_migration (name, breaking) VALUES ('hearth/9999-later', true)`)
    await db.close()
    const older = /brought to a newer schema that this version cannot work with \(hearth\/9999-later\)/
    for (const base of [front.url, workerAt, legacyAt]) {
      const unready = await until(`${base} to be unready`, 10_000, async () => {
        const answer = await ask(`${base}/healthcheck`)
        return answer.status === 503 ? answer.text : undefined
      })
      expect(unready).to.match(older)
    }
    expect(await startWorker(front, {}).catch(String)).to.match(older)
    // Nobody asks the workers for their health but this test: they must have noticed by themselves, and let go.
    await until('the workers to leave the list', 30_000, async () =>
      (await front.api().get('/services')).status === 503 ? true : undefined,
    )
    const late = await front.api().create('late', template({ a: test({}) }))
    await until('nobody to be there for it', 30_000, async () => {
      const { stack_status_reason: said } = await late.show()
      expect(said).to.match(/^Stack CREATE started/)
      return said === 'Stack CREATE started (waiting: no worker is up)' ? true : undefined
    })
    expect(worker.log.match(/this daemon is not ready, and does no work on stacks/g)).to.have.length(1)

    // The database of all of them.
    await front.end()
    await until('the worker to be unready', 10_000, async () =>
      (await ask(`${workerAt}/healthcheck`)).status === 503 ? true : undefined,
    )
    expect((await figures(workerAt)).get('hearth_database_up')).to.equal(0)
    expect((await ask(`${workerAt}/`)).status).to.equal(200)
  })
})
