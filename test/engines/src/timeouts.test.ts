import { existsSync } from 'node:fs'
import { expect } from 'chai'
import { abandoned, abandoning, adopted } from './kit/adoption.js'
import type { Api, Stack, StackOptions } from './kit/api.js'
import { drawerOf } from './kit/drawer.js'
import { eachEngine, early } from './kit/engines.js'
import { clear, hookEvents, hooksAt, pausedAt } from './kit/hooks.js'
import { familyStates, file, insideSoon } from './kit/nested.js'
import { temporaryFolder } from './kit/state.js'
import { delay, template, test } from './kit/templates.js'
import { until } from './kit/until.js'

/** Seconds that an operation has here: enough for its steps to begin, also on a machine that has much else to do. */
const allowed = 8
/** Longer than that. */
const tooLong = 60
const options = { 'DEFAULT:stack_action_timeout': String(allowed) }

const folder = temporaryFolder()
const endless = (waits: Record<string, number>, value = '1') =>
  test({ value, action_wait_secs: { delete: 0, ...waits } })
/** A step of it is called once, and does not look whether it is to stop. */
const stubborn = (text = 'one') => template({ a: drawerOf(folder, text, { dawdles: 1.5 * allowed }) })
/** A stack inside, and another resource, that are resumed after two waits of so many seconds. */
const halfResumed = (seconds: number) =>
  template({
    first: delay(seconds, ['RESUME']),
    second: delay(seconds, ['RESUME'], { depends_on: 'first' }),
    nest: { type: 'inner.yaml', depends_on: 'second' },
    beside: test({}, { depends_on: 'second' }),
  })
const inner = { files: { 'inner.yaml': file({ a: test() }) } }
const output = { a: { get_attr: ['a', 'output'] } }

let names = 0
const create = (api: Api, content: unknown, options: StackOptions = {}): Promise<Stack> =>
  api.create(`late${++names}`, content, options)
async function created(api: Api, content: unknown, options: StackOptions = {}): Promise<Stack> {
  const stack = await create(api, content, options)
  await stack.reaches('CREATE_COMPLETE')
  return stack
}
/** @param late what is updated in the resource `a`. */
async function updated(api: Api, late: unknown, options: StackOptions = {}): Promise<Stack> {
  const stack = await created(api, template({ a: test({ value: '1' }) }, output))
  await stack.update(template({ a: late } as never, output), options)
  return stack
}
const takeSnapshot = async (stack: Stack): Promise<string> =>
  (await stack.api.send('POST', `${stack.path}/snapshots`, {})).body.id

/** All begin at once, since each takes as long as it may. */
const operations = {
  create: (api: Api) => create(api, template({ a: endless({ create: tooLong }), b: test({}, { depends_on: 'a' }) })),
  createBack: (api: Api) => create(api, template({ a: endless({ create: tooLong }) }), { disable_rollback: false }),
  async cancelled(api: Api) {
    const stack = await create(api, template({ a: endless({ create: -1 }) }))
    await stack.resourceReaches('a', 'CREATE_IN_PROGRESS')
    expect((await stack.action('cancel_without_rollback')).status).to.equal(200)
    return stack
  },
  async failed(api: Api) {
    const stack = await create(api, template({ bad: test({ fail: true }), a: endless({ create: tooLong }) }))
    // The stack says at once what went wrong; what is under way may end well, and is looked after meanwhile.
    await stack.reaches('CREATE_FAILED')
    expect((await stack.resources()).a.resource_status).to.equal('CREATE_IN_PROGRESS')
    return stack
  },
  nested: (api: Api) => {
    const files = { 'inner.yaml': file({ a: endless({ create: tooLong }) }) }
    return create(api, template({ nest: { type: 'inner.yaml' } }), { files })
  },
  deployed: (api: Api) => {
    const dep = { type: 'OS::Heat::SoftwareDeployment', properties: { server: 'late', config: '' } }
    return create(api, template({ dep }))
  },
  hooked: (api: Api) => create(api, template({ a: test() }), { environment: hooksAt('pre-create') }),
  update: (api: Api) => updated(api, endless({ update: tooLong }, '2')),
  updateBack: (api: Api) => updated(api, endless({ update: tooLong }, '2'), { disable_rollback: false }),
  async suspended(api: Api) {
    // No wait alone is longer than the stack may take, and the second one is under way when the time is over.
    const wait = (more: object = {}) => delay(0.75 * allowed, ['SUSPEND'], more)
    const stack = await created(
      api,
      template({ last: wait(), second: wait({ depends_on: 'last' }), first: wait({ depends_on: 'second' }) }),
    )
    await stack.action('suspend')
    return stack
  },
  async resumed(api: Api) {
    const stack = await created(api, halfResumed(0.75 * allowed), inner)
    await stack.action('suspend')
    await stack.reaches('SUSPEND_COMPLETE')
    await stack.action('resume')
    return stack
  },
  async checked(api: Api) {
    const stack = await created(api, stubborn())
    await stack.action('check')
    return stack
  },
  async kept(api: Api) {
    const stack = await created(api, stubborn())
    await takeSnapshot(stack)
    return stack
  },
  async restored(api: Api) {
    const stack = await created(api, template({ a: endless({ update: tooLong }) }))
    const id = await takeSnapshot(stack)
    await stack.reaches('SNAPSHOT_COMPLETE')
    await stack.update(template({ a: test({ value: '2' }) }))
    await stack.reaches('UPDATE_COMPLETE')
    await stack.api.send('POST', `${stack.path}/snapshots/${id}/restore`)
    return stack
  },
  adopted: async (api: Api) => adopted(api, 'late-adoption', await abandoned(await created(api, stubborn()))),
  async abandoned(api: Api) {
    const content = template({ a: drawerOf(folder, 'text') })
    const stack = await created(api, content, { environment: hooksAt('pre-delete') })
    await abandoning(stack)
    await pausedAt(stack, 'a', 'pre-delete')
    return stack
  },
  async deleted(api: Api) {
    const stack = await created(api, template({ a: test({ action_wait_secs: { delete: tooLong } }) }))
    await stack.delete()
    return stack
  },
  async deletedOnTop(api: Api) {
    const stack = await created(api, stubborn('one'))
    await stack.update(stubborn('two'))
    await stack.resourceReaches('a', 'UPDATE_IN_PROGRESS')
    await stack.delete()
    return stack
  },
}
type Which = keyof typeof operations

