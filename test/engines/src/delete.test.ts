import { expect } from 'chai'
import { eachEngine } from './kit/engines.js'
import { aWhile, template, test } from './kit/templates.js'

eachEngine('deleting a stack', ({ daemon, name }) => {
  it('deletes dependents first; the stack stays readable by id, and its name is free', async () => {
    const api = daemon().api()
    const stackName = name()
    const stack = await api.create(stackName, template({ a: test(), b: test({}, { depends_on: 'a' }) }))
    await stack.reaches('CREATE_COMPLETE')
    expect((await stack.delete()).status).to.equal(204)
    const shown = await stack.reaches('DELETE_COMPLETE')
    expect(shown.deletion_time).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    expect((await stack.events()).slice(-6)).to.deep.equal([
      'S DELETE_IN_PROGRESS',
      'b DELETE_IN_PROGRESS',
      'b DELETE_COMPLETE',
      'a DELETE_IN_PROGRESS',
      'a DELETE_COMPLETE',
      'S DELETE_COMPLETE',
    ])
    expect((await api.get(`/stacks/${stackName}`)).status).to.equal(404)
    expect((await stack.delete()).status).to.equal(404)
    await (await api.create(stackName, template({}))).reaches('CREATE_COMPLETE')
  })

  it('stops a create at any moment, also before its steps have parked', async () => {
    const api = daemon().api()
    const waiting = Object.fromEntries(
      Array.from({ length: 10 }, (_, index) => [`r${index}`, test({ wait_secs: 60, action_wait_secs: { delete: 0 } })]),
    )
    await Promise.all(
      Array.from({ length: 8 }, async (_, index) => {
        const stack = await api.create(`${name()}-${index}`, template(waiting))
        await new Promise(resolve => setTimeout(resolve, index * 10))
        expect((await stack.delete()).status).to.equal(204)
        await stack.reaches('DELETE_COMPLETE')
      }),
    )
  })

  it('stops a create that runs, and deletes what there is', async () => {
    const stack = await daemon()
      .api()
      .create(name(), template({ slow: test({ wait_secs: 60, action_wait_secs: { delete: 0 } }), done: test() }))
    await stack.resourceReaches('slow', 'CREATE_IN_PROGRESS')
    expect((await stack.delete()).status).to.equal(204)
    await stack.reaches('DELETE_COMPLETE')
    expect(await stack.events()).to.include.members([
      'S CREATE_FAILED',
      'slow CREATE_FAILED',
      'slow DELETE_COMPLETE',
      'done DELETE_COMPLETE',
    ])
  })

  it('may be asked for twice', async () => {
    const stack = await daemon()
      .api()
      .create(name(), template({ a: test({ action_wait_secs: { delete: aWhile } }) }))
    await stack.reaches('CREATE_COMPLETE')
    expect((await stack.delete()).status).to.equal(204)
    expect((await stack.delete()).status).to.equal(204)
    await stack.reaches('DELETE_COMPLETE')
  })

  it('deletes a stack whose create failed', async () => {
    const stack = await daemon()
      .api()
      .create(name(), template({ a: test({ fail: true }), b: test({}, { depends_on: 'a' }) }))
    await stack.reaches('CREATE_FAILED')
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
  })

  it('leaves alone what is to be retained', async () => {
    const stack = await daemon()
      .api()
      .create(name(), template({ a: test({ action_wait_secs: { delete: 60 } }, { deletion_policy: 'Retain' }) }))
    await stack.reaches('CREATE_COMPLETE')
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE', 5_000)
    expect(await stack.events()).to.include('a DELETE_COMPLETE')
  })
})
