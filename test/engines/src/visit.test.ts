import { expect } from 'chai'
import { eachEngine } from './kit/engines.js'
import { aWhile, delay, template, test, value } from './kit/templates.js'
import { until } from './kit/until.js'

eachEngine('suspending and resuming a stack', ({ daemon, name, engine }) => {
  const chain = { a: test(), b: value({ get_attr: ['a', 'output'] }), c: value({ get_resource: 'b' }) }

  it('goes through its resources, dependents first, and back the other way', async () => {
    const stack = await daemon().api().create(name(), template(chain))
    await stack.reaches('CREATE_COMPLETE')
    const made = (await stack.events()).length
    const answer = await stack.action('suspend')
    expect([answer.status, answer.body]).to.deep.equal([200, null])
    const suspended = await stack.reaches('SUSPEND_COMPLETE')
    expect(suspended.stack_status_reason).to.equal('Stack SUSPEND completed successfully')
    expect(suspended.updated_time).to.be.a('string')
    expect((await stack.events()).slice(made)).to.deep.equal([
      'S SUSPEND_IN_PROGRESS',
      ...['c', 'b', 'a'].flatMap(one => [`${one} SUSPEND_IN_PROGRESS`, `${one} SUSPEND_COMPLETE`]),
      'S SUSPEND_COMPLETE',
    ])

    expect((await stack.action('suspend')).status).to.equal(200)
    expect((await stack.events()).length).to.equal(made + 8)

    const refused = await stack.update(template(chain))
    expect([refused.status, refused.body.error.message]).to.deep.equal([
      400,
      'Updating a stack when it is suspended is not supported.',
    ])

    expect((await stack.action('resume')).status).to.equal(200)
    await stack.reaches('RESUME_COMPLETE')
    expect((await stack.events()).slice(made + 8)).to.deep.equal([
      'S RESUME_IN_PROGRESS',
      ...['a', 'b', 'c'].flatMap(one => [`${one} RESUME_IN_PROGRESS`, `${one} RESUME_COMPLETE`]),
      'S RESUME_COMPLETE',
    ])
    await stack.update(template({ ...chain, a: test({ value: 'new' }) }))
    await stack.reaches('UPDATE_COMPLETE')
    expect((await stack.resources()).a.resource_status).to.equal('UPDATE_COMPLETE')
  })

  it('refuses a resource that is not in a state for it, which stays as it is', async () => {
    const stack = await daemon()
      .api()
      .create(name(), template({ bad: test({ fail: true }) }))
    await stack.reaches('CREATE_FAILED')
    await stack.action('suspend')
    expect((await stack.reaches('SUSPEND_FAILED')).stack_status_reason).to.equal(
      "Resource SUSPEND failed: Error: resources.bad: State ('CREATE', 'FAILED') invalid for suspend",
    )
    expect((await stack.resources()).bad.resource_status).to.equal('CREATE_FAILED')

    const fine = await daemon()
      .api()
      .create(name(), template({ a: test() }))
    await fine.reaches('CREATE_COMPLETE')
    await fine.action('resume')
    expect((await fine.reaches('RESUME_FAILED')).stack_status_reason).to.equal(
      "Resource RESUME failed: Error: resources.a: State ('CREATE', 'COMPLETE') invalid for resume",
    )
    expect((await fine.resources()).a.resource_status).to.equal('CREATE_COMPLETE')
  })

  it('waits for the types that take their time, and leaves what was never created alone', async () => {
    const stack = await daemon()
      .api()
      .create(name(), template({ slow: delay(0.3, ['SUSPEND', 'RESUME']), fine: test({}, { depends_on: 'slow' }) }))
    await stack.reaches('CREATE_COMPLETE')
    for (const action of ['SUSPEND', 'RESUME']) {
      await stack.action(action.toLowerCase())
      await stack.resourceReaches('slow', `${action}_IN_PROGRESS`)
      await stack.reaches(`${action}_COMPLETE`)
      await stack.resourceReaches('slow', `${action}_COMPLETE`)
    }

    const half = await daemon()
      .api()
      .create(name(), template({ bad: test({ fail: true }), never: value(1, { depends_on: 'bad' }) }))
    await half.reaches('CREATE_FAILED')
    await half.action('suspend')
    await half.reaches('SUSPEND_FAILED')
    expect((await half.resources()).never.resource_status).to.equal('INIT_COMPLETE')
  })

  it(engine.overlapping ? 'supersedes what runs, and is superseded' : 'is refused while something runs', async () => {
    const stack = await daemon()
      .api()
      .create(name(), template({ slow: test({ wait_secs: aWhile, action_wait_secs: { delete: 0 } }) }))
    await stack.resourceReaches('slow', 'CREATE_IN_PROGRESS')
    const answers = []
    for (const action of ['suspend', 'resume', 'check']) answers.push(await stack.action(action))
    if (!engine.overlapping) {
      for (const { status, body } of answers) {
        expect([status, body.error.type, body.error.message]).to.deep.equal([
          409,
          'ActionInProgress',
          `Stack ${stack.name} already has an action (CREATE) in progress.`,
        ])
      }
      await stack.reaches('CREATE_COMPLETE')
      return
    }
    expect(answers.map(({ status }) => status)).to.deep.equal([200, 200, 200])
    // The step under way is awaited; then its resource is there to be checked.
    const shown = await stack.reaches('CHECK_COMPLETE')
    expect(shown.stack_status_reason).to.equal('Stack CHECK completed successfully')
    expect((await stack.events()).filter(event => event.startsWith('slow'))).to.deep.equal([
      'slow CREATE_IN_PROGRESS',
      'slow CREATE_COMPLETE',
      'slow CHECK_IN_PROGRESS',
      'slow CHECK_COMPLETE',
    ])
  })

  it('is given up for a delete on top', async () => {
    const stack = await daemon()
      .api()
      .create(name(), template({ slow: delay(60, ['SUSPEND']) }))
    await stack.reaches('CREATE_COMPLETE')
    await stack.action('suspend')
    await stack.resourceReaches('slow', 'SUSPEND_IN_PROGRESS')
    expect((await stack.delete()).status).to.equal(204)
    await stack.reaches('DELETE_COMPLETE')
    expect(await stack.events()).to.include.members(['S SUSPEND_FAILED', 'slow SUSPEND_FAILED', 'slow DELETE_COMPLETE'])
  })
})

