import { readFileSync } from 'node:fs'
import { type Body, Daemon, type Stack } from '@hearth/conformance'
import { expect } from 'chai'

/** What a tenth of a second is spent on, each time it is resolved. */
const costly = (index: number) => ({
  yaql: { expression: `range(190).select(range(190).select($ * 2).sum()).sum() + ${index}` },
})
const long = Array.from({ length: 190 }, (_, index) => `item-${index}`)
const repeated = { repeat: { template: 'a-b', for_each: { a: long, b: long } } }
const many = (count: number, of: (index: number) => object) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`o${index}`, of(index)]))
const template = (parts: object) => ({ heat_template_version: '2018-08-31', ...parts })
const delay = (seconds: number) => ({ type: 'OS::Heat::Delay', properties: { min_wait: seconds } })
const value = (given: unknown) => ({ type: 'OS::Heat::Value', properties: { value: given } })

/** Milliseconds of the processor that a daemon may spend while somebody else waits: several times the longest piece. */
const longestWaitMs = 2_500

/** Milliseconds that a process has spent; on the clock, where the system does not tell. */
function spentBy({ pid }: Daemon['process']): number {
  try {
    const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')
    const [user, system] = fields.split(' ').slice(11, 13)
    return (Number(user) + Number(system)) * 10
  } catch {
    return performance.now()
  }
}

for (const engine of ['legacy', 'convergence']) {
  describe(`what costs much, on ${engine}`, () => {
    let daemon: Daemon
    before(async () => {
      daemon = await Daemon.start({
        engine,
        options: { 'worker:lease_seconds': '4', 'DEFAULT:max_function_steps': '600000' },
      })
    })
    after(() => daemon.remove())

    /** Asks for something else again and again while work is done. @returns what the daemon spent in the longest wait */
    async function longestWait(work: Promise<unknown>): Promise<number> {
      let [longest, over] = [0, false]
      void work.finally(() => {
        over = true
      })
      while (!over) {
        const asked = spentBy(daemon.process)
        await (await fetch(`${daemon.url}/`)).text()
        longest = Math.max(longest, spentBy(daemon.process) - asked)
      }
      await work
      return longest
    }

    it('keeps neither requests nor steps of others waiting', async function () {
      this.timeout(120_000)
      const other = await daemon.api('other').create('waits', template({ resources: { d: delay(4) } }))
      const outputs = many(40, index => ({ value: costly(index) }))
      const repeats = many(40, () => ({ value: repeated }))
      const stacks: Stack[] = [
        await daemon.api().create('expressions', template({ outputs })),
        await daemon.api().create('repeats', template({ outputs: repeats })),
      ]
      const shows = Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          daemon.api().get(`/stacks/${stacks[index % 2]?.name}/${stacks[index % 2]?.id}`),
        ),
      )
      const longest = await longestWait(shows)
      const shown: Body[] = (await shows)[0]?.body.stack.outputs
      expect(shown[0]?.output_error).to.equal(undefined)
      expect(shown.at(-1)?.output_error).to.equal(
        '"yaql" takes too long: more than 600000 steps in all of the template ([DEFAULT] max_function_steps)',
      )
      expect(longest).to.be.below(longestWaitMs)

      const resources = many(3, index => value(costly(index)))
      const costs = template({ resources })
      const others = Promise.all([
        ...Array.from({ length: 4 }, () => daemon.api().send('POST', '/validate', { template: costs })),
        ...Array.from({ length: 4 }, () =>
          daemon.api().send('POST', '/stacks/preview', {
            stack_name: 'preview',
            template: template({ resources: many(2, index => value(costly(index))), outputs }),
          }),
        ),
        daemon
          .api()
          .create('costs', costs)
          .then(stack => stack.reaches('CREATE_COMPLETE')),
      ])
      const wait = await longestWait(others)
      expect(wait).to.be.below(longestWaitMs)
      const refused = await daemon.api().send('POST', '/validate', {
        template: template({ resources: many(60, index => value(costly(index))) }),
      })
      expect(refused.status).to.equal(400)
      expect(refused.body.error.message).to.contain(
        '"yaql" takes too long: more than 600000 steps in all of the template',
      )

      expect((await other.reaches('CREATE_COMPLETE')).stack_status_reason).to.equal(
        'Stack CREATE completed successfully',
      )
      expect(daemon.log).not.to.contain('came too late')
    })
  })
}

describe('a daemon that was held up', () => {
  /** Its heart beats three times a lease: a busy machine has seconds for the answer. */
  const leaseSeconds = 9
  let daemons: Daemon[] = []
  before(async () => {
    const options = { 'worker:lease_seconds': `${leaseSeconds}` }
    daemons = await Promise.all(['legacy', 'convergence'].map(engine => Daemon.start({ engine, options })))
  })
  after(() => Promise.all(daemons.map(daemon => daemon.remove())))

  it('has lost no work, as long as there was no other, whatever its engine', async function () {
    this.timeout(90_000)
    const stacks: Stack[] = []
    for (const daemon of daemons) {
      const stack = await daemon.api().create('held-up', template({ resources: { d: delay(5) } }))
      stacks.push(stack)
      await stack.resourceReaches('d', 'CREATE_IN_PROGRESS')
    }
    for (const { process } of daemons) process.kill('SIGSTOP')
    // So that a heartbeat was due as well: one that was sent, and not answered, is another matter.
    await new Promise(resolve => setTimeout(resolve, (leaseSeconds * 4000) / 3 + 500))
    for (const { process } of daemons) process.kill('SIGCONT')
    for (const stack of stacks) await stack.reaches('CREATE_COMPLETE')
    for (const { log } of daemons) expect(log).not.to.contain('drops its work')
  })
})
