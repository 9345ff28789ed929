import { expect } from 'chai'
import type { Body } from './kit/api.js'
import { eachEngine, type Kit } from './kit/engines.js'
import { random, template, test, value } from './kit/templates.js'

/** A stack that has been created. */
async function created({ daemon, name }: Kit, ...args: Parameters<typeof template>) {
  const stack = await daemon()
    .api()
    .create(name(), template(...args))
  await stack.reaches('CREATE_COMPLETE')
  return stack
}

eachEngine('updating a stack', kit => {
  it('changes a resource in place, and leaves the others alone', async () => {
    const stack = await created(kit, { a: test({ value: '1' }), b: test({ value: 'same' }) })
    const before = await stack.resources()
    expect((await stack.update(template({ a: test({ value: '2' }), b: test({ value: 'same' }) }))).status).to.equal(202)
    const shown = await stack.reaches('UPDATE_COMPLETE')
    expect(shown.stack_status_reason).to.equal('Stack UPDATE completed successfully')
    const after = await stack.resources()
    expect(after.a.physical_resource_id).to.equal(before.a.physical_resource_id)
    expect(after.a.resource_status).to.equal('UPDATE_COMPLETE')
    expect(after.b).to.deep.equal(before.b)
    expect((await stack.events()).slice(-4)).to.deep.equal([
      'S UPDATE_IN_PROGRESS',
      'a UPDATE_IN_PROGRESS',
      'a UPDATE_COMPLETE',
      'S UPDATE_COMPLETE',
    ])
  })

  it('replaces a resource that cannot change in place: the new one first, then its dependents, then the old one', async () => {
    const of = (replaceValue: string) => ({
      a: test({ update_replace_value: replaceValue }),
      b: value({ get_resource: 'a' }),
    })
    const stack = await created(kit, of('1'))
    const before = await stack.resources()
    await stack.update(template(of('2')))
    await stack.reaches('UPDATE_COMPLETE')
    const after = await stack.resources()
    expect(after.a.physical_resource_id).not.to.equal(before.a.physical_resource_id)
    expect(after.b.physical_resource_id).to.equal(before.b.physical_resource_id)
    expect((await stack.events()).slice(-10)).to.deep.equal([
      'S UPDATE_IN_PROGRESS',
      'a UPDATE_IN_PROGRESS',
      'a UPDATE_COMPLETE',
      'a CREATE_IN_PROGRESS',
      'a CREATE_COMPLETE',
      'b UPDATE_IN_PROGRESS',
      'b UPDATE_COMPLETE',
      'a DELETE_IN_PROGRESS',
      'a DELETE_COMPLETE',
      'S UPDATE_COMPLETE',
    ])
    const { events } = (await stack.api.get(`${stack.path}/resources/a/events?sort_dir=asc`)).body
    const replacing = events.find((event: { resource_status: string }) => event.resource_status === 'UPDATE_COMPLETE')
    expect(replacing.resource_status_reason).to.equal('The Resource a requires replacement.')
  })

  it('adds what is new and deletes what is gone', async () => {
    const stack = await created(kit, { keep: test(), gone: test({}, { depends_on: 'keep' }) })
    await stack.update(template({ keep: test(), fresh: test() }))
    await stack.reaches('UPDATE_COMPLETE')
    expect(Object.keys(await stack.resources())).to.have.members(['keep', 'fresh'])
    const events = (await stack.events()).slice(7)
    expect(events).to.include.members(['fresh CREATE_COMPLETE', 'gone DELETE_COMPLETE'])
    expect(events.some(event => event.startsWith('keep'))).to.equal(false)
  })

  it('does nothing when nothing differs', async () => {
    const same = { a: test({ value: 'x' }), v: value('y'), r: random() }
    const stack = await created(kit, same, { r: { get_attr: ['r', 'value'] } })
    const before = { resources: await stack.resources(), outputs: await stack.outputs() }
    await stack.update(template(same, { r: { get_attr: ['r', 'value'] } }))
    await stack.reaches('UPDATE_COMPLETE')
    expect({ resources: await stack.resources(), outputs: await stack.outputs() }).to.deep.equal(before)
    expect((await stack.events()).slice(-2)).to.deep.equal(['S UPDATE_IN_PROGRESS', 'S UPDATE_COMPLETE'])
  })

  it('carries a change through everything that reads it', async () => {
    const chain = (first: string) => ({
      a: value(first),
      b: value({ get_attr: ['a', 'value'] }),
      c: test({ value: { get_attr: ['b', 'value'] } }),
    })
    const stack = await created(kit, chain('one'), { c: { get_attr: ['c', 'output'] } })
    await stack.update(template(chain('two'), { c: { get_attr: ['c', 'output'] } }))
    await stack.reaches('UPDATE_COMPLETE')
    expect(await stack.outputs()).to.deep.equal({ c: 'two' })
  })

  it('replaces a resource whose type changes', async () => {
    const stack = await created(kit, { a: test({ value: 'x' }) })
    await stack.update(template({ a: value('x') }))
    await stack.reaches('UPDATE_COMPLETE')
    const { a } = await stack.resources()
    expect(a.resource_type).to.equal('OS::Heat::Value')
    expect((await stack.events()).slice(-5)).to.deep.equal([
      'a CREATE_IN_PROGRESS',
      'a CREATE_COMPLETE',
      'a DELETE_IN_PROGRESS',
      'a DELETE_COMPLETE',
      'S UPDATE_COMPLETE',
    ])
  })

  it('keeps what is stored where a PATCH is silent', async () => {
    const withParameter = {
      ...template({ a: test({ value: { get_param: 'p' } }) }, { o: { get_attr: ['a', 'output'] } }),
      parameters: { p: { type: 'string', default: 'default' }, q: { type: 'string', default: 'other' } },
    }
    const stack = await kit
      .daemon()
      .api()
      .create(kit.name(), withParameter, { parameters: { p: 'given', q: 'kept' }, tags: 'x,y' })
    await stack.reaches('CREATE_COMPLETE')
    expect((await stack.api.send('PATCH', stack.path, { parameters: { p: 'patched' } })).status).to.equal(202)
    const shown = await stack.reaches('UPDATE_COMPLETE')
    expect(shown.parameters).to.include({ p: 'patched', q: 'kept' })
    expect(shown.tags).to.deep.equal(['x', 'y'])
    expect(await stack.outputs()).to.deep.equal({ o: 'patched' })
    await stack.api.send('PATCH', stack.path, { clear_parameters: ['p'] })
    await stack.reaches('UPDATE_COMPLETE')
    expect((await stack.show()).parameters).to.include({ p: 'default', q: 'kept' })
  })

  it('previews what it then does', async () => {
    const stack = await created(kit, {
      same: test(),
      changed: test({ value: '1' }),
      replaced: test({ update_replace_value: '1' }),
      gone: test(),
    })
    const next = template({
      same: test(),
      changed: test({ value: '2' }),
      replaced: test({ update_replace_value: '2' }),
      fresh: test(),
    })
    const preview = await stack.api.send('PUT', `${stack.path}/preview`, { template: next })
    expect(preview.status).to.equal(200)
    const names = Object.fromEntries(
      Object.entries(preview.body.resource_changes).map(([kind, list]) => [
        kind,
        (list as { resource_name: string }[]).map(resource => resource.resource_name),
      ]),
    )
    expect(names).to.deep.equal({
      unchanged: ['same'],
      updated: ['changed'],
      replaced: ['replaced'],
      added: ['fresh'],
      deleted: ['gone'],
    })
    expect(await stack.show()).to.include({ stack_status: 'CREATE_COMPLETE' })
  })
})

