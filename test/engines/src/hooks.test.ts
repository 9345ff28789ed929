import { expect } from 'chai'
import { eachEngine } from './kit/engines.js'
import { clear, hookEvents, hooksAt, pausedAt } from './kit/hooks.js'
import { file, inside, insideSoon } from './kit/nested.js'
import { template, test, value } from './kit/templates.js'
import { until } from './kit/until.js'

eachEngine('a hook', ({ daemon, name, engine, creator, whenKilled }) => {
  const pair = (text = '1') => ({ a: test({ value: text }), b: value({ get_attr: ['a', 'output'] }) })

  it('stops a create before and after, until a signal clears it', async () => {
    const stack = await daemon()
      .api()
      .create(name(), template(pair()), { environment: hooksAt(['pre-create', 'post-create']) })
    await pausedAt(stack, 'a', 'pre-create')
    expect((await stack.resources()).a.resource_status).to.equal('INIT_COMPLETE')
    expect((await clear(stack, 'a', 'post-create')).status).to.equal(400)
    expect(await clear(stack, 'a', 'pre-create')).to.include({ status: 200, body: null })
    await pausedAt(stack, 'a', 'post-create')
    const between = await stack.resources()
    expect([between.a.resource_status, between.b.resource_status]).to.deep.equal(['CREATE_COMPLETE', 'INIT_COMPLETE'])
    await clear(stack, 'a', 'post-create')
    await stack.reaches('CREATE_COMPLETE')
    expect(await hookEvents(stack)).to.deep.equal([
      'a INIT_COMPLETE: CREATE paused until Hook pre-create is cleared',
      'a INIT_COMPLETE: Hook pre-create is cleared',
      'a CREATE_COMPLETE: CREATE paused until Hook post-create is cleared',
      'a CREATE_COMPLETE: Hook post-create is cleared',
    ])
  })

  it('stops an update of what it visits, changed or not, and after a change', async () => {
    const environment = hooksAt(['pre-update', 'post-update'], '[ab]')
    const stack = await daemon().api().create(name(), template(pair()), { environment })
    await stack.reaches('CREATE_COMPLETE')
    await stack.update(template(pair()), { environment })
    await pausedAt(stack, 'a', 'pre-update')
    await clear(stack, 'a', 'pre-update')
    await until('the second pause', 10_000, async () => ((await hookEvents(stack)).length === 3 ? true : undefined))
    await clear(stack, 'b', 'pre-update')
    await stack.reaches('UPDATE_COMPLETE')
    expect((await stack.resources()).a.resource_status).to.equal('CREATE_COMPLETE')

    await stack.update(template({ a: test({ value: '2' }) }), { environment: hooksAt('post-update') })
    await pausedAt(stack, 'a', 'post-update')
    expect((await stack.resources()).a.resource_status).to.equal('UPDATE_COMPLETE')
    await clear(stack, 'a', 'post-update')
    await stack.reaches('UPDATE_COMPLETE')
  })

  it('stops a delete before and after', async () => {
    const stack = await daemon()
      .api()
      .create(name(), template(pair()), { environment: hooksAt(['pre-delete', 'post-delete'], '*') })
    await stack.reaches('CREATE_COMPLETE')
    await stack.delete()
    for (const resource of ['b', 'a']) {
      for (const hook of ['pre-delete', 'post-delete']) {
        await pausedAt(stack, resource, hook)
        expect((await clear(stack, resource, hook)).status).to.equal(200)
      }
    }
    await stack.reaches('DELETE_COMPLETE')
    expect((await hookEvents(stack)).slice(0, 4)).to.deep.equal([
      'b CREATE_COMPLETE: DELETE paused until Hook pre-delete is cleared',
      'b CREATE_COMPLETE: Hook pre-delete is cleared',
      'b DELETE_COMPLETE: DELETE paused until Hook post-delete is cleared',
      'b DELETE_COMPLETE: Hook post-delete is cleared',
    ])
  })

  it('is left when the operation is cancelled, and when a delete comes', async () => {
    const stack = await daemon()
      .api()
      .create(name(), template(pair()), { environment: hooksAt('pre-update') })
    await stack.reaches('CREATE_COMPLETE')
    await stack.update(template(pair('2')), { environment: hooksAt('pre-update') })
    await pausedAt(stack, 'a', 'pre-update')
    expect((await stack.action('cancel_without_rollback')).status).to.equal(200)
    await stack.reaches('UPDATE_FAILED')
    expect((await hookEvents(stack)).at(-1)).to.equal('a CREATE_COMPLETE: Failure occurred while waiting.')
    expect((await clear(stack, 'a', 'pre-update')).status).to.equal(400)
    // Another update stops there again.
    await until('the stack to be free', 5000, async () =>
      (await stack.update(template(pair('3')), { environment: hooksAt('pre-update') })).status === 202
        ? true
        : undefined,
    )
    await pausedAt(stack, 'a', 'pre-update')
    if (engine.overlapping) await stack.update(template(pair('4')))
    else await clear(stack, 'a', 'pre-update')
    await stack.reaches('UPDATE_COMPLETE')

    await stack.update(template(pair('5')), { environment: hooksAt('pre-update') })
    await pausedAt(stack, 'a', 'pre-update')
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
  })

  it('stops what touches nothing but rows', async () => {
    const stack = await daemon()
      .api()
      .create(name(), template({ a: value('1'), b: value({ get_attr: ['a', 'value'] }) }), {
        environment: hooksAt(['pre-create', 'post-create'], '*'),
      })
    for (const resource of ['a', 'b']) {
      for (const hook of ['pre-create', 'post-create']) {
        await pausedAt(stack, resource, hook)
        expect((await clear(stack, resource, hook)).status).to.equal(200)
      }
    }
    await stack.reaches('CREATE_COMPLETE')
  })

  it('is left at once by a rollback, also after a change', async () => {
    const stack = await daemon().api().create(name(), template(pair()))
    await stack.reaches('CREATE_COMPLETE')
    await stack.update(template(pair('2')), { environment: hooksAt('post-update') })
    await pausedAt(stack, 'a', 'post-update')
    expect((await stack.action('cancel_update')).status).to.equal(200)
    await stack.reaches('ROLLBACK_COMPLETE', 5000)
    expect((await clear(stack, 'a', 'post-update')).status).to.equal(400)
  })

  it('does not hold a step that ends after its operation', async () => {
    const stack = await daemon().api().create(name(), template(pair()))
    await stack.reaches('CREATE_COMPLETE')
    const slow = { a: test({ value: '2', action_wait_secs: { update: 0.5 } }) }
    await stack.update(template(slow), { environment: hooksAt('post-update') })
    await stack.resourceReaches('a', 'UPDATE_IN_PROGRESS')
    expect((await stack.action('cancel_without_rollback')).status).to.equal(200)
    await stack.resourceReaches('a', 'UPDATE_COMPLETE')
    await stack.reaches('UPDATE_FAILED', 5000)
    await until('the stack to be free', 5000, async () =>
      (await stack.update(template(pair('3')))).status === 202 ? true : undefined,
    )
    await stack.reaches('UPDATE_COMPLETE', 5000)
    expect((await clear(stack, 'a', 'post-update')).status).to.equal(400)
  })

  it('of a stack inside is given by nested names', async () => {
    const hooks = ['pre-create', 'pre-update', 'pre-delete']
    const environment = { resource_registry: { resources: { 'n*': { a: { hooks } } } } }
    const files = { 'inner.yaml': file({ a: test() }) }
    const content = template({ nest: { type: 'inner.yaml' }, a: test() })
    const stack = await daemon().api().create(name(), content, { environment, files })
    const nested = await insideSoon(stack, 'nest')
    await pausedAt(nested, 'a', 'pre-create')
    await stack.resourceReaches('a', 'CREATE_COMPLETE')
    expect((await clear(nested, 'a', 'pre-create')).status).to.equal(200)
    await stack.reaches('CREATE_COMPLETE')

    await stack.update(content, { environment, files })
    await pausedAt(nested, 'a', 'pre-update')
    expect((await clear(nested, 'a', 'pre-update')).status).to.equal(200)
    await stack.reaches('UPDATE_COMPLETE')

    await stack.update(content, { environment, files })
    await until('a second pause', 10_000, async () => ((await hookEvents(nested)).length === 5 ? true : undefined))
    expect((await stack.action('cancel_without_rollback')).status).to.equal(200)
    await stack.reaches('UPDATE_FAILED')
    await nested.reaches('UPDATE_FAILED')
    expect((await hookEvents(nested)).at(-1)).to.equal('a CREATE_COMPLETE: Failure occurred while waiting.')

    await stack.delete()
    await pausedAt(nested, 'a', 'pre-delete')
    expect((await clear(nested, 'a', 'pre-delete')).status).to.equal(200)
    await stack.reaches('DELETE_COMPLETE')
  })

  it('of a resource with a stack inside stops before that is there, and once it is ready or gone', async () => {
    const files = { 'inner.yaml': file({ a: test() }, { said: 'so' }) }
    const content = template({ nest: { type: 'inner.yaml' }, b: value({ get_attr: ['nest', 'said'] }) })
    const environment = hooksAt(['pre-create', 'post-create', 'pre-delete', 'post-delete'], 'nest')
    const stack = await daemon().api().create(name(), content, { environment, files })
    await pausedAt(stack, 'nest', 'pre-create')
    const { stacks } = (await stack.api.get('/stacks?show_nested=true')).body
    expect(stacks.filter((one: { parent: string }) => one.parent === stack.id)).to.deep.equal([])
    await clear(stack, 'nest', 'pre-create')
    await pausedAt(stack, 'nest', 'post-create')
    const nested = await inside(stack, 'nest')
    expect((await nested.show()).stack_status).to.equal('CREATE_COMPLETE')
    expect((await stack.resources()).b.resource_status).to.equal('INIT_COMPLETE')
    await clear(stack, 'nest', 'post-create')
    await stack.reaches('CREATE_COMPLETE')

    await stack.delete()
    await pausedAt(stack, 'nest', 'pre-delete')
    expect((await nested.show()).stack_status).to.equal('CREATE_COMPLETE')
    await clear(stack, 'nest', 'pre-delete')
    await pausedAt(stack, 'nest', 'post-delete')
    expect((await nested.show()).stack_status).to.equal('DELETE_COMPLETE')
    await clear(stack, 'nest', 'post-delete')
    await stack.reaches('DELETE_COMPLETE')
  })

  whenKilled('holds a step across a crash, or is left with it', async first => {
    const stack = await first.api().create(name(), template(pair()), { environment: hooksAt('pre-create') })
    await pausedAt(stack, 'a', 'pre-create')
    return {
      afterwards: async second => {
        const again = second.api().again(stack)
        if (creator.afterCrash === 'resumes') {
          expect((await again.show()).stack_status).to.equal('CREATE_IN_PROGRESS')
          expect((await clear(again, 'a', 'pre-create')).status).to.equal(200)
          await again.reaches('CREATE_COMPLETE')
          return
        }
        await again.reaches('CREATE_FAILED')
        expect((await hookEvents(again)).at(-1)).to.equal('a INIT_COMPLETE: Failure occurred while waiting.')
        expect((await clear(again, 'a', 'pre-create')).status).to.equal(400)
      },
    }
  })
})

