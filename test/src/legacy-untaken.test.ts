import { Daemon, templates } from '@hearth/conformance'
import { HearthDatabase } from '@hearth/db'
import { expect } from 'chai'

const { template, test } = templates
/** Seconds that an operation has, if its stack does not say. */
const timeout = 3

describe('an operation on legacy', () => {
  const daemons: Daemon[] = []
  after(async () => {
    for (const daemon of daemons.reverse()) await daemon.remove()
  })

  it('that waits for a worker has only what is left of its time, and ends with it if nobody takes it', async function () {
    this.timeout(60_000)
    const start = async (options: Record<string, string>): Promise<Daemon> => {
      const daemon = await Daemon.start({ engine: 'false', options })
      daemons.push(daemon)
      return daemon
    }
    const front = await start({ 'DEFAULT:roles': 'api', 'DEFAULT:stack_action_timeout': `${timeout}` })
    const api = front.api()
    const slow = template({ slow: test({ wait_secs: 3 * timeout }) })
    const minute = { timeout_mins: 1 }
    const aged = await api.create('aged', slow, minute)
    const shared = front.shared()
    const db = new HearthDatabase({ url: shared['database:connection'] as string, maxPoolSize: 1 })
    await db.query(`UPDATE stack_lock SET created_at = created_at - interval '1 minute'`)
    await db.close()
    const busy = await api.create('busy', slow, minute)
    const late = await api.create('late', slow)
    await start({ ...shared, 'DEFAULT:roles': 'worker', 'legacy:stacks_at_once': '1' })
    for (const stack of [aged, late]) {
      await stack.reaches('CREATE_FAILED')
      expect((await stack.show()).stack_status_reason).to.equal('Timed out')
    }
    // Nobody began what was over already.
    const { events } = (await api.get(`/stacks/aged/${aged.id}/events`)).body
    expect(events.map((event: { resource_name: string }) => event.resource_name)).not.to.include('slow')
    expect((await busy.show()).stack_status).to.equal('CREATE_IN_PROGRESS')
    // Nothing of it is left: what comes next is accepted.
    expect((await late.update(slow)).status).to.equal(202)
  })
})
