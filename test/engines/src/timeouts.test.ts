import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Stack, StackOptions } from './kit/api.js'
import { drawerOf } from './kit/drawer.js'
import { eachEngine } from './kit/engines.js'
import { file, insideSoon } from './kit/nested.js'
import { delay, template, test } from './kit/templates.js'
import { until } from './kit/until.js'

/** Seconds that an operation has here: enough for its steps to begin, also on a machine that has much else to do. */
const allowed = 8
/** Longer than that. */
const tooLong = 60

const endless = (waits: Record<string, number>, value = '1') =>
  test({ value, action_wait_secs: { delete: 0, ...waits } })
const output = { a: { get_attr: ['a', 'output'] } }

eachEngine(
  'an operation whose time is over',
  ({ daemon, name }) => {
    const folder = mkdtempSync(join(tmpdir(), 'hearth-timeouts-'))
    after(() => rmSync(folder, { recursive: true, force: true }))

    const create = (content: unknown, options: StackOptions = {}) => daemon().api().create(name(), content, options)
    async function created(content: unknown): Promise<Stack> {
      const stack = await create(content)
      await stack.reaches('CREATE_COMPLETE')
      return stack
    }
    /** @param late what is updated in the resource `a`. */
    async function updated(late: unknown, options: StackOptions = {}): Promise<Stack> {
      const stack = await created(template({ a: test({ value: '1' }) } as never, output))
      await stack.update(template({ a: late } as never, output), options)
      return stack
    }
    async function restored(): Promise<Stack> {
      const stack = await created(template({ a: endless({ update: tooLong }) }))
      const { snapshot } = (await stack.api.send('POST', `${stack.path}/snapshots`, {})).body
      const { id } = snapshot ?? (await stack.api.get(`${stack.path}/snapshots`)).body.snapshots[0]
      await stack.reaches('SNAPSHOT_COMPLETE')
      await stack.update(template({ a: test({ value: '2' }) }))
      await stack.reaches('UPDATE_COMPLETE')
      await stack.api.send('POST', `${stack.path}/snapshots/${id}/restore`)
      return stack
    }
    async function stubborn(): Promise<Stack> {
      const holding = (text: string) => template({ a: drawerOf(folder, text, { dawdles: 1.5 * allowed }) })
      const stack = await created(holding('one'))
      await stack.update(holding('two'))
      await stack.resourceReaches('a', 'UPDATE_IN_PROGRESS')
      await stack.delete()
      return stack
    }
    async function suspended(): Promise<Stack> {
      // No wait alone is longer than the stack may take, and the second one is under way when the time is over.
      const wait = (more: object = {}) => delay(0.75 * allowed, ['SUSPEND'], more)
      const stack = await created(
        template({ last: wait(), second: wait({ depends_on: 'last' }), first: wait({ depends_on: 'second' }) }),
      )
      await stack.action('suspend')
      return stack
    }
    async function cancelled(): Promise<Stack> {
      const stack = await create(template({ a: endless({ create: -1 }) }))
      await stack.resourceReaches('a', 'CREATE_IN_PROGRESS')
      expect((await stack.action('cancel_without_rollback')).status).to.equal(200)
      return stack
    }
    async function failed(): Promise<Stack> {
      const stack = await create(template({ bad: test({ fail: true }), a: endless({ create: tooLong }) }))
      // The stack says at once what went wrong; what is under way may end well, and is looked after meanwhile.
      await stack.reaches('CREATE_FAILED')
      expect((await stack.resources()).a.resource_status).to.equal('CREATE_IN_PROGRESS')
      return stack
    }

    /** All begin at once, since each takes as long as it may. */
    const begin = {
      create: () => create(template({ a: endless({ create: tooLong }), b: test({}, { depends_on: 'a' }) })),
      createBack: () => create(template({ a: endless({ create: tooLong }) }), { disable_rollback: false }),
      cancelled,
      failed,
      nested: () => {
        const files = { 'inner.yaml': file({ a: endless({ create: tooLong }) }) }
        return create(template({ nest: { type: 'inner.yaml' } }), { files })
      },
      update: () => updated(endless({ update: tooLong }, '2')),
      updateBack: () => updated(endless({ update: tooLong }, '2'), { disable_rollback: false }),
      suspended,
      restored,
      deleted: async () => {
        const stack = await created(template({ a: test({ action_wait_secs: { delete: tooLong } }) }))
        await stack.delete()
        return stack
      },
      stubborn,
    }
    const begun = new Map<keyof typeof begin, Promise<Stack>>()
    const stackOf = (which: keyof typeof begin) => begun.get(which) as Promise<Stack>
    before(async () => {
      for (const [which, work] of Object.entries(begin)) begun.set(which as keyof typeof begin, work())
      await Promise.allSettled(begun.values())
    })
    async function timesOut(which: keyof typeof begin, status: string): Promise<Stack> {
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

    it('is a suspend, a restore or a delete, too', async () => {
      const suspended = await timesOut('suspended', 'SUSPEND_FAILED')
      const states = Object.values(await suspended.resources()).map(({ resource_status }) => resource_status)
      expect(states).to.include('SUSPEND_FAILED')
      const restored = await timesOut('restored', 'RESTORE_FAILED')
      await restored.resourceReaches('a', 'UPDATE_FAILED')
      const deleted = await timesOut('deleted', 'DELETE_FAILED')
      await deleted.resourceReaches('a', 'DELETE_FAILED')
    })

    it('is over in time, also if a step does not heed that it is to stop; a delete that comes later succeeds', async () => {
      const stack = await timesOut('stubborn', 'DELETE_FAILED')
      await until('the stack to be deleted', 20_000, async () => {
        await stack.delete()
        return (await stack.settled()).stack_status === 'DELETE_COMPLETE' ? true : undefined
      })
    })
  },
  { 'DEFAULT:stack_action_timeout': String(allowed) },
)
