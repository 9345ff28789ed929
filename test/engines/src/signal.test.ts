import { expect } from 'chai'
import { Api, type Stack } from './kit/api.js'
import type { Daemon } from './kit/daemon.js'
import { eachEngine } from './kit/engines.js'
import { mailboxOf } from './kit/mailbox.js'
import { aWhile, template, test, value } from './kit/templates.js'

const letter = (stack: Stack, resource: string, text?: string) =>
  stack.api.send('POST', `${stack.path}/resources/${resource}/signal`, text === undefined ? undefined : { text })

/** Sends a letter to a signed URL as tools inside a machine do, by whichever daemon. @returns the status. */
const throwIn = async (daemon: Daemon, url: string, text: string, method = 'POST'): Promise<number> => {
  const api = new Api(daemon.url)
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  return (await api.send(method, new URL(url).pathname, { text }, headers)).status
}

const reasonsOf = async (stack: Stack, resource: string): Promise<string[]> => {
  const { events } = (await stack.api.get(`${stack.path}/resources/${resource}/events?sort_dir=asc`)).body
  return events
    .filter((event: { resource_status: string }) => event.resource_status.startsWith('SIGNAL_'))
    .map((event: { resource_status: string; resource_status_reason: string }) =>
      [event.resource_status, event.resource_status_reason].join(': '),
    )
}

