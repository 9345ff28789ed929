import { expect } from 'chai'
import type { Api, Body, Stack } from './kit/api.js'
import type { Daemon } from './kit/daemon.js'
import { eachEngine, type Kit } from './kit/engines.js'
import { file } from './kit/nested.js'
import { aWhile, template, test } from './kit/templates.js'
import { until } from './kit/until.js'

const options = {
  // Looks so seldom that only a notification can be what brings the work.
  'convergence:poll_seconds': '60',
  'legacy:poll_seconds': '60',
  'worker:lease_seconds': '2',
}

/** What is accepted here has begun there within so many milliseconds, however busy the machine: long before the next look. */
const toldMs = 10_000
/** The quickest of some, with the asking. */
const quickMs = 1_000
/** Of a process whose host's clock is so many milliseconds ahead of all others, and ten minutes more after each SIGUSR2. */
const hasty = (ahead: number) => ({
  NODE_OPTIONS: `--import=data:text/javascript,{const{now}=Date;let{ahead}={ahead:${ahead}};Date.now=()=>now()+ahead;process.on('SIGUSR2',()=>{ahead+=600000})}`,
})

const text = { text: { type: 'string' } }

interface Cluster {
  readonly api: Api
  /** Starts a worker that only works, on the host `w<index>`. */
  readonly worker: (index: number) => Promise<Daemon>
}

/** A daemon that only answers, with the database. */
async function cluster({ another }: Kit): Promise<Cluster> {
  const api = await another({ options: { ...options, 'DEFAULT:roles': 'api' } })
  const shared = { ...options, ...api.shared(), 'DEFAULT:roles': 'worker' }
  return {
    api: api.api(),
    // Every other host has a clock that is wrong.
    worker: index =>
      another({ options: { ...shared, 'DEFAULT:host': `w${index}` }, env: hasty(index % 2 === 0 ? 600_000 : 0) }),
  }
}

const services = async (api: Api): Promise<Body[]> => (await api.get('/services')).body.services

/** By host: up if any worker of that host is. */
async function up(api: Api): Promise<string[]> {
  return [
    ...new Set<string>((await services(api)).filter(({ status }) => status === 'up').map(({ host }) => host)),
  ].sort()
}

const chain = (seconds: number) =>
  template({
    a: test({ wait_secs: seconds, action_wait_secs: { delete: 0 } }),
    b: test({}, { depends_on: 'a' }),
    c: test({}, { depends_on: 'b' }),
  })

/** Each resource begins once and ends once. */
async function expectOnce(stack: Stack, names: readonly string[]): Promise<void> {
  const events = await stack.events()
  for (const name of names) {
    expect(events.filter(event => event.startsWith(`${name} `))).to.deep.equal([
      `${name} CREATE_IN_PROGRESS`,
      `${name} CREATE_COMPLETE`,
    ])
  }
}