/** By engine. The other cases run meanwhile. */
const begun = new Map<string, Map<Which, Promise<Stack>>>()

early(async ({ name }, daemon) => {
  const all = Object.entries(operations).map(([which, begin]) => [which as Which, begin(daemon.api())] as const)
  begun.set(name, new Map(all))
  await Promise.allSettled(all.map(([, stack]) => stack))
}, options)

eachEngine(
  'an operation whose time is over',
  ({ engine }) => {
    const stackOf = (which: Which) => begun.get(engine.name)?.get(which) as Promise<Stack>

    async function timesOut(which: Which, status: string): Promise<Stack> {
      const stack = await stackOf(which)
      expect((await stack.reaches(status)).stack_status_reason).to.equal('Timed out')
      return stack
    }

    it('is FAILED, with what it had under way; nothing more begins', async () => {
      const stack = await timesOut('create', 'CREATE_FAILED')
      expect((await stack.resourceReaches('a', 'CREATE_FAILED')).resource_status_reason).to.match(/^CREATE aborted/)
      expect((await stack.resources()).b.resource_status).to.equal('INIT_COMPLETE')
    })

    it('is rolled back, when rollback is on', async () => {
      const [create, update] = await Promise.all([stackOf('createBack'), stackOf('updateBack')])
      await create.reaches('ROLLBACK_COMPLETE')
      expect(await create.resources()).to.deep.equal({})
      await update.reaches('ROLLBACK_COMPLETE')
      expect(await update.outputs()).to.deep.equal({ a: '1' })
    })

    it('is an update, too, and the next one mends it', async () => {
      const stack = await timesOut('update', 'UPDATE_FAILED')
      expect((await stack.resourceReaches('a', 'UPDATE_FAILED')).resource_status_reason).to.match(/^UPDATE aborted/)
      await until('the stack to be free', 10_000, async () =>
        (await stack.update(template({ a: test({ value: '3' }) }, output))).status === 202 ? true : undefined,
      )
      await stack.reaches('UPDATE_COMPLETE')
      expect(await stack.outputs()).to.deep.equal({ a: '3' })
    })

    it('outlives a cancel no longer than that', async () => {
      const stack = await stackOf('cancelled')
      await stack.reaches('CREATE_FAILED')
      expect((await stack.resourceReaches('a', 'CREATE_FAILED')).resource_status_reason).to.equal(
        'CREATE aborted (Timed out)',
      )
      await stack.update(template({}))
      await stack.reaches('UPDATE_COMPLETE')
    })

    it('outlives the failure of another resource no longer, either', async () => {
      const stack = await stackOf('failed')
      expect((await stack.resourceReaches('a', 'CREATE_FAILED')).resource_status_reason).to.equal(
        'CREATE aborted (Timed out)',
      )
    })

    it('is that of a stack inside, too', async () => {
      const stack = await stackOf('nested')
      expect((await stack.reaches('CREATE_FAILED')).stack_status_reason).to.match(/Timed out$/)
      const nested = await insideSoon(stack, 'nest')
      await nested.reaches('CREATE_FAILED')
      await stack.delete()
      await stack.reaches('DELETE_COMPLETE')
      expect((await nested.show()).stack_status).to.equal('DELETE_COMPLETE')
    })

    it('leaves no server a deployment that nobody waits for', async () => {
      const { api } = await timesOut('deployed', 'CREATE_FAILED')
      const [{ status, status_reason }] = (await api.get('/software_deployments?server_id=late')).body
        .software_deployments
      expect([status, status_reason]).to.deep.equal(['FAILED', 'Deployment cancelled.'])
    })

    it('is not outlasted by a hook', async () => {
      const stack = await timesOut('hooked', 'CREATE_FAILED')
      expect((await hookEvents(stack)).at(-1)).to.equal('a INIT_COMPLETE: Failure occurred while waiting.')
    })

    it('is a check, a snapshot or an adoption, too', async () => {
      await (await timesOut('checked', 'CHECK_FAILED')).resourceReaches('a', 'CHECK_FAILED')
      await (await timesOut('adopted', 'ADOPT_FAILED')).resourceReaches('a', 'ADOPT_FAILED')
      const kept = await timesOut('kept', 'SNAPSHOT_FAILED')
      // Its step did not heed that it was to stop, and ended well; too late for the snapshot.
      await kept.resourceReaches('a', 'SNAPSHOT_COMPLETE')
      const [snapshot] = (await kept.api.get(`${kept.path}/snapshots`)).body.snapshots
      expect(snapshot).to.include({ status: 'FAILED', status_reason: 'Timed out' })
    })

    it('is that of an abandon, too; a delete leaves alone what was to be left', async () => {
      const stack = await timesOut('abandoned', 'DELETE_FAILED')
      const path = (await stack.resources()).a.physical_resource_id
      await stack.delete()
      await pausedAt(stack, 'a', 'pre-delete')
      await clear(stack, 'a', 'pre-delete')
      await stack.reaches('DELETE_COMPLETE')
      expect(existsSync(path)).to.equal(true)
    })

    it('is a suspend, a restore or a delete, too', async () => {
      const suspended = await timesOut('suspended', 'SUSPEND_FAILED')
      const states = Object.values(await suspended.resources()).map(({ resource_status }) => resource_status)
      expect(states).to.include('SUSPEND_FAILED')
      const restored = await timesOut('restored', 'RESTORE_FAILED')
      await restored.resourceReaches('a', 'UPDATE_FAILED')
      const deleted = await timesOut('deleted', 'DELETE_FAILED')
      await deleted.resourceReaches('a', 'DELETE_FAILED')
    })

    it('is a resume, too; an update resumes the stacks inside, and another resume what else it had not come to', async () => {
      const stack = await timesOut('resumed', 'RESUME_FAILED')
      expect(await familyStates(stack)).to.include({ '/nest': 'SUSPEND_COMPLETE', 'nest/a': 'SUSPEND_COMPLETE' })
      await until('the stack to be free', 10_000, async () =>
        (await stack.update(halfResumed(0), inner)).status === 202 ? true : undefined,
      )
      await stack.reaches('UPDATE_COMPLETE')
      const { '/beside': beside, ...updated } = await familyStates(stack)
      expect(updated).to.include({ '/second': 'CREATE_COMPLETE', '/nest': 'UPDATE_COMPLETE' })
      expect([updated['nest/a'], beside]).to.deep.equal(['RESUME_COMPLETE', 'SUSPEND_COMPLETE'])
      await stack.action('resume')
      await stack.reaches('RESUME_COMPLETE')
      expect(await familyStates(stack)).to.include({ ...updated, '/beside': 'RESUME_COMPLETE' })
    })

    it('is over in time, also if a step does not heed that it is to stop; a delete that comes later succeeds', async () => {
      const stack = await timesOut('deletedOnTop', 'DELETE_FAILED')
      await until('the stack to be deleted', 20_000, async () => {
        await stack.delete()
        return (await stack.settled()).stack_status === 'DELETE_COMPLETE' ? true : undefined
      })
    })
  },
  options,
)