eachEngine('an update that fails', kit => {
  it('leaves the stack UPDATE_FAILED; the next update replaces what failed', async () => {
    const stack = await created(kit, { a: test({ value: '1' }) })
    const before = await stack.resources()
    await stack.update(template({ a: test({ value: '2', fail: true }) }))
    const shown = await stack.reaches('UPDATE_FAILED')
    expect(shown.stack_status_reason).to.equal(
      'Resource UPDATE failed: ValueError: resources.a: Test Resource failed a',
    )
    await stack.update(template({ a: test({ value: '3' }) }))
    await stack.reaches('UPDATE_COMPLETE')
    const after = await stack.resources()
    expect(after.a.physical_resource_id).not.to.equal(before.a.physical_resource_id)
    expect(Object.keys(after)).to.deep.equal(['a'])
  })

  it('rolls back to the template before, when rollback is on', async () => {
    const before = { a: test({ value: '1' }), b: test({ value: 'b' }) }
    const stack = await created(kit, before, { a: { get_attr: ['a', 'output'] } })
    await stack.update(
      template({ a: test({ value: '2' }), b: test({ value: 'b2', fail: true }, { depends_on: 'a' }), c: test() }),
      { disable_rollback: false },
    )
    await stack.reaches('ROLLBACK_COMPLETE')
    expect(await stack.outputs()).to.deep.equal({ a: '1' })
    expect(Object.keys(await stack.resources())).to.have.members(['a', 'b'])
    const events = await stack.events()
    expect(events).to.include.members(['S UPDATE_FAILED', 'S ROLLBACK_IN_PROGRESS'])
    expect(events.indexOf('S UPDATE_FAILED')).to.be.lessThan(events.indexOf('S ROLLBACK_IN_PROGRESS'))
    expect((await stack.api.get(`${stack.path}/template`)).body.resources).to.have.keys('a', 'b')
  })

  it('finds the original again when it goes back by hand after a replacement that failed', async () => {
    const stack = await created(kit, { a: test({ update_replace_value: '1' }) })
    const before = await stack.resources()
    await stack.update(template({ a: test({ update_replace_value: '2', fail: true }) }))
    await stack.reaches('UPDATE_FAILED')
    // What has failed is what is shown, though the original is there yet.
    const failed = (await stack.api.get(`${stack.path}/resources?status=FAILED`)).body.resources
    expect(failed.map((one: Body) => `${one.resource_name} ${one.resource_status}`)).to.deep.equal(['a CREATE_FAILED'])
    expect((await stack.api.get(`${stack.path}/resources/a`)).body.resource.resource_status_reason).to.contain(
      'failed a',
    )
    await stack.update(template({ a: test({ update_replace_value: '1' }), b: test({ fail: true }) }))
    await stack.reaches('UPDATE_FAILED')
    expect((await stack.resources()).a.physical_resource_id).to.equal(before.a.physical_resource_id)
    await stack.update(template({ a: test({ update_replace_value: '1' }) }))
    await stack.reaches('UPDATE_COMPLETE')
    expect((await stack.resources()).a.physical_resource_id).to.equal(before.a.physical_resource_id)
  })

  it('is refused with nothing changed when the template is wrong', async () => {
    const stack = await created(kit, { a: test() })
    const before = await stack.show()
    const answer = await stack.update(template({ a: test({ vaule: 'x' }) }))
    expect(answer.status).to.equal(400)
    expect(answer.body.error.message).to.match(/resources\.a\.properties.*Unknown Property vaule/)
    expect(await stack.show()).to.deep.equal(before)
  })
})
