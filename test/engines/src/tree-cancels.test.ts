import { expect } from 'chai'
import type { Stack } from './kit/api.js'
import { eachEngine } from './kit/engines.js'
import { familySettles, file, inner, insideSoon, nothingIsLeft, outer } from './kit/nested.js'
import { aWhile, template, test } from './kit/templates.js'

const slow = { 'inner.yaml': inner({ action_wait_secs: { update: aWhile } }) }
const top = (value: string) =>
  template({ mid: { type: 'mid.yaml', properties: { text: value } } }, { said: { get_attr: ['mid', 'said'] } })
const deep = {
  ...slow,
  'mid.yaml': file(
    { low: { type: 'inner.yaml', properties: { text: { get_param: 'text' } } }, more: test({}, { depends_on: 'low' }) },
    { said: { get_attr: ['low', 'said'] } },
    { text: { type: 'string' } },
  ),
}

eachEngine('a cancel while stacks inside work', ({ daemon, name }) => {
  /** Two levels deep, with an update under way in the lowest one. */
  const updating = async (): Promise<{ stack: Stack; low: Stack }> => {
    const stack = await daemon().api().create(name(), top('one'), { files: deep })
    await stack.reaches('CREATE_COMPLETE')
    const low = await insideSoon(await insideSoon(stack, 'mid'), 'low')
    await stack.update(top('two'), { files: deep })
    await low.resourceReaches('a', 'UPDATE_IN_PROGRESS')
    return { stack, low }
  }
  const goes = async (stack: Stack): Promise<void> => {
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
    await nothingIsLeft(stack.api, stack)
  }

  it('with rollback takes all levels back', async () => {
    const { stack, low } = await updating()
    expect((await stack.action('cancel_update')).status).to.equal(200)
    await stack.reaches('ROLLBACK_COMPLETE')
    expect(await stack.outputs()).to.deep.equal({ said: 'one' })
    const states = await familySettles(stack)
    expect(Object.keys(states).sort()).to.deep.equal(['/mid', 'low/a', 'mid/low', 'mid/more'])
    expect((await low.outputs()).said).to.equal('one')
    await goes(stack)
  })

  it('without rollback leaves all levels FAILED and at rest, for the next update to go on from', async () => {
    const { stack, low } = await updating()
    expect((await stack.action('cancel_without_rollback')).status).to.equal(200)
    expect((await stack.reaches('UPDATE_FAILED')).stack_status_reason).to.equal('Stack UPDATE cancelled')
    const states = await familySettles(stack)
    expect(states).to.include({ '/mid': 'UPDATE_FAILED', 'mid/low': 'UPDATE_FAILED' })
    expect((await low.show()).stack_status).to.equal('UPDATE_FAILED')
    const again = await stack.update(top('three'), { files: deep })
    expect(again.status).to.equal(202)
    await stack.reaches('UPDATE_COMPLETE')
    expect(await stack.outputs()).to.deep.equal({ said: 'three' })
    await goes(stack)
  })

  it('of a create begins nothing more at any level, and is deleted whole', async () => {
    const files = { 'inner.yaml': inner({ wait_secs: aWhile }) }
    const content = outer('one')
    const stack = await daemon().api().create(name(), content, { files })
    const nested = await insideSoon(stack, 'nest')
    await nested.resourceReaches('a', 'CREATE_IN_PROGRESS')
    expect((await stack.action('cancel_without_rollback')).status).to.equal(200)
    await stack.reaches('CREATE_FAILED')
    const states = await familySettles(stack)
    expect(states).to.include({ '/nest': 'CREATE_FAILED', '/after': 'INIT_COMPLETE' })
    await goes(stack)
  })

  it('of the stack inside alone fails the resource around it, and the update that waits for that', async () => {
    const { stack, low } = await updating()
    expect((await low.action('cancel_without_rollback')).status).to.equal(200)
    expect((await stack.reaches('UPDATE_FAILED')).stack_status_reason).to.equal(
      'Resource UPDATE failed: resources.mid.resources.low: Stack UPDATE cancelled',
    )
    await familySettles(stack)
    await goes(stack)
  })
})
