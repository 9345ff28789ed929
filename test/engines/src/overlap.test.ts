import { expect } from 'chai'
import { eachEngine } from './kit/engines.js'
import { aWhile, long, template, test } from './kit/templates.js'

const quick = { action_wait_secs: { delete: 0 } }

eachEngine('a second operation', ({ daemon, name, engine, creator }) => {
  it(
    creator.overlapping ? 'supersedes a create: the newest template wins' : 'is refused while a create runs',
    async () => {
      const stack = await daemon()
        .api()
        .create(
          name(),
          template({ slow: test({ wait_secs: aWhile, ...quick }), never: test({}, { depends_on: 'slow' }) }),
        )
      await stack.resourceReaches('slow', 'CREATE_IN_PROGRESS')
      const answer = await stack.update(template({ slow: test({ wait_secs: aWhile, ...quick }), other: test() }))
      if (!creator.overlapping) {
        expect(answer.status).to.equal(409)
        expect(answer.body.error).to.include({
          type: 'ActionInProgress',
          message: `Stack ${stack.name} already has an action (CREATE) in progress.`,
        })
        await stack.reaches('CREATE_COMPLETE')
        return
      }
      expect(answer.status).to.equal(202)
      await stack.reaches('UPDATE_COMPLETE')
      const resources = await stack.resources()
      expect(Object.keys(resources)).to.have.members(['slow', 'other'])
      // The step under way was awaited, not repeated.
      expect((await stack.events()).filter(event => event === 'slow CREATE_COMPLETE')).to.have.length(1)
    },
  )

  it(engine.overlapping ? 'supersedes an update again and again' : 'is refused while an update runs', async () => {
    const of = (version: number) =>
      template(
        { a: test({ value: `v${version}`, wait_secs: version === 1 ? aWhile : 0 }) },
        { a: { get_attr: ['a', 'output'] } },
      )
    const stack = await daemon().api().create(name(), of(0))
    await stack.reaches('CREATE_COMPLETE')
    const answers: number[] = []
    for (let version = 1; version <= 4; version++) {
      answers.push((await stack.update(of(version))).status)
    }
    await stack.reaches('UPDATE_COMPLETE')
    if (engine.overlapping) {
      expect(answers).to.deep.equal([202, 202, 202, 202])
      expect(await stack.outputs()).to.deep.equal({ a: 'v4' })
    } else {
      expect(answers).to.deep.equal([202, 409, 409, 409])
      expect(await stack.outputs()).to.deep.equal({ a: 'v1' })
    }

    // All at once: each is accepted as if it had come alone.
    const many = Array.from({ length: 20 }, (_, index) => 10 + index)
    const statuses = (await Promise.all(many.map(version => stack.update(of(version))))).map(({ status }) => status)
    await stack.reaches('UPDATE_COMPLETE')
    if (engine.overlapping) expect(new Set(statuses)).to.deep.equal(new Set([202]))
    else expect(statuses).to.include(202)
    expect((await stack.outputs()).a).to.be.oneOf(many.map(version => `v${version}`))
  })

  it('that comes while another waits for the step under way leaves nothing to run after the newest', async () => {
    const of = (value: string, seconds: number) =>
      template({ a: test({ value, wait_secs: seconds }) }, { a: { get_attr: ['a', 'output'] } })
    const stack = await daemon().api().create(name(), of('0', 0.1))
    await stack.reaches('CREATE_COMPLETE')
    for (const value of ['1', '2', '3']) {
      await stack.update(of(value, 1))
      await stack.resourceReaches('a', 'UPDATE_IN_PROGRESS')
    }
    await stack.reaches('UPDATE_COMPLETE')
    const wanted = { a: engine.overlapping ? '3' : '1' }
    expect(await stack.outputs()).to.deep.equal(wanted)
    const ended = await stack.events()
    // As long as anything left would take.
    await stack.update(of('4', 1))
    await stack.reaches('UPDATE_COMPLETE')
    expect(await stack.outputs()).to.deep.equal({ a: '4' })
    expect((await stack.events()).slice(ended.length)).to.deep.equal([
      'S UPDATE_IN_PROGRESS',
      'a UPDATE_IN_PROGRESS',
      'a UPDATE_COMPLETE',
      'S UPDATE_COMPLETE',
    ])
  })

  it('may come while a rollback runs, or a replacement, which is made once if the same is asked for twice', async () => {
    const api = daemon().api()
    const slowly = { action_wait_secs: { update: 2 * aWhile } }
    const of = (value: string, more: Parameters<typeof template>[0] = {}, waits: object = {}) =>
      template({ a: test({ value, ...waits }), ...more }, { a: { get_attr: ['a', 'output'] } })
    const replaced = (value: string) =>
      template({ a: test({ update_replace_value: value, action_wait_secs: { create: aWhile } }) })
    const [updated, deleted, twice] = await Promise.all([
      api.create(`${name()}-updated`, of('1', {}, slowly)),
      api.create(`${name()}-deleted`, of('1', {}, slowly)),
      api.create(`${name()}-twice`, replaced('1')),
    ])
    for (const stack of [updated, deleted, twice]) await stack.reaches('CREATE_COMPLETE')
    const before = (await twice.resources()).a.physical_resource_id

    const bad = { bad: test({ fail: true }, { depends_on: 'a' }) }
    for (const stack of [updated, deleted]) await stack.update(of('2', bad), { disable_rollback: false })
    for (const stack of [updated, deleted]) await stack.reaches('ROLLBACK_IN_PROGRESS')
    const answer = await updated.update(of('3'))
    expect((await deleted.delete()).status).to.equal(204)
    await twice.update(replaced('2'))
    await twice.resourceReaches('a', 'CREATE_IN_PROGRESS')
    expect((await twice.update(replaced('2'))).status).to.equal(engine.overlapping ? 202 : 409)

    expect(answer.status).to.equal(engine.overlapping ? 202 : 409)
    await updated.reaches(engine.overlapping ? 'UPDATE_COMPLETE' : 'ROLLBACK_COMPLETE')
    expect(await updated.outputs()).to.deep.equal({ a: engine.overlapping ? '3' : '1' })
    expect(Object.keys(await updated.resources())).to.deep.equal(['a'])
    await deleted.reaches('DELETE_COMPLETE')
    await twice.reaches('UPDATE_COMPLETE')
    expect((await twice.resources()).a.physical_resource_id).not.to.equal(before)
    const made = (await twice.events()).filter(event => /^a .*COMPLETE/.test(event))
    expect(made).to.deep.equal(['a CREATE_COMPLETE', 'a UPDATE_COMPLETE', 'a CREATE_COMPLETE', 'a DELETE_COMPLETE'])
  })
})

