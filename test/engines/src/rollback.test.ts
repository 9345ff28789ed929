import { mkdirSync, rmdirSync, rmSync } from 'node:fs'
import { expect } from 'chai'
import { drawerOf } from './kit/drawer.js'
import { eachEngine } from './kit/engines.js'
import { temporaryFolder } from './kit/state.js'
import { aWhile, template, test } from './kit/templates.js'
import { until } from './kit/until.js'

const rollsBack = { disable_rollback: false }
const fails = test({ fail: true }, { depends_on: ['a', 'inside'] })

const folder = temporaryFolder()

/** A resource, and a stack inside, that say which version they are of. */
const of = (version: string, more: Parameters<typeof template>[0] = {}, seconds = 0) =>
  template(
    {
      a: test({ value: version, action_wait_secs: { update: seconds } }),
      inside: {
        type: 'OS::Heat::ResourceGroup',
        properties: { count: 1, resource_def: test({ value: version }) },
      },
      ...more,
    },
    { a: { get_attr: ['a', 'output'] }, inside: { get_attr: ['inside', 'output'] } },
  )
const outputsOf = (version: string) => ({ a: version, inside: [version] })

eachEngine('a rollback', ({ daemon, name, engine }) => {
  it('leads past updates that have failed, and a check since, to the template that was reached last', async () => {
    const stack = await daemon().api().create(name(), of('1'))
    await stack.reaches('CREATE_COMPLETE')
    await stack.update(of('2', { bad: fails }))
    await stack.reaches('UPDATE_FAILED')
    await stack.action('check')
    await stack.settled()
    await stack.update(of('3', { bad: fails }), rollsBack)
    await stack.reaches('ROLLBACK_COMPLETE')
    expect(await stack.outputs()).to.deep.equal(outputsOf('1'))
    expect(Object.keys(await stack.resources())).to.have.members(['a', 'inside'])

    // What a rollback has reached counts, and so does an update.
    await stack.update(of('4'))
    await stack.reaches('UPDATE_COMPLETE')
    await stack.update(of('5', { bad: fails }), rollsBack)
    await stack.reaches('ROLLBACK_COMPLETE')
    expect(await stack.outputs()).to.deep.equal(outputsOf('4'))
    await stack.update(of('6', { bad: fails }), rollsBack)
    await stack.reaches('ROLLBACK_COMPLETE')
    expect(await stack.outputs()).to.deep.equal(outputsOf('4'))
  })

  it('leads past an update that another has superseded before it had ended', async () => {
    const second = engine.overlapping ? 202 : 409
    const stack = await daemon().api().create(name(), of('1'))
    await stack.reaches('CREATE_COMPLETE')
    await stack.update(of('2', {}, aWhile))
    await stack.resourceReaches('a', 'UPDATE_IN_PROGRESS')
    expect((await stack.update(of('3'))).status).to.equal(second)
    expect((await stack.action('cancel_update')).status).to.equal(200)
    await stack.reaches('ROLLBACK_COMPLETE')
    expect(await stack.outputs()).to.deep.equal(outputsOf('1'))
  })

  it('takes back what is to be retained, replaced or left out: all of it is let go of in the end', async () => {
    const retained = { deletion_policy: 'Retain' }
    const replaced = (version: string) => ({ a: test({ update_replace_value: version }, retained) })
    const left = {
      gone: test({}, retained),
      inside: {
        type: 'OS::Heat::ResourceGroup',
        properties: { count: 1, resource_def: test() },
        ...retained,
      },
    }
    const stack = await daemon()
      .api()
      .create(name(), template({ ...replaced('1'), ...left }))
    await stack.reaches('CREATE_COMPLETE')
    const physical = async () =>
      Object.fromEntries(
        Object.entries(await stack.resources()).map(([one, { physical_resource_id: id }]) => [one, id]),
      )
    const before = await physical()
    const late = { late: test({ wait_secs: 1 }, { depends_on: 'a' }) }
    const bad = { bad: test({ fail: true }, { depends_on: 'late' }) }
    await stack.update(template({ ...replaced('2'), ...late, ...bad }), rollsBack)
    await stack.reaches('ROLLBACK_COMPLETE')
    expect(await physical()).to.deep.equal(before)

    await stack.update(template({ ...replaced('2'), ...late }), rollsBack)
    await stack.reaches('UPDATE_COMPLETE')
    expect(Object.keys(await stack.resources())).to.have.members(['a', 'late'])
    const deleted = ['a', 'gone', 'inside'].map(one => `${one} DELETE_COMPLETE`)
    expect((await stack.events()).slice(-7, -1)).to.include.members(deleted)
  })

  it('that keeps a replacement leaves what depends on it to be deleted before it', async () => {
    const pair = (a: string, bad: Parameters<typeof template>[0] = {}) =>
      template({
        a: test({ value: a, action_wait_secs: { create: 0.5 } }),
        b: test({ action_wait_secs: { delete: 0.5 } }, { depends_on: 'a' }),
        ...bad,
      })
    const stack = await daemon().api().create(name(), pair('1'))
    await stack.reaches('CREATE_COMPLETE')
    const before = (await stack.resources()).a.physical_resource_id
    const mark = await stack.api.send('PATCH', `${stack.path}/resources/a`, { mark_unhealthy: true })
    expect(mark.status).to.equal(200)
    await stack.update(pair('2', { bad: test({ fail: true }) }), rollsBack)
    await stack.reaches('ROLLBACK_COMPLETE')
    expect((await stack.resources()).a.physical_resource_id).not.to.equal(before)
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
    const told = await stack.events()
    expect(told.lastIndexOf('b DELETE_COMPLETE')).to.be.within(0, told.lastIndexOf('a DELETE_IN_PROGRESS'))
  })

  it('that fails says so, and an update mends it; so does a delete, and another one ends it', async () => {
    const drawer = (text: string, more: Parameters<typeof template>[0] = {}) =>
      template({ a: drawerOf(folder, text), ...more }, { a: { get_attr: ['a', 'filled'] } })
    const stack = await daemon().api().create(name(), drawer('1'))
    await stack.reaches('CREATE_COMPLETE')
    /** Nothing can be written there, or removed. */
    const block = async (): Promise<string> => {
      const path = (await stack.resources()).a.physical_resource_id
      rmSync(path)
      mkdirSync(path)
      return path
    }
    const late = test({ wait_secs: aWhile }, { depends_on: 'a' })
    await stack.update(drawer('2', { late, bad: test({ fail: true }, { depends_on: 'late' }) }), rollsBack)
    await stack.resourceReaches('a', 'UPDATE_COMPLETE')
    const blocked = await block()
    expect((await stack.reaches('ROLLBACK_FAILED')).stack_status_reason).to.match(/resources\.a: .*EISDIR/)
    expect((await stack.resources()).a.resource_status).to.equal('UPDATE_FAILED')
    rmdirSync(blocked)
    // On legacy the delete of what came too late may still be under way.
    await until(
      'the stack to be free',
      10_000,
      async () => (await stack.update(drawer('3'))).status === 202 || undefined,
    )
    await stack.reaches('UPDATE_COMPLETE')
    expect(await stack.outputs()).to.deep.equal({ a: '3' })
    expect(Object.keys(await stack.resources())).to.deep.equal(['a'])

    const again = await block()
    await stack.delete()
    expect((await stack.reaches('DELETE_FAILED')).stack_status_reason).to.match(/resources\.a: /)
    rmdirSync(again)
    expect((await stack.delete()).status).to.equal(204)
    await stack.reaches('DELETE_COMPLETE')
  })

  it('leads to no resources where no template was ever reached, as that of a create does', async () => {
    const stack = await daemon()
      .api()
      .create(name(), of('1', { bad: fails }))
    await stack.reaches('CREATE_FAILED')
    await stack.update(of('2', { bad: fails }), rollsBack)
    await stack.reaches('ROLLBACK_COMPLETE')
    expect(await stack.resources()).to.deep.equal({})
    await stack.update(of('3'))
    await stack.reaches('UPDATE_COMPLETE')
    expect(await stack.outputs()).to.deep.equal(outputsOf('3'))
  })
})