eachEngine('a restricted action', ({ daemon, name }) => {
  const of = (restricted: string | string[]) => ({
    environment: { resource_registry: { resources: { a: { restricted_actions: restricted } } } },
  })

  it('fails the update that needs it, and leaves the resource as it was', async () => {
    const stack = await daemon()
      .api()
      .create(name(), template({ a: test({ value: '1' }) }))
    await stack.reaches('CREATE_COMPLETE')
    const tries = [
      ['update', test({ value: '2' })],
      ['replace', test({ value: '1', update_replace_value: 'x' })],
      ['replace', test({ value: '2', update_replace: true })],
    ] as const
    for (const [action, a] of tries) {
      await stack.update(template({ a }), of([action]))
      expect((await stack.reaches('UPDATE_FAILED')).stack_status_reason).to.equal(
        `Resource UPDATE failed: ResourceActionRestricted: resources.a: ${action} is restricted for resource.`,
      )
      expect((await stack.resources()).a.resource_status).to.equal('CREATE_COMPLETE')
      const { events } = (await stack.api.get(`${stack.path}/resources/a/events?sort_dir=desc&limit=1`)).body
      expect(events[0]).to.include({
        resource_status: 'UPDATE_FAILED',
        resource_status_reason: `${action} is restricted for resource.`,
      })
    }
    await stack.update(template({ a: test({ value: '2' }) }), of('replace'))
    await stack.reaches('UPDATE_COMPLETE')
  })
})