eachEngine('cancelling', ({ daemon, name, engine, whenKilled }) => {
  it('with rollback takes an update back, without a word of failure', async () => {
    const stack = await daemon()
      .api()
      .create(name(), template({ a: test({ value: '1' }) }, { a: { get_attr: ['a', 'output'] } }))
    await stack.reaches('CREATE_COMPLETE')
    await stack.update(
      template({ a: test({ value: '2', action_wait_secs: { update: aWhile } }), b: test({}, { depends_on: 'a' }) }),
    )
    await stack.resourceReaches('a', 'UPDATE_IN_PROGRESS')
    const answer = await stack.action('cancel_update')
    expect([answer.status, answer.body]).to.deep.equal([200, null])
    await stack.reaches('ROLLBACK_COMPLETE')
    expect(await stack.outputs()).to.deep.equal({ a: '1' })
    expect(Object.keys(await stack.resources())).to.deep.equal(['a'])
    expect(await stack.events()).not.to.include('S UPDATE_FAILED')
  })

  it('without rollback leaves the stack FAILED at once; what runs ends and is kept', async () => {
    const stack = await daemon()
      .api()
      .create(name(), template({ a: test({ value: '1' }) }))
    await stack.reaches('CREATE_COMPLETE')
    await stack.update(
      template({ a: test({ value: '2', action_wait_secs: { update: aWhile } }), b: test({}, { depends_on: 'a' }) }),
      {
        disable_rollback: false,
      },
    )
    await stack.resourceReaches('a', 'UPDATE_IN_PROGRESS')
    expect((await stack.action('cancel_without_rollback')).status).to.equal(200)
    const shown = await stack.reaches('UPDATE_FAILED')
    expect(shown.stack_status_reason).to.equal('Stack UPDATE cancelled')
    await stack.resourceReaches('a', 'UPDATE_COMPLETE')
    expect((await stack.resources()).b.resource_status).to.equal('INIT_COMPLETE')
  })

  it('stops a create and starts nothing more', async () => {
    const stack = await daemon()
      .api()
      .create(name(), template({ a: test({ wait_secs: aWhile }), b: test({}, { depends_on: 'a' }) }))
    await stack.resourceReaches('a', 'CREATE_IN_PROGRESS')
    expect((await stack.action('cancel_without_rollback')).status).to.equal(200)
    await stack.reaches('CREATE_FAILED')
    await stack.resourceReaches('a', 'CREATE_COMPLETE')
    expect((await stack.resources()).b.resource_status).to.equal('INIT_COMPLETE')
  })

  it('asked for twice at once is done once, and what was asked for first wins', async () => {
    const stack = await daemon()
      .api()
      .create(name(), template({ a: test({ value: '1' }) }, { a: { get_attr: ['a', 'output'] } }))
    await stack.reaches('CREATE_COMPLETE')
    await stack.update(template({ a: test({ value: '2', action_wait_secs: { update: aWhile } }) }))
    await stack.resourceReaches('a', 'UPDATE_IN_PROGRESS')
    const answers = await Promise.all([1, 2, 3].map(() => stack.action('cancel_update')))
    expect(answers.map(({ status }) => status)).to.include(200)
    for (const { status } of answers) expect([200, 400]).to.include(status)
    await stack.reaches('ROLLBACK_COMPLETE')
    expect(await stack.outputs()).to.deep.equal({ a: '1' })
    expect((await stack.events()).filter(event => event === 'S ROLLBACK_IN_PROGRESS')).to.have.length(1)
  })

  whenKilled('outlives a crash that comes after it was accepted', async first => {
    const stack = await first
      .api()
      .create(name(), template({ a: test({ value: '1' }) }, { a: { get_attr: ['a', 'output'] } }))
    await stack.reaches('CREATE_COMPLETE')
    return {
      last: async () => {
        await stack.update(
          template({ a: test({ value: '2', action_wait_secs: { update: long } }), b: test({}, { depends_on: 'a' }) }),
        )
        await stack.resourceReaches('a', 'UPDATE_IN_PROGRESS')
        expect((await stack.action('cancel_update')).status).to.equal(200)
      },
      afterwards: async second => {
        const again = second.api().again(stack)
        const shown = await again.settled()
        if (engine.afterCrash === 'resumes') {
          expect(shown.stack_status).to.equal('ROLLBACK_COMPLETE')
          expect(await again.outputs()).to.deep.equal({ a: '1' })
        } else {
          // The owner is dead, and so is the rollback if it was at that; else another one does what was asked for.
          expect(shown.stack_status_reason).to.be.oneOf([
            'Engine went down during stack ROLLBACK',
            'Stack ROLLBACK completed successfully',
          ])
        }
        expect(await again.resources()).not.to.have.property('b.resource_status', 'CREATE_COMPLETE')
      },
    }
  })

  it('is refused when nothing runs', async () => {
    const stack = await daemon().api().create(name(), template({}))
    await stack.reaches('CREATE_COMPLETE')
    for (const action of ['cancel_update', 'cancel_without_rollback']) {
      const answer = await stack.action(action)
      expect(answer.status).to.equal(400)
      expect(answer.body.error.message).to.match(/when stack is CREATE_COMPLETE is not supported/)
    }
  })
})
