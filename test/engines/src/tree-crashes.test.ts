import { expect } from 'chai'
import type { Stack } from './kit/api.js'
import { eachEngine } from './kit/engines.js'
import { familySettles, file, insideSoon, nothingIsLeft } from './kit/nested.js'
import { delay, long, template, test } from './kit/templates.js'

const top = (resources: Parameters<typeof template>[0] = {}) => template({ mid: { type: 'mid.yaml' }, ...resources })
/** Two levels, with this at the bottom. */
const files = (bottom: object) => ({
  'mid.yaml': file({ low: { type: 'low.yaml' }, more: test({}, { depends_on: 'low' }) }),
  'low.yaml': file({ a: bottom }),
})

/** What is at work in the lowest stack, in its resource `a`, when the daemon dies. */
const operations: readonly {
  readonly action: string
  /** Of `a`, where it is another one. */
  readonly step?: string
  readonly before?: object
  readonly begin: (stack: Stack) => Promise<unknown>
}[] = [
  { action: 'CREATE', begin: async () => undefined },
  {
    action: 'UPDATE',
    before: test({ value: '1' }),
    begin: stack => stack.update(top(), { files: files(test({ value: '2', action_wait_secs: { update: long } })) }),
  },
  {
    action: 'ROLLBACK',
    step: 'UPDATE',
    before: test({ value: '1', action_wait_secs: { update: long } }),
    begin: stack =>
      stack.update(top({ bad: test({ fail: true }, { depends_on: 'mid' }) }), {
        files: files(test({ value: '2' })),
        disable_rollback: false,
      }),
  },
  { action: 'SUSPEND', before: delay(long, ['SUSPEND']), begin: stack => stack.action('suspend') },
  {
    action: 'DELETE',
    before: test({ action_wait_secs: { delete: long } }),
    begin: stack => stack.delete(),
  },
]

eachEngine('a daemon that is killed while stacks inside work', ({ another, name, engine }) => {
  const resumes = engine.afterCrash === 'resumes'

  it(resumes ? 'goes on at every level' : 'leaves every level FAILED, and usable', async function () {
    this.timeout(120_000)
    const first = await another()
    const create = (bottom: object) =>
      first.api().create(name(), top(), { files: files(bottom), disable_rollback: true })
    const ready = await Promise.all(
      operations.map(async ({ before, ...operation }) => {
        const made = before && (await create(before))
        await made?.reaches('CREATE_COMPLETE')
        return { ...operation, made }
      }),
    )
    // All at once: none is over before the last has begun.
    const begun = await Promise.all(
      ready.map(async ({ action, step = action, made, begin }) => {
        const stack = made ?? (await create(test({ wait_secs: long })))
        await begin(stack)
        await stack.reaches(`${action}_IN_PROGRESS`)
        const low = await insideSoon(await insideSoon(stack, 'mid'), 'low')
        await low.resourceReaches('a', `${step}_IN_PROGRESS`)
        return { action, stack, low }
      }),
    )
    // None has come to its end meanwhile.
    for (const { action, stack } of begun) expect((await stack.show()).stack_status).to.equal(`${action}_IN_PROGRESS`)
    await first.end('SIGKILL')
    const api = (await another({ stateDir: first.stateDir })).api()
    const settles = async ({ action, stack, low }: (typeof begun)[number]): Promise<void> => {
      const again = api.again(stack)
      const shown = await again.reaches(`${action}_${resumes ? 'COMPLETE' : 'FAILED'}`)
      if (!resumes) expect(shown.stack_status_reason).to.equal(`Engine went down during stack ${action}`)
      const inside = api.again(low)
      expect((await inside.settled()).stack_status).to.match(resumes ? /_COMPLETE$/ : /_FAILED$/)
      if (action === 'DELETE' && resumes) {
        await nothingIsLeft(api, again)
        return
      }
      await familySettles(again)
      if (action !== 'DELETE' && action !== 'SUSPEND') {
        await again.update(top(), { files: files(test({ value: 'mended' })) })
        await again.reaches('UPDATE_COMPLETE')
        expect((await insideSoon(again, 'mid')).id).to.equal((await inside.show()).parent)
      }
      await again.delete()
      await again.reaches('DELETE_COMPLETE')
      await nothingIsLeft(api, again)
    }
    await Promise.all(begun.map(settles))
  })
})