eachEngine('checking a stack', ({ daemon, name }) => {
  it('looks at every resource whose type can be checked, and says of the others that it cannot', async () => {
    const stack = await daemon()
      .api()
      .create(name(), template({ a: test(), v: value(1, { depends_on: 'a' }) }))
    await stack.reaches('CREATE_COMPLETE')
    const made = (await stack.events()).length
    expect((await stack.action('check')).status).to.equal(200)
    const shown = await stack.reaches('CHECK_COMPLETE')
    expect(shown.stack_status_reason).to.equal(
      "Stack CHECK completed successfully. 'CHECK' not fully supported (see resources)",
    )
    expect((await stack.events()).slice(made)).to.deep.equal([
      'S CHECK_IN_PROGRESS',
      'a CHECK_IN_PROGRESS',
      'a CHECK_COMPLETE',
      'v CHECK_COMPLETE',
      'S CHECK_COMPLETE',
    ])
    expect((await stack.resources()).v.resource_status_reason).to.equal('CHECK not supported for OS::Heat::Value')
  })

  it('goes on after a failure, but not with what depends on it; the next update replaces what failed', async () => {
    const of = (fail: boolean) =>
      template({
        lone: test(),
        bad: test({ fail }),
        never: test({}, { depends_on: 'bad' }),
        further: test({}, { depends_on: 'never' }),
      })
    const stack = await daemon()
      .api()
      .create(name(), template({ lone: test() }))
    await stack.reaches('CREATE_COMPLETE')
    await stack.update(of(true))
    await stack.reaches('UPDATE_FAILED')
    await stack.action('check')
    expect((await stack.reaches('CHECK_FAILED')).stack_status_reason).to.equal(
      'Resource CHECK failed: bad: Resource CHECK failed: Error: resources.bad: Resource not created',
    )
    const states = Object.entries(await stack.resources()).map(([name, { resource_status }]) => [name, resource_status])
    expect(Object.fromEntries(states)).to.deep.equal({
      lone: 'CHECK_COMPLETE',
      bad: 'CHECK_FAILED',
      never: 'INIT_COMPLETE',
      further: 'INIT_COMPLETE',
    })

    await stack.update(of(false))
    await stack.reaches('UPDATE_COMPLETE')
    const after = await stack.resources()
    expect(after.bad.resource_status).to.equal('CREATE_COMPLETE')
    expect(after.further.resource_status).to.equal('CREATE_COMPLETE')
    await stack.action('check')
    expect((await stack.reaches('CHECK_COMPLETE')).stack_status_reason).to.equal('Stack CHECK completed successfully')
  })

  it('does not hide that an update has not been completed', async () => {
    const stack = await daemon()
      .api()
      .create(name(), template({ a: test() }))
    await stack.reaches('CREATE_COMPLETE')
    await stack.update(template({ a: test(), b: value(1, { depends_on: 'slow' }), slow: test({ wait_secs: 0.5 }) }))
    await stack.resourceReaches('slow', 'CREATE_IN_PROGRESS')
    await stack.action('cancel_without_rollback')
    await stack.reaches('UPDATE_FAILED')
    await stack.resourceReaches('slow', 'CREATE_COMPLETE')
    // The lock of `legacy` goes when the last step has ended.
    await eventually(async () => (await stack.action('check')).status === 200)
    expect((await stack.reaches('CHECK_COMPLETE')).stack_status_reason).to.equal(
      "Stack CHECK completed successfully. 'CHECK' not fully supported (see resources). " +
        'The last change of the stack was not completed (see resources)',
    )
    expect((await stack.resources()).b.resource_status).to.equal('INIT_COMPLETE')
  })

  it('is refused for a stack that is being deleted, as are its kin', async () => {
    const stack = await daemon()
      .api()
      .create(name(), template({ slow: test({ action_wait_secs: { delete: 1 } }) }))
    await stack.reaches('CREATE_COMPLETE')
    await stack.delete()
    for (const action of ['check', 'suspend', 'resume']) {
      const { status, body } = await stack.action(action)
      expect([status, body.error.type]).to.deep.equal([400, 'NotSupported'])
      expect(body.error.message).to.match(/ a stack when it is deleting is not supported\.$/)
    }
    await stack.reaches('DELETE_COMPLETE')
  })
})

const eventually = (is: () => Promise<boolean>): Promise<true> =>
  until('it to be so', 5000, async () => ((await is()) ? true : undefined))