eachEngine('several daemons on one database', kit => {
  let { api, worker } = {} as Cluster
  let workers: Daemon[]
  before(async () => {
    ;({ api, worker } = await cluster(kit))
    workers = await Promise.all([worker(0), worker(1)])
  })

  it('wait as long as they are told, though the clocks of their hosts differ and jump', async () => {
    for (const [index, worker] of workers.entries()) {
      const said = /The clock of this host is (\S+) s ahead of the database's/.exec(worker.log)?.[1]
      expect(Number(said ?? 0)).to.be.closeTo(index % 2 === 0 ? 600 : 0, 5)
    }
    for (const worker of workers) worker.process.kill('SIGUSR2')
    const handle = { type: 'OS::Heat::WaitConditionHandle' }
    const properties = { handle: { get_resource: 'handle' }, timeout: 2 }
    const late = { type: 'OS::Heat::WaitCondition', properties }
    const stacks = await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        api.create(`patient${index}`, template({ handle, late, waits: test({ wait_secs: 1 }) })),
      ),
    )
    const began = Date.now()
    for (const stack of stacks) {
      const { stack_status_reason } = await stack.reaches('CREATE_FAILED')
      expect(stack_status_reason).to.match(/WaitConditionTimeout: resources.late: 0 of 1 received/)
      expect((await stack.resources()).waits.resource_status).to.equal('CREATE_COMPLETE')
    }
    expect(Date.now() - began).to.be.within(1_000, 60_000)
  })

  it('go on with a stack as soon as the one inside has ended, wherever that was', async () => {
    const files = {
      'mid.yaml': file({ low: { type: 'low.yaml', properties: { text: { get_param: 'text' } } } }, {}, text),
      'low.yaml': file({ a: test({ value: { get_param: 'text' }, wait_secs: 0.1 }) }, {}, text),
    }
    const of = (given: string) =>
      template({
        mid: { type: 'mid.yaml', properties: { text: given } },
        after: test({ value: given }, { depends_on: 'mid' }),
      })
    const stack = await api.create('levels', of('one'), { files })
    await stack.reaches('CREATE_COMPLETE')
    await stack.update(of('two'), { files })
    await stack.reaches('UPDATE_COMPLETE')
    await stack.action('suspend')
    await stack.reaches('SUSPEND_COMPLETE')
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
  })

  it('run by a worker what a daemon that only answers has accepted, and show every worker', async () => {
    const stacks = await Promise.all(['one', 'two', 'three'].map(name => api.create(name, chain(0.2))))
    for (const stack of stacks) await stack.reaches('CREATE_COMPLETE')
    expect(await up(api)).to.deep.equal(['w0', 'w1'])
    const told: Stack[] = []
    const took: number[] = []
    for (let times = 0; times < 5; times++) {
      const next = await api.create(`told${times}`, template({ a: test({ wait_secs: aWhile }) }))
      const accepted = performance.now()
      await next.resourceReaches('a', 'CREATE_IN_PROGRESS', toldMs)
      took.push(performance.now() - accepted)
      told.push(next)
    }
    // When the machine lets it.
    expect(Math.min(...took)).to.be.below(quickMs)
    const [stack] = stacks as [Stack]
    await stack.update(chain(0))
    await stack.reaches('UPDATE_COMPLETE')
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
    for (const next of told) await next.reaches('CREATE_COMPLETE')
    await workers[0]?.end()
    expect(await up(api)).to.deep.equal(['w1'])
  })

  it('go on without a worker that is killed', async () => {
    const survivor = await worker(2)
    workers[2] = survivor
    // All is in the hands of the one that is killed, and when what it does is to go on nobody else was told.
    survivor.signal('SIGSTOP')
    const stacks = await Promise.all([1, 2, 3, 4].map(index => api.create(`s${index}`, chain(2.5))))
    for (const stack of stacks) await stack.resourceReaches('a', 'CREATE_IN_PROGRESS')
    await (await api.create('s0', template({}))).reaches('CREATE_COMPLETE')
    survivor.signal('SIGCONT')
    await workers[1]?.end('SIGKILL')
    for (const stack of stacks) {
      const { stack_status } = await stack.settled()
      if (kit.engine.afterCrash === 'resumes') {
        expect(stack_status).to.equal('CREATE_COMPLETE')
        await expectOnce(stack, ['a', 'b', 'c'])
      } else expect(stack_status).to.be.oneOf(['CREATE_COMPLETE', 'CREATE_FAILED'])
    }
    await until('the dead worker to be shown as down', 8_000, async () =>
      (await services(api)).some(({ host, status }) => host === 'w1' && status === 'down') ? true : undefined,
    )
  })

  it('change nothing when a worker that was paused beyond its lease goes on', async () => {
    const [, , paused] = workers as [Daemon, Daemon, Daemon]
    const stack = await api.create('paused', chain(2 * aWhile))
    await stack.resourceReaches('a', 'CREATE_IN_PROGRESS')
    paused.signal('SIGSTOP')
    await worker(3)
    const settled = await stack.settled()
    expect(settled.stack_status).to.equal(kit.engine.afterCrash === 'resumes' ? 'CREATE_COMPLETE' : 'CREATE_FAILED')
    const events = await stack.events()
    paused.signal('SIGCONT')
    await until('the paused worker to come back', 10_000, async () =>
      (await up(api)).includes('w2') ? true : undefined,
    )
    expect(await stack.events()).to.deep.equal(events)
    expect((await stack.show()).stack_status).to.equal(settled.stack_status)
    const next = await api.create('after', chain(0))
    await next.reaches('CREATE_COMPLETE')
  })
})
