import { expect } from 'chai'
import { eachEngine } from './kit/engines.js'
import { template, test } from './kit/templates.js'

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

  it(engine.afterCrash === 'resumes' ? 'goes on with an update' : 'leaves an update FAILED, and usable', async () => {
    const first = await another()
    const stack = await first.api().create(name(), template({ a: test({ value: '1' }) }))
    await stack.reaches('CREATE_COMPLETE')
    await stack.update(template({ a: test({ value: '2', action_wait_secs: { update: 2 } }) }))
    await stack.resourceReaches('a', 'UPDATE_IN_PROGRESS')
    await first.end('SIGKILL')
    const second = await another({ stateDir: first.stateDir })
    const again = second.api().stack(stack.name, stack.id)
    if (engine.afterCrash === 'resumes') {
      await again.reaches('UPDATE_COMPLETE')
    } else {
      const shown = await again.reaches('UPDATE_FAILED')
      expect(shown.stack_status_reason).to.equal('Engine went down during stack UPDATE')
      expect((await again.update(template({ a: test({ value: '3' }) }))).status).to.equal(202)
      await again.reaches('UPDATE_COMPLETE')
    }
  })

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
