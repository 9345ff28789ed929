import { expect } from 'chai'
import type { Stack } from './kit/api.js'
import { eachEngine } from './kit/engines.js'
import { familySettles, familyStates, file, inside, nesting } from './kit/nested.js'
import { aWhile, delay, template, test, value } from './kit/templates.js'

/** Stacks inside by every type that has some, one of them two levels deep, and what depends on all of them. */
const all = template({
  nest: { type: 'mid.yaml' },
  ...nesting,
  text: { type: 'OS::Heat::Stack', properties: { template: file({ t: test() }) } },
  after: value('last', { depends_on: ['nest', 'group', 'scaled', 'chain', 'text'] }),
})
const files = {
  'mid.yaml': file({ m: test(), low: { type: 'low.yaml', depends_on: 'm' } }),
  'low.yaml': file({ l: test() }),
}
/** Of the tree: five around, one of them two levels deep, and all of their members. */
const mostResources = 15

eachEngine('a tree', ({ daemon, name, engine }) => {
  const act = async (stack: Stack, action: string, status: string): Promise<Record<string, string>> => {
    await stack.action(action)
    await stack.reaches(`${action.toUpperCase()}_${status}`)
    return familyStates(stack)
  }

  it('is suspended, resumed and checked whole, whatever types its stacks are inside of', async () => {
    const stack = await daemon().api().create(name(), all, { files })
    await stack.reaches('CREATE_COMPLETE')
    for (const action of ['suspend', 'resume', 'check']) {
      const states = await act(stack, action, 'COMPLETE')
      expect(Object.keys(states)).to.have.length(mostResources)
      expect(new Set(Object.values(states))).to.deep.equal(new Set([`${action.toUpperCase()}_COMPLETE`]))
    }
    const { events } = (await stack.api.get(`${stack.path}/events?nested_depth=5&sort_dir=asc`)).body
    const told: string[] = events.map(
      (one: { resource_name: string; resource_status: string }) => `${one.resource_name} ${one.resource_status}`,
    )
    const inOrder = (...expected: string[]): void => {
      expect(told.filter(one => expected.includes(one))).to.deep.equal(expected)
    }
    // Dependents first, through all levels; and back the other way.
    inOrder(
      'after SUSPEND_COMPLETE',
      'low SUSPEND_IN_PROGRESS',
      'l SUSPEND_COMPLETE',
      'low SUSPEND_COMPLETE',
      'm SUSPEND_COMPLETE',
      'nest SUSPEND_COMPLETE',
    )
    inOrder(
      'm RESUME_COMPLETE',
      'low RESUME_IN_PROGRESS',
      'l RESUME_COMPLETE',
      'nest RESUME_COMPLETE',
      'after RESUME_COMPLETE',
    )
  })

  it('is found to be wrong where something inside is, with the path to it; the next update mends that', async () => {
    const broken = (fail: boolean) => ({ 'mid.yaml': files['mid.yaml'], 'low.yaml': file({ l: test({ fail }) }) })
    const top = template({ nest: { type: 'mid.yaml' }, beside: test() })
    const stack = await daemon()
      .api()
      .create(name(), top, { files: broken(true) })
    await stack.reaches('CREATE_FAILED')
    await familySettles(stack)
    const states = await act(stack, 'check', 'FAILED')
    expect((await stack.show()).stack_status_reason).to.match(
      /^Resource CHECK failed: nest: .*resources\.nest: low: .*Error: resources\.l: Resource not created$/,
    )
    expect(states).to.deep.include({ '/nest': 'CHECK_FAILED', 'nest/low': 'CHECK_FAILED' })
    await stack.update(top, { files: broken(false) })
    await stack.reaches('UPDATE_COMPLETE')
    expect(Object.values(await act(stack, 'check', 'COMPLETE'))).to.deep.equal(Array(5).fill('CHECK_COMPLETE'))
  })

  it(engine.overlapping ? 'is suspended instead of what runs inside' : 'is not suspended while it works', async () => {
    const slow = (seconds: number) => ({
      'mid.yaml': file({ m: test({ value: `${seconds}`, action_wait_secs: { update: seconds } }) }),
    })
    const top = template({ nest: { type: 'mid.yaml' } })
    const stack = await daemon()
      .api()
      .create(name(), top, { files: slow(0) })
    await stack.reaches('CREATE_COMPLETE')
    await stack.update(top, { files: slow(aWhile) })
    const nested = await inside(stack, 'nest')
    await nested.resourceReaches('m', 'UPDATE_IN_PROGRESS')
    const { status } = await stack.action('suspend')
    expect(status).to.equal(engine.overlapping ? 200 : 409)
    if (engine.overlapping) {
      const { stack_status } = await stack.settled()
      expect(stack_status).to.match(/^SUSPEND_(COMPLETE|FAILED)$/)
    } else await stack.reaches('UPDATE_COMPLETE')
    await familySettles(stack)
  })

  it('is given up inside, too, for a delete on top of its suspend', async () => {
    const slow = { 'mid.yaml': file({ m: delay(60, ['SUSPEND']) }) }
    const stack = await daemon()
      .api()
      .create(name(), template({ nest: { type: 'mid.yaml' } }), { files: slow })
    await stack.reaches('CREATE_COMPLETE')
    const nested = await inside(stack, 'nest')
    await stack.action('suspend')
    await nested.resourceReaches('m', 'SUSPEND_IN_PROGRESS')
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
    expect((await nested.show()).stack_status).to.equal('DELETE_COMPLETE')
  })
})
