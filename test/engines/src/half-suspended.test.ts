import { expect } from 'chai'
import type { Stack } from './kit/api.js'
import { eachEngine } from './kit/engines.js'
import { familySettles, familyStates, file, inside, nesting } from './kit/nested.js'
import { template, test, value } from './kit/templates.js'

/** Stacks inside by every type that has some, all on one resource. */
const all = template({
  low: test(),
  nest: { type: 'mid.yaml', depends_on: 'low' },
  ...Object.fromEntries(Object.entries(nesting).map(([name, one]) => [name, { ...one, depends_on: 'low' }])),
  after: value('last', { depends_on: ['nest', 'group', 'scaled', 'chain'] }),
})
const files = {
  'mid.yaml': file({ m: test(), deep: { type: 'deep.yaml', depends_on: 'm' } }),
  'deep.yaml': file({ d: test() }),
}

eachEngine('a suspend that fails half way', ({ daemon, name }) => {
  const act = async (stack: Stack, action: string, status: string): Promise<string> => {
    expect((await stack.action(action)).status).to.equal(200)
    return (await stack.reaches(`${action.toUpperCase()}_${status}`)).stack_status_reason
  }
  const unwell = (stack: Stack, resource: string) =>
    stack.api.send('PATCH', `${stack.path}/resources/${resource}`, { mark_unhealthy: true })

  it('is undone by a resume, through all levels, which passes over what is not suspended', async () => {
    const stack = await daemon().api().create(name(), all, { files })
    await stack.reaches('CREATE_COMPLETE')

    // Dependents first: all but the one that everything is on.
    await unwell(stack, 'low')
    const refused = "Error: resources.low: State ('CHECK', 'FAILED') invalid for suspend"
    expect(await act(stack, 'suspend', 'FAILED')).to.equal(`Resource SUSPEND failed: ${refused}`)
    const { '/low': low, ...others } = await familyStates(stack)
    expect(low).to.equal('CHECK_FAILED')
    expect(new Set(Object.values(others))).to.deep.equal(new Set(['SUSPEND_COMPLETE']))
    expect((await stack.update(all, { files })).status).to.equal(400)
    expect(await act(stack, 'resume', 'COMPLETE')).to.equal(
      'Stack RESUME completed successfully. The last change of the stack was not completed (see resources)',
    )
    const { '/low': still, ...resumed } = await familyStates(stack)
    expect(still).to.equal('CHECK_FAILED')
    expect(new Set(Object.values(resumed))).to.deep.equal(new Set(['RESUME_COMPLETE']))

    // And within a stack inside, whose own resources are suspended half way.
    await stack.update(all, { files })
    await stack.reaches('UPDATE_COMPLETE')
    await unwell(await inside(stack, 'nest'), 'm')
    expect(await act(stack, 'suspend', 'FAILED')).to.contain("resources.nest.resources.m: State ('CHECK', 'FAILED')")
    expect(await familySettles(stack)).to.include({ '/nest': 'SUSPEND_FAILED', 'nest/deep': 'SUSPEND_COMPLETE' })
    await act(stack, 'resume', 'COMPLETE')
    expect(await familyStates(stack)).to.include({
      '/nest': 'RESUME_COMPLETE',
      'nest/m': 'CHECK_FAILED',
      'nest/deep': 'RESUME_COMPLETE',
      'deep/d': 'RESUME_COMPLETE',
    })
    await stack.update(all, { files })
    await stack.reaches('UPDATE_COMPLETE')
    for (const state of Object.values(await familyStates(stack))) {
      expect(state).to.match(/^(CREATE|UPDATE|RESUME)_COMPLETE$/)
    }
  })
})