eachEngine('a signal', ({ daemon, another, name, engine, whenKilled }) => {
  it('is kept, and wakes the step that waits for it', async () => {
    const stack = await daemon()
      .api()
      .create(
        name(),
        template(
          { box: mailboxOf({ count: 2 }), after: value({ get_attr: ['box', 'letters'] }) },
          { o: { get_attr: ['after', 'value'] } },
        ),
      )
    await stack.resourceReaches('box', 'CREATE_IN_PROGRESS')
    expect(await letter(stack, 'box', 'one')).to.include({ status: 200, body: null })
    expect((await stack.resources()).box.resource_status).to.equal('CREATE_IN_PROGRESS')
    await letter(stack, 'box', 'plain')
    await stack.reaches('CREATE_COMPLETE')
    expect(await stack.outputs()).to.deep.equal({ o: ['one', 'plain'] })
    expect(await reasonsOf(stack, 'box')).to.deep.equal([
      'SIGNAL_IN_PROGRESS: Signal: got one',
      'SIGNAL_IN_PROGRESS: Unknown',
    ])
  })

  it('is not lost while the step is being parked, however many come at once', async () => {
    const count = 12
    const stack = await daemon()
      .api()
      .create(
        name(),
        template({ box: mailboxOf({ count, thinks: 0.15, patience: 15 }) }, { o: { get_attr: ['box', 'letters'] } }),
      )
    await stack.resourceReaches('box', 'CREATE_IN_PROGRESS')
    const texts = Array.from({ length: count }, (_, index) => `l${index}`)
    await Promise.all(texts.map(text => letter(stack, 'box', text)))
    await stack.reaches('CREATE_COMPLETE', 10_000)
    expect((await stack.outputs()).o).to.have.members(texts)
  })

  it('of no use leaves an event that says why, and an ignored one nothing; the sender is not told', async () => {
    const stack = await daemon()
      .api()
      .create(name(), template({ box: mailboxOf({ count: 0 }) }, { o: { get_attr: ['box', 'letters'] } }))
    await stack.reaches('CREATE_COMPLETE')
    for (const text of ['wrong', 'ignored']) expect((await letter(stack, 'box', text)).status).to.equal(200)
    expect(await stack.outputs()).to.deep.equal({ o: [] })
    expect(await reasonsOf(stack, 'box')).to.deep.equal([
      'SIGNAL_FAILED: ResourceFailure: resources.box: this is no letter',
    ])
    expect((await stack.resources()).box.resource_status).to.equal('CREATE_COMPLETE')
  })

  it('needs nothing but the signed URL, which is good for one incarnation', async () => {
    const of = (patience: number) =>
      template(
        { box: mailboxOf({ count: 0, patience }) },
        { o: { get_attr: ['box', 'letters'] }, url: { get_attr: ['box', 'url'] } },
      )
    const stack = await daemon().api().create(name(), of(1))
    await stack.reaches('CREATE_COMPLETE')
    const { url } = await stack.outputs()
    const plain = `${daemon().url}/v1/demo${stack.path}/resources/box/signal`
    expect(url.slice(0, plain.length + 1)).to.equal(`${plain}/`)
    expect(await throwIn(daemon(), url, 'a')).to.equal(200)
    expect(await throwIn(daemon(), url, 'b', 'PUT')).to.equal(200)
    expect((await stack.outputs()).o).to.deep.equal(['a', 'b'])

    const signature = url.split('/').at(-1)
    for (const wrong of [
      `${plain}/${'A'.repeat(signature.length)}`,
      url.slice(0, -1),
      url.replace('/box/', '/bow/'),
      url.replace('/demo/', '/other/'),
      url.replace(stack.id, '00000000-0000-4000-8000-000000000000'),
    ]) {
      expect(await throwIn(daemon(), wrong, 'c'), wrong).to.equal(403)
    }
    expect(daemon().log).not.to.contain(signature)

    await stack.update(of(2))
    await stack.reaches('UPDATE_COMPLETE')
    expect(await throwIn(daemon(), url, 'd')).to.equal(403)
    const { url: another } = await stack.outputs()
    expect(await throwIn(daemon(), another, 'e')).to.equal(200)
    expect((await stack.outputs()).o).to.deep.equal(['e'])
  })

  it('is refused by what cannot take it, or is suspended', async () => {
    const stack = await daemon()
      .api()
      .create(name(), template({ box: mailboxOf({ count: 0 }), none: test() }))
    await stack.reaches('CREATE_COMPLETE')
    const refused = async (resource: string, status: number, type: string) => {
      const answer = await letter(stack, resource)
      expect([answer.status, answer.body.error.type]).to.deep.equal([status, type])
    }
    await refused('none', 400, 'ResourceActionNotSupported')
    await refused('nobody', 404, 'ResourceNotFound')
    await stack.action('suspend')
    await stack.reaches('SUSPEND_COMPLETE')
    await refused('box', 400, 'NotSupported')
    expect(await reasonsOf(stack, 'box')).to.deep.equal([])
    const { events } = (await stack.api.get(`${stack.path}/resources/box/events?sort_dir=asc`)).body
    expect(events.at(-1)).to.include({
      resource_status: 'SUSPEND_COMPLETE',
      resource_status_reason: 'Cannot signal resource during SUSPEND',
    })
  })

  it('ends a wait that is over without it', async () => {
    const stack = await daemon()
      .api()
      .create(name(), template({ box: mailboxOf({ patience: 0.5 }) }))
    const shown = await stack.reaches('CREATE_FAILED')
    expect(shown.stack_status_reason).to.equal('Resource CREATE failed: MailboxTimeout: resources.box: 0 of 1 received')
  })

  it('sent to one daemon wakes a step that another one runs', async () => {
    const first = daemon()
    const front = await another({ options: { ...first.shared(), 'DEFAULT:roles': 'api' } })
    const stack = await front
      .api()
      .create(
        name(),
        template(
          { box: mailboxOf(), free: mailboxOf({ count: 0 }) },
          { url: { get_attr: ['free', 'url'] }, f: { get_attr: ['free', 'letters'] } },
        ),
      )
    await stack.resourceReaches('box', 'CREATE_IN_PROGRESS')
    await letter(stack, 'box', 'x')
    await stack.reaches('CREATE_COMPLETE')
    const { url } = await stack.outputs()
    expect(await throwIn(first, url, 'here')).to.equal(200)
    expect(await throwIn(front, url, 'there')).to.equal(200)
    expect((await stack.outputs()).f).to.deep.equal(['here', 'there'])
  })

  whenKilled('outlives a crash, and so does the URL that it is sent to', async first => {
    let stack: Stack
    let url: string
    return {
      last: async () => {
        stack = await first.api().create(
          name(),
          template(
            { two: mailboxOf({ count: 2, patience: 600 }), free: mailboxOf({ count: 0 }) },
            {
              o: { get_attr: ['two', 'letters'] },
              url: { get_attr: ['free', 'url'] },
              f: { get_attr: ['free', 'letters'] },
            },
          ),
        )
        await stack.resourceReaches('two', 'CREATE_IN_PROGRESS')
        await letter(stack, 'two', 'a')
        await stack.resourceReaches('free', 'CREATE_COMPLETE')
        url = (await stack.outputs()).url
        expect(await throwIn(first, url, 'here')).to.equal(200)
      },
      afterwards: async second => {
        const again = second.api().again(stack)
        expect((await letter(again, 'two', 'b')).status).to.equal(200)
        await again.reaches(engine.afterCrash === 'resumes' ? 'CREATE_COMPLETE' : 'CREATE_FAILED')
        expect(await throwIn(second, url, 'there')).to.equal(200)
        expect(await again.outputs())
          .to.include.keys('o', 'f')
          .and.to.deep.include({ o: ['a', 'b'], f: ['here', 'there'] })
      },
    }
  })
})

