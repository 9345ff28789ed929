import { expect } from 'chai'
import { eachEngine } from './kit/engines.js'
import { aWhile, random, template, test, value } from './kit/templates.js'

eachEngine('creating a stack', ({ daemon, name }) => {
  it('answers 201 with the canonical location, and ends CREATE_COMPLETE', async () => {
    const api = daemon().api()
    const stackName = name()
    const answer = await api.send('POST', '/stacks', { stack_name: stackName, template: template({ a: test() }) })
    expect(answer.status).to.equal(201)
    const href = `${api.base}/stacks/${stackName}/${answer.body.stack.id}`
    expect(answer.headers.get('location')).to.equal(href)
    expect(answer.body.stack.links).to.deep.equal([{ href, rel: 'self' }])
  })

  it('creates in the order of references and gives each resource what it reads', async () => {
    const stack = await daemon()
      .api()
      .create(
        name(),
        template(
          {
            c: value({ str_replace: { template: 'got X', params: { X: { get_attr: ['b', 'value'] } } } }),
            b: value({ get_attr: ['a', 'output'] }),
            a: test({ value: 'first' }),
          },
          { c: { get_attr: ['c', 'value'] } },
        ),
      )
    const shown = await stack.reaches('CREATE_COMPLETE')
    expect(shown.stack_status_reason).to.equal('Stack CREATE completed successfully')
    expect(await stack.outputs()).to.deep.equal({ c: 'got first' })
    expect(await stack.events()).to.deep.equal([
      'S CREATE_IN_PROGRESS',
      'a CREATE_IN_PROGRESS',
      'a CREATE_COMPLETE',
      'b CREATE_IN_PROGRESS',
      'b CREATE_COMPLETE',
      'c CREATE_IN_PROGRESS',
      'c CREATE_COMPLETE',
      'S CREATE_COMPLETE',
    ])
  })

  it('lists every resource at once, before it starts', async () => {
    const stack = await daemon()
      .api()
      .create(name(), template({ slow: test({ wait_secs: aWhile }), later: test({}, { depends_on: 'slow' }) }))
    const resources = await stack.resources()
    expect(Object.keys(resources)).to.have.members(['slow', 'later'])
    expect(resources.later.resource_status).to.equal('INIT_COMPLETE')
    expect(resources.slow.required_by).to.deep.equal(['later'])
    await stack.reaches('CREATE_COMPLETE')
  })

  it('creates a stack without resources at once', async () => {
    const stack = await daemon().api().create(name(), template({}))
    await stack.reaches('CREATE_COMPLETE')
    expect(await stack.events()).to.deep.equal(['S CREATE_IN_PROGRESS', 'S CREATE_COMPLETE'])
  })

  it('runs what does not depend on each other at the same time', async () => {
    const waits = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`r${index}`, test({ wait_secs: 0.5 })]))
    const began = Date.now()
    const stack = await daemon().api().create(name(), template(waits))
    await stack.reaches('CREATE_COMPLETE')
    expect(Date.now() - began).to.be.lessThan(6_000)
  })

  it('makes random strings as asked, the same at every look', async () => {
    const stack = await daemon()
      .api()
      .create(
        name(),
        template(
          { r: random({ length: 12, character_classes: [{ class: 'digits', min: 3 }] }) },
          { value: { get_attr: ['r', 'value'] }, reference: { get_resource: 'r' } },
        ),
      )
    await stack.reaches('CREATE_COMPLETE')
    const { value: text, reference } = await stack.outputs()
    expect(text).to.match(/^\d{12}$/)
    expect(reference).to.equal(text)
    expect((await stack.outputs()).value).to.equal(text)
  })

  it('creates a stack of 300 resources that all lean on one', async () => {
    const leaves = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [`v${index}`, value({ get_attr: ['root', 'value'] })]),
    )
    const stack = await daemon()
      .api()
      .create(name(), template({ root: value('x'), ...leaves }, { last: { get_attr: ['v299', 'value'] } }))
    await stack.reaches('CREATE_COMPLETE')
    expect(await stack.outputs()).to.deep.equal({ last: 'x' })
  })
})

eachEngine('a create that fails', ({ daemon, name }) => {
  it('leaves the stack CREATE_FAILED with the path of the resource, and starts nothing after it', async () => {
    const stack = await daemon()
      .api()
      .create(name(), template({ a: test({ fail: true }), b: test({}, { depends_on: 'a' }) }))
    const shown = await stack.reaches('CREATE_FAILED')
    const reason = 'ValueError: resources.a: Test Resource failed a'
    expect(shown.stack_status_reason).to.equal(`Resource CREATE failed: ${reason}`)
    const resources = await stack.resources()
    expect(resources.a.resource_status_reason).to.equal(reason)
    expect(resources.b.resource_status).to.equal('INIT_COMPLETE')
    expect(await stack.events()).to.deep.equal([
      'S CREATE_IN_PROGRESS',
      'a CREATE_IN_PROGRESS',
      'a CREATE_FAILED',
      'S CREATE_FAILED',
    ])
  })

  it('rolls back to an empty stack that stays, when rollback is on', async () => {
    const stack = await daemon()
      .api()
      .create(name(), template({ good: test(), bad: test({ fail: true }, { depends_on: 'good' }) }), {
        disable_rollback: false,
      })
    await stack.reaches('ROLLBACK_COMPLETE')
    expect(await stack.resources()).to.deep.equal({})
    expect((await stack.events()).slice(5)).to.deep.equal([
      'S CREATE_FAILED',
      'S ROLLBACK_IN_PROGRESS',
      'bad DELETE_IN_PROGRESS',
      'bad DELETE_COMPLETE',
      'good DELETE_IN_PROGRESS',
      'good DELETE_COMPLETE',
      'S ROLLBACK_COMPLETE',
    ])
    expect((await stack.update(template({ fresh: test() }))).status).to.equal(202)
    await stack.reaches('UPDATE_COMPLETE')
  })

  it('lets a step that runs end and keeps what it did', async () => {
    const stack = await daemon()
      .api()
      .create(name(), template({ slow: test({ wait_secs: aWhile }), bad: test({ fail: true, wait_secs: 0.1 }) }))
    await stack.reaches('CREATE_FAILED')
    await stack.resourceReaches('slow', 'CREATE_COMPLETE')
    expect((await stack.show()).stack_status).to.equal('CREATE_FAILED')
  })

  it('fails a resource whose property is wrong only once its value is known', async () => {
    const stack = await daemon()
      .api()
      .create(name(), template({ a: value('not a number'), b: test({ wait_secs: { get_attr: ['a', 'value'] } }) }))
    const shown = await stack.reaches('CREATE_FAILED')
    expect(shown.stack_status_reason).to.match(
      /^Resource CREATE failed: StackValidationFailed: resources\.b: .*wait_secs/,
    )
  })
})
