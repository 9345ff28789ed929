import { expect } from 'chai'
import type { Stack } from './kit/api.js'
import { drawerOf } from './kit/drawer.js'
import { eachEngine } from './kit/engines.js'
import { temporaryFolder } from './kit/state.js'
import { aWhile, delay, long, random, template, test } from './kit/templates.js'

const folder = temporaryFolder()

/** What a daemon is at when it dies: with the resource `a`, in the step of that name, or in another one. */
const operations: readonly {
  readonly action: string
  readonly content: object
  readonly step?: string
  /** Before it, once the stack is created. */
  readonly first?: (stack: Stack) => Promise<unknown>
  readonly begin: (stack: Stack) => Promise<unknown>
}[] = [
  {
    action: 'UPDATE',
    content: template({ a: test({ value: '1' }) }),
    begin: stack => stack.update(template({ a: test({ value: '2', action_wait_secs: { update: long } }) })),
  },
  {
    action: 'UPDATE',
    content: template({ a: test({ update_replace_value: '1' }) }),
    step: 'CREATE',
    begin: stack => stack.update(template({ a: test({ update_replace_value: '2', wait_secs: long }) })),
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
    first: async stack => {
      await stack.action('suspend')
      await stack.reaches('SUSPEND_COMPLETE')
    },
    begin: stack => stack.action('resume'),
  },
  {
    action: 'CHECK',
    content: template({ a: drawerOf(folder, 'text', { dawdles: 2 * aWhile }) }),
    begin: stack => stack.action('check'),
  },
  {
    action: 'DELETE',
    content: template({ a: test({ action_wait_secs: { delete: long } }) }),
    begin: stack => stack.delete(),
  },
]

eachEngine('a daemon that is killed', ({ name, engine, creator, whenKilled }) => {
  whenKilled(
    creator.afterCrash === 'resumes' ? 'goes on with a CREATE where it was' : 'leaves a CREATE FAILED, and usable',
    async first => {
      let stack: Stack
      return {
        last: async () => {
          const content = template({ slow: test({ wait_secs: long }), b: test({}, { depends_on: 'slow' }) })
          stack = await first.api().create(name(), content)
          await stack.resourceReaches('slow', 'CREATE_IN_PROGRESS')
        },
        afterwards: async second => {
          const again = second.api().again(stack)
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
        },
      }
    },
  )

  for (const { action, content, step = action, first, begin } of operations) {
    whenKilled(
      engine.afterCrash === 'resumes' ? `goes on with a ${action}` : `leaves a ${action} FAILED, and the stack usable`,
      async daemon => {
        const stack = await daemon.api().create(name(), content)
        await stack.reaches('CREATE_COMPLETE')
        await first?.(stack)
        return {
          last: async () => {
            await begin(stack)
            await stack.reaches(`${action}_IN_PROGRESS`)
            await stack.resourceReaches('a', `${step}_IN_PROGRESS`)
          },
          afterwards: async next => {
            const again = next.api().again(stack)
            if (engine.afterCrash === 'resumes') {
              await again.reaches(`${action}_COMPLETE`)
              return
            }
            const shown = await again.reaches(`${action}_FAILED`)
            expect(shown.stack_status_reason).to.equal(`Engine went down during stack ${action}`)
            expect((await again.resources()).a.resource_status).to.equal(`${step}_FAILED`)
            if (step === 'UPDATE') {
              expect((await again.update(template({ fresh: test() }))).status).to.equal(202)
              await again.reaches('UPDATE_COMPLETE')
            } else {
              expect((await again.delete()).status).to.equal(204)
              await again.reaches('DELETE_COMPLETE')
            }
          },
        }
      },
    )
  }

  whenKilled('loses no stack that was complete, nor its values', async first => {
    const stack = await first.api().create(name(), template({ a: random() }, { a: { get_attr: ['a', 'value'] } }))
    await stack.reaches('CREATE_COMPLETE')
    const before = await stack.outputs()
    return {
      afterwards: async second => {
        expect(await second.api().again(stack).outputs()).to.deep.equal(before)
      },
    }
  })
})