eachEngine('a resource that is marked unhealthy', ({ daemon, another, name, engine }) => {
  const mark = (stack: Stack, known: string, body: object) =>
    stack.api.send('PATCH', `${stack.path}/resources/${known}`, body)

  it('is CHECK_FAILED, and the next update replaces it; or it is taken back', async () => {
    const stack = await daemon()
      .api()
      .create(name(), template({ a: test(), b: test() }))
    await stack.reaches('CREATE_COMPLETE')
    const before = await stack.resources()
    expect(await mark(stack, 'a', { mark_unhealthy: true, resource_status_reason: 'it smells' })).to.include({
      status: 200,
      body: null,
    })
    expect((await stack.resources()).a).to.include({
      resource_status: 'CHECK_FAILED',
      resource_status_reason: 'it smells',
    })
    expect((await mark(stack, before.b.physical_resource_id, { mark_unhealthy: 'True' })).status).to.equal(200)
    expect((await stack.resources()).b.resource_status_reason).to.equal('state changed by resource_mark_unhealthy api')
    await mark(stack, 'b', { mark_unhealthy: false })
    expect((await stack.resources()).b.resource_status).to.equal('CHECK_COMPLETE')
    expect((await stack.show()).stack_status).to.equal('CREATE_COMPLETE')

    await stack.update(template({ a: test(), b: test() }))
    await stack.reaches('UPDATE_COMPLETE')
    const after = await stack.resources()
    expect(after.a.physical_resource_id).not.to.equal(before.a.physical_resource_id)
    expect(after.b.physical_resource_id).to.equal(before.b.physical_resource_id)
  })

  it('is created, not replaced, if it has never begun', async () => {
    const resources = (fail: boolean) => template({ a: test({ fail }), b: test({}, { depends_on: 'a' }) })
    const stack = await daemon().api().create(name(), resources(true))
    await stack.reaches('CREATE_FAILED')
    expect((await mark(stack, 'b', { mark_unhealthy: true })).status).to.equal(200)
    await stack.update(resources(false))
    await stack.reaches('UPDATE_COMPLETE')
    const { events } = (await stack.api.get(`${stack.path}/resources/b/events?sort_dir=asc`)).body
    expect(events.map((event: { resource_status: string }) => event.resource_status)).to.deep.equal([
      'CHECK_FAILED',
      'CREATE_IN_PROGRESS',
      'CREATE_COMPLETE',
    ])
  })

  it('takes no second connection: many at once pass through a small pool', async () => {
    const small = await another({ options: { 'database:max_pool_size': '5' } })
    const names = Array.from({ length: 10 }, (_, index) => `r${index}`)
    const stack = await small.api().create(name(), template(Object.fromEntries(names.map(one => [one, test()]))))
    await stack.reaches('CREATE_COMPLETE')
    const answers = await Promise.all(names.map(one => mark(stack, one, { mark_unhealthy: true })))
    expect(answers.map(({ status }) => status)).to.deep.equal(names.map(() => 200))
  })

  it('must be there, free, and asked for in the right words', async () => {
    const stack = await daemon()
      .api()
      .create(name(), template({ slow: test({ wait_secs: aWhile, action_wait_secs: { delete: 0 } }), done: test() }))
    await stack.resourceReaches('slow', 'CREATE_IN_PROGRESS')
    await stack.resourceReaches('done', 'CREATE_COMPLETE')
    expect((await mark(stack, 'slow', { mark_unhealthy: true })).status).to.equal(409)
    expect((await mark(stack, 'done', { mark_unhealthy: true })).status).to.equal(engine.overlapping ? 200 : 409)
    expect((await mark(stack, 'nobody', { mark_unhealthy: true })).status).to.equal(404)
    for (const body of [{}, { mark_unhealthy: 'perhaps' }, { mark_unhealthy: true, more: 1 }]) {
      expect((await mark(stack, 'done', body)).status).to.equal(400)
    }
    await stack.reaches('CREATE_COMPLETE')
  })
})
