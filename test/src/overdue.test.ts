import { Daemon, templates } from '@hearth/conformance'
import { HearthDatabase } from '@hearth/db'
import { expect } from 'chai'

const { template, test } = templates
/** Seconds that an operation has, if its stack does not say. */
const timeout = 3
const minute = { timeout_mins: 1 }
const slow = template({ slow: test({ wait_secs: 10 * timeout, action_wait_secs: { delete: 0 } }) })

/** By engine: how operations that have a minute become overdue, and why one is FAILED whose worker has died before. */
const engines = [
  {
    engine: 'legacy',
    age: `UPDATE stack_lock SET created_at = created_at - interval '1 minute'`,
    died: 'Engine went down during stack CREATE',
  },
  { engine: 'convergence', age: `UPDATE traversal SET deadline = deadline - interval '1 minute'`, died: 'Timed out' },
]

for (const { engine, age, died } of engines) {
  describe(`an operation on ${engine} that nobody is there for`, () => {
    const daemons: Daemon[] = []
    after(async () => {
      for (const daemon of daemons.reverse()) await daemon.remove()
    })

    it('has only what is left of its time, and ends with it, whether nobody took it or whoever did has died', async function () {
      this.timeout(90_000)
      const start = async (options: Record<string, string>): Promise<Daemon> => {
        const daemon = await Daemon.start({ engine: engine === 'legacy' ? 'false' : 'true', options })
        daemons.push(daemon)
        return daemon
      }
      const front = await start({
        'DEFAULT:roles': 'api',
        'DEFAULT:stack_action_timeout': `${timeout}`,
        'worker:lease_seconds': '2',
      })
      const api = front.api()
      const shared = { ...front.shared(), 'worker:lease_seconds': '2', 'DEFAULT:roles': 'worker' }
      const grow = async (): Promise<void> => {
        const db = new HearthDatabase({ url: front.shared()['database:connection'] as string, maxPoolSize: 1 })
        await db.query(age)
        await db.close()
      }
      const aged = await api.create('aged', slow, minute)
      await grow()
      const busy = await api.create('busy', slow, minute)
      const late = await api.create('late', slow)
      const worker = await start({ ...shared, 'legacy:stacks_at_once': '1' })
      for (const stack of [aged, late]) {
        await stack.reaches('CREATE_FAILED')
        expect((await stack.show()).stack_status_reason).to.equal('Timed out')
      }
      // Nobody began what was over already. On convergence whoever ends it may not be whoever takes a step of it in the
      // same moment.
      if (engine === 'legacy') {
        const { events } = (await api.get(`/stacks/aged/${aged.id}/events`)).body
        expect(events.map((event: { resource_name: string }) => event.resource_name)).not.to.include('slow')
      }
      await busy.resourceReaches('slow', 'CREATE_IN_PROGRESS')

      await worker.end('SIGKILL')
      await grow()
      await start(shared)
      expect((await busy.reaches('CREATE_FAILED')).stack_status_reason).to.equal(died)
      await busy.resourceReaches('slow', 'CREATE_FAILED')
      // Nothing of it is left: what comes next is accepted.
      for (const stack of [late, busy]) expect((await stack.update(slow)).status).to.equal(202)
    })
  })
}
