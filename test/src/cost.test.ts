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

const leaseSeconds = 4
/** Milliseconds that somebody else may wait: several times the longest piece, since machines are busy. */
const longestWaitMs = 2_500

for (const engine of ['legacy', 'convergence']) {
  describe(`what costs much, on ${engine}`, () => {
    let daemon: Daemon
    before(async () => {
      daemon = await Daemon.start({
        engine,
        options: { 'worker:lease_seconds': `${leaseSeconds}`, 'DEFAULT:max_function_steps': '600000' },
      })
    })
    after(() => daemon.remove())

    /** Asks for something else again and again while work is done. @returns milliseconds of the longest wait */
    async function longestWait(work: Promise<unknown>): Promise<number> {
      let [longest, over] = [0, false]
      void work.finally(() => {
        over = true
      })
      while (!over) {
        const asked = performance.now()
        await (await fetch(`${daemon.url}/`)).text()
        longest = Math.max(longest, performance.now() - asked)
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

    it('costs a daemon that was held up no work, as long as there was no other', async function () {
      this.timeout(60_000)
      const stack = await daemon.api().create('held-up', template({ resources: { d: delay(8) } }))
      await stack.resourceReaches('d', 'CREATE_IN_PROGRESS')
      daemon.process.kill('SIGSTOP')
      await new Promise(resolve => setTimeout(resolve, leaseSeconds * 1000 + 1500))
      daemon.process.kill('SIGCONT')
      await stack.reaches('CREATE_COMPLETE')
      expect(daemon.log).not.to.contain('drops its work')
    })
  })
}
