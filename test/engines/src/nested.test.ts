import { expect } from 'chai'
import type { Stack } from './kit/api.js'
import { eachEngine } from './kit/engines.js'
import { file, inner, inside, insideSoon, nothingIsLeft, outer } from './kit/nested.js'
import { aWhile, long, template, test } from './kit/templates.js'

eachEngine('a template file as a type', kit => {
  it('makes a stack inside, whose outputs are attributes; an update and a delete go through it', async () => {
    const api = kit.daemon().api()
    const files = { 'inner.yaml': inner() }
    const stack = await api.create(kit.name(), outer('one'), { files })
    await stack.reaches('CREATE_COMPLETE')
    expect(await stack.outputs()).to.deep.equal({ said: 'one', after: 'one' })
    const nested = await inside(stack, 'nest')
    const shown = await nested.show()
    expect(shown).to.include({ stack_status: 'CREATE_COMPLETE', parent: stack.id, disable_rollback: true })
    const { nest } = await stack.resources()
    expect(nest).to.include({ physical_resource_id: nested.id, resource_type: 'inner.yaml' })
    expect((await nested.resources()).a.parent_resource).to.equal('nest')
    expect((await api.get('/stacks')).body.stacks.map(({ id }: { id: string }) => id)).not.to.include(nested.id)

    expect((await stack.update(outer('two'), { files })).status).to.equal(202)
    await stack.reaches('UPDATE_COMPLETE')
    expect(await stack.outputs()).to.deep.equal({ said: 'two', after: 'two' })
    expect((await inside(stack, 'nest')).id).to.equal(nested.id)

    // A parent's update visits every nested stack: what is inside may have changed though the parent has not.
    await stack.update(outer('two'), {
      files: { 'inner.yaml': file({}, { said: 'three' }, { text: { type: 'string' } }) },
    })
    await stack.reaches('UPDATE_COMPLETE')
    expect(await stack.outputs()).to.deep.equal({ said: 'three', after: 'three' })
    expect(await nested.resources()).to.deep.equal({})

    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
    expect((await nested.show()).stack_status).to.equal('DELETE_COMPLETE')
    await nothingIsLeft(api, stack)
  })

  it('fails with the joined path, and is mended by the next update', async () => {
    const files = (fail: boolean) => ({
      'mid.yaml': file({ low: { type: 'low.yaml' } }),
      'low.yaml': file({ c: test({ fail }) }),
    })
    const top = template({ top: { type: 'mid.yaml' } })
    const stack = await kit
      .daemon()
      .api()
      .create(kit.name(), top, { files: files(true) })
    const shown = await stack.reaches('CREATE_FAILED')
    expect(shown.stack_status_reason).to.equal(
      'Resource CREATE failed: ValueError: resources.top.resources.low.resources.c: Test Resource failed c',
    )
    await stack.update(top, { files: files(false) })
    await stack.reaches('UPDATE_COMPLETE')
  })

  it('is rolled back with its parent: updated back, or deleted', async () => {
    const files = { 'inner.yaml': inner() }
    const stack = await kit.daemon().api().create(kit.name(), outer('one'), { files })
    await stack.reaches('CREATE_COMPLETE')
    const next = outer('two')
    const failing = {
      ...next,
      resources: {
        ...next.resources,
        more: { type: 'inner.yaml', properties: { text: 'm' } },
        bad: test({ fail: true }, { depends_on: ['nest', 'more'] }),
      },
    }
    await stack.update(failing, { files, disable_rollback: false })
    await stack.reaches('ROLLBACK_COMPLETE')
    expect(await stack.outputs()).to.deep.equal({ said: 'one', after: 'one' })
    expect(Object.keys(await stack.resources())).to.have.members(['nest', 'after'])
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
    await nothingIsLeft(stack.api, stack)
  })

  it('is stopped when its parent is cancelled or deleted', async () => {
    const files = {
      'inner.yaml': file({
        a: test({ wait_secs: 60, action_wait_secs: { delete: 0 } }),
        b: test({}, { depends_on: 'a' }),
      }),
    }
    const top = template({ nest: { type: 'inner.yaml' } })
    const stack = await kit.daemon().api().create(kit.name(), top, { files })
    const nested = await insideSoon(stack, 'nest')
    await nested.resourceReaches('a', 'CREATE_IN_PROGRESS')
    await stack.action('cancel_without_rollback')
    // An engine that ends a cancelled stack only when all that runs has ended awaits the stack inside, too.
    if ((await stack.show()).stack_status === 'CREATE_FAILED') {
      expect((await nested.reaches('CREATE_FAILED')).stack_status_reason).to.equal('Stack CREATE cancelled')
      await stack.resourceReaches('nest', 'CREATE_FAILED')
    }
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
    await nothingIsLeft(stack.api, stack)
  })

  it('is replaced when its stack was deleted behind its back', async () => {
    const files = { 'inner.yaml': inner() }
    const stack = await kit.daemon().api().create(kit.name(), outer('one'), { files })
    await stack.reaches('CREATE_COMPLETE')
    const nested = await inside(stack, 'nest')
    await nested.delete()
    await nested.reaches('DELETE_COMPLETE')
    await stack.update(outer('one'), { files })
    await stack.reaches('UPDATE_COMPLETE')
    expect((await inside(stack, 'nest')).id).not.to.equal(nested.id)
    expect(await stack.outputs()).to.deep.equal({ said: 'one', after: 'one' })
  })

  it('follows its parent when another update comes while it works', async () => {
    const slow = (wait: number) => ({ 'inner.yaml': inner({ action_wait_secs: { update: wait } }) })
    const stack = await kit
      .daemon()
      .api()
      .create(kit.name(), outer('one'), { files: slow(0) })
    await stack.reaches('CREATE_COMPLETE')
    const nested = await inside(stack, 'nest')
    await stack.update(outer('two'), { files: slow(aWhile) })
    await nested.resourceReaches('a', 'UPDATE_IN_PROGRESS')
    const second = await stack.update(outer('three'), { files: slow(0) })
    expect(second.status).to.equal(kit.engine.overlapping ? 202 : 409)
    await stack.reaches('UPDATE_COMPLETE')
    expect((await stack.outputs()).said).to.equal(kit.engine.overlapping ? 'three' : 'two')
    expect((await inside(stack, 'nest')).id).to.equal(nested.id)
  })

  it('is suspended, resumed and checked with its parent', async () => {
    const files = { 'inner.yaml': inner() }
    const stack = await kit.daemon().api().create(kit.name(), outer('one'), { files })
    await stack.reaches('CREATE_COMPLETE')
    const nested = await inside(stack, 'nest')
    for (const action of ['suspend', 'resume', 'check']) {
      await stack.action(action)
      await stack.reaches(`${action.toUpperCase()}_COMPLETE`)
      expect((await nested.show()).stack_status).to.equal(`${action.toUpperCase()}_COMPLETE`)
      expect((await nested.resources()).a.resource_status).to.equal(`${action.toUpperCase()}_COMPLETE`)
    }
  })

  kit.whenKilled('outlives its daemon, or fails with it, as the engine has it; and is mended then', async daemon => {
    const files = (seconds: number) => ({
      'inner.yaml': inner({ wait_secs: seconds, action_wait_secs: { delete: 0 } }),
    })
    let nested: Stack
    let stack: Stack
    return {
      last: async () => {
        stack = await daemon.api().create(kit.name(), outer('one'), { files: files(long) })
        nested = await insideSoon(stack, 'nest')
        await nested.resourceReaches('a', 'CREATE_IN_PROGRESS')
      },
      afterwards: async next => {
        const again = next.api().again(stack)
        if (kit.engine.afterCrash === 'resumes') await again.reaches('CREATE_COMPLETE')
        else {
          expect((await again.reaches('CREATE_FAILED')).stack_status_reason).to.equal(
            'Engine went down during stack CREATE',
          )
          await again.update(outer('one'), { files: files(0) })
          await again.reaches('UPDATE_COMPLETE')
        }
        expect((await inside(again, 'nest')).id).to.equal(nested.id)
        expect(await again.outputs()).to.deep.equal({ said: 'one', after: 'one' })
        await again.delete()
        await again.reaches('DELETE_COMPLETE')
        await nothingIsLeft(again.api, again)
      },
    }
  })
})
