import { expect } from 'chai'
import type { Stack } from './kit/api.js'
import { eachEngine } from './kit/engines.js'
import { aWhile, delay, template, test } from './kit/templates.js'

/** Seconds that a step is under way: longer than it takes to begin all of them. */
const long = 4 * aWhile

/** Operations that a daemon is at when it dies: with the resource `a`, in the step of that name, or in another one. */
const operations: readonly {
  readonly action: string
  readonly content: object
  readonly step?: string
  readonly begin: (stack: Stack) => Promise<unknown>
}[] = [
  {
    action: 'UPDATE',
    content: template({ a: test({ value: '1' }) }),
    begin: stack => stack.update(template({ a: test({ value: '2', action_wait_secs: { update: long } }) })),
  },
  {
    action: 'ROLLBACK',
    content: template({ a: test({ value: '1', action_wait_secs: { update: long } }) }),
    step: 'UPDATE',
    begin: stack =>
      stack.update(template({ a: test({ value: '2' }), b: test({ fail: true }, { depends_on: 'a' }) }), {
        disable_rollback: false,
      }),
  },
  {
    action: 'SUSPEND',
    content: template({ a: delay(long, ['SUSPEND']) }),
    begin: stack => stack.action('suspend'),
  },
  {
    action: 'RESUME',
    content: template({ a: delay(long, ['RESUME']) }),
    begin: async stack => {
      await stack.action('suspend')
      await stack.reaches('SUSPEND_COMPLETE')
      await stack.action('resume')
    },
  },
  {
    action: 'DELETE',
    content: template({ a: test({ action_wait_secs: { delete: long } }) }),
    begin: stack => stack.delete(),
  },
]

eachEngine('a daemon that is killed', ({ another, name, engine, creator }) => {
  it(creator.afterCrash === 'resumes' ? 'goes on where it was' : 'leaves the stack FAILED, and usable', async () => {
    const first = await another()
    const stack = await first
      .api()
      .create(name(), template({ slow: test({ wait_secs: 2 }), b: test({}, { depends_on: 'slow' }) }))
    await stack.resourceReaches('slow', 'CREATE_IN_PROGRESS')
    await first.end('SIGKILL')
    const second = await another({ stateDir: first.stateDir })
    const again = second.api().stack(stack.name, stack.id)
    if (creator.afterCrash === 'resumes') {
      await again.reaches('CREATE_COMPLETE')
      expect((await again.events()).filter(event => event.startsWith('slow'))).to.deep.equal([
        'slow CREATE_IN_PROGRESS',
        'slow CREATE_COMPLETE',
      ])
      return
    }
    const shown = await again.reaches('CREATE_FAILED')
    expect(shown.stack_status_reason).to.equal('Engine went down during stack CREATE')
    expect((await again.resources()).slow).to.include({
      resource_status: 'CREATE_FAILED',
      resource_status_reason: 'Engine went down during stack CREATE',
    })
    expect((await again.update(template({ fine: test() }))).status).to.equal(202)
    await again.reaches('UPDATE_COMPLETE')
  })

  it(
    engine.afterCrash === 'resumes' ? 'goes on with whatever it was at' : 'leaves it FAILED, and usable',
    async function () {
      this.timeout(120_000)
      const first = await another()
      const begun = await Promise.all(
        operations.map(async ({ action, content, step = action, begin }) => {
          const stack = await first.api().create(name(), content)
          await stack.reaches('CREATE_COMPLETE')
          await begin(stack)
          await stack.reaches(`${action}_IN_PROGRESS`)
          await stack.resourceReaches('a', `${step}_IN_PROGRESS`)
          return { action, step, stack }
        }),
      )
      await first.end('SIGKILL')
      const second = await another({ stateDir: first.stateDir })
      for (const { action, step, stack } of begun) {
        const again = second.api().stack(stack.name, stack.id)
        if (engine.afterCrash === 'resumes') {
          await again.reaches(`${action}_COMPLETE`)
          continue
        }
        const shown = await again.reaches(`${action}_FAILED`)
        expect(shown.stack_status_reason).to.equal(`Engine went down during stack ${action}`)
        if (step === 'UPDATE') {
          expect((await again.update(template({ fresh: test() }))).status).to.equal(202)
          await again.reaches('UPDATE_COMPLETE')
        } else {
          expect((await again.delete()).status).to.equal(204)
          await again.reaches('DELETE_COMPLETE')
        }
      }
    },
  )

  it('loses no stack that was complete, nor its values', async () => {
    const first = await another()
    const stack = await first
      .api()
      .create(name(), template({ a: { type: 'OS::Heat::RandomString' } }, { a: { get_attr: ['a', 'value'] } }))
    await stack.reaches('CREATE_COMPLETE')
    const before = await stack.outputs()
    await first.end('SIGKILL')
    const second = await another({ stateDir: first.stateDir })
    expect(await second.api().stack(stack.name, stack.id).outputs()).to.deep.equal(before)
  })
})
