import { expect } from 'chai'
import { Api, type Body, type Stack } from './kit/api.js'
import { eachEngine } from './kit/engines.js'
import { template, value } from './kit/templates.js'

const handle = (properties: object = {}) => ({ type: 'OS::Heat::WaitConditionHandle', properties: { ...properties } })
const condition = (of: string, properties: object = {}) => ({
  type: 'OS::Heat::WaitCondition',
  properties: { handle: { get_resource: of }, timeout: 60, ...properties },
})
const awsHandle = (type = 'AWS::CloudFormation::WaitConditionHandle') => ({ type })
const awsCondition = (of: string, properties: object = {}) => ({
  type: 'AWS::CloudFormation::WaitCondition',
  properties: { Handle: { get_resource: of }, Timeout: 60, ...properties },
})

eachEngine('a wait condition', ({ daemon, name, engine }) => {
  const create = (resources: Parameters<typeof template>[0], outputs: Record<string, unknown> = {}) =>
    daemon().api().create(name(), template(resources, outputs))
  /** What a machine does with a signed URL. */
  const send = (url: string, body: object = {}, method = 'POST') =>
    new Api('').send(method, url, body, { 'content-type': '' })
  const metadata = async (stack: Stack, resource: string) =>
    (await stack.api.get(`${stack.path}/resources/${resource}/metadata`)).body.metadata
  const signalsOf = async (stack: Stack, resource: string): Promise<string[]> => {
    const { events } = (await stack.api.get(`${stack.path}/resources/${resource}/events?sort_dir=asc`)).body
    return events
      .map((one: Body) => `${one.resource_status}: ${one.resource_status_reason}`)
      .filter((told: string) => told.startsWith('SIGNAL_'))
  }
  const outputsSoon = async (stack: Stack, resource: string) => {
    await stack.resourceReaches(resource, 'CREATE_COMPLETE')
    return stack.outputs()
  }

  it('ends with as many signals as it waits for, at once, and shows what they brought', async () => {
    const of = (count: number) =>
      template(
        { h: handle(), c: condition('h', { count }) },
        {
          endpoint: { get_attr: ['h', 'endpoint'] },
          curl: { get_attr: ['h', 'curl_cli'] },
          token: { get_attr: ['h', 'token'] },
          data: { get_attr: ['c', 'data'] },
          reference: { get_resource: 'c' },
        },
      )
    const stack = await daemon().api().create(name(), of(2))
    const { endpoint, curl, token } = await outputsSoon(stack, 'h')
    expect(endpoint.endsWith(`${stack.path}/resources/h/signal/${token}`)).to.equal(true)
    expect(curl).to.match(/^curl -i -X POST -H 'X-Auth-Token: \S+' .* http:\S+$/)
    await stack.resourceReaches('c', 'CREATE_IN_PROGRESS')
    expect((await send(endpoint, { data: 'one' })).status).to.equal(200)
    // What it cannot read is in an event, and only who waits for the answer is told.
    const refused =
      'ValueError: resources.h: Metadata format invalid; expected a map with any of id, data, reason and status (SUCCESS or FAILURE), and nothing else'
    for (const body of [{ nonsense: 1 }, { status: 'WEIRD' }, { status: 5 }]) {
      expect((await send(endpoint, body)).status).to.equal(200)
    }
    const put = await send(endpoint, { status: null }, 'PUT')
    expect([put.status, put.body.error.message]).to.deep.equal([400, refused])
    expect((await signalsOf(stack, 'h')).slice(1)).to.deep.equal(Array(4).fill(`SIGNAL_FAILED: ${refused}`))
    expect((await stack.show()).stack_status).to.equal('CREATE_IN_PROGRESS')
    const began = Date.now()
    await send(endpoint, { data: { a: 1 }, id: 'two', reason: 'because' })
    await stack.reaches('CREATE_COMPLETE')
    expect(Date.now() - began).to.be.lessThan(3_000)
    const { data, reference } = await stack.outputs()
    expect([JSON.parse(data), reference]).to.deep.equal([{ 1: 'one', two: { a: 1 } }, 'c'])
    expect((await stack.resources()).c.physical_resource_id).to.equal('')
    expect(await metadata(stack, 'h')).to.deep.equal({
      1: { status: 'SUCCESS', reason: 'Signal 1 received', data: 'one' },
      two: { status: 'SUCCESS', reason: 'because', data: { a: 1 } },
    })
    expect(await signalsOf(stack, 'h')).to.include('SIGNAL_COMPLETE: Signal: status:SUCCESS reason:because')

    // What comes later is shown too, and counts when more are waited for.
    await send(endpoint, { id: 'late', data: 3 })
    expect(JSON.parse((await stack.outputs()).data)).to.include({ late: 3 })
    await stack.update(of(4))
    await stack.resourceReaches('c', 'UPDATE_IN_PROGRESS')
    // A body that is no map counts as none.
    await new Api('').send('POST', endpoint, '[1]', { 'content-type': '' })
    await stack.reaches('UPDATE_COMPLETE')
  })

  it('fails with the reasons that were sent, or when its time is over, or without a handle', async () => {
    const cfn = { h: handle({ signal_transport: 'CFN_SIGNAL' }), c: condition('h', { count: 3 }) }
    // Known only when the step begins.
    const said = { get_attr: ['v', 'value'] }
    for (const path of ['/validate', '/stacks']) {
      const body = { stack_name: name(), template: template({ h: handle(), c: condition('h', { handle: 'h' }) }) }
      expect((await daemon().api().send('POST', path, body)).body.error.message).to.contain(
        'expected get_resource of a',
      )
    }
    const [bad, late, strange, foreign, free] = await Promise.all([
      create(cfn, { signal: { get_attr: ['h', 'signal'] } }),
      create({ h: handle(), c: condition('h', { count: 2, timeout: 1 }) }, { url: { get_attr: ['h', 'endpoint'] } }),
      create({ h: handle(), v: value('h'), c: { ...condition('h', { handle: said }), depends_on: 'h' } }),
      create({
        v: value('http://host/v1/other/stacks/s/1/resources/h/signal/x'),
        c: awsCondition('h', { Handle: said }),
      }),
      create({ h: handle({ signal_transport: 'NO_SIGNAL' }), c: condition('h', { count: 3 }) }),
    ])
    await send((await outputsSoon(late, 'h')).url, { reason: 'me' })
    const { alarm_url } = JSON.parse((await outputsSoon(bad, 'h')).signal)
    await send(alarm_url, { reason: 'good' })
    await send(alarm_url, { status: 'FAILURE', reason: 'it smells' })
    const failed = async (stack: Stack) => {
      const { stack_status_reason } = await stack.reaches('CREATE_FAILED')
      return stack_status_reason.replace('Resource CREATE failed: ', '')
    }
    expect(await Promise.all([bad, late, strange, foreign].map(failed))).to.deep.equal([
      'WaitConditionFailure: resources.c: it smells',
      'WaitConditionTimeout: resources.c: 1 of 2 received - me',
      'ValueError: resources.c: h is not a valid wait condition handle.',
      'ValueError: resources.c: WaitCondition invalid Handle tenant other',
    ])
    await free.reaches('CREATE_COMPLETE')
  })

  it('of CloudFormation is signalled by the URL that its handle refers to', async () => {
    const of = (count: number) =>
      template(
        {
          h: awsHandle(),
          c: awsCondition('h', { Count: count }),
          u: awsHandle('OS::Heat::UpdateWaitConditionHandle'),
          each: awsCondition('u'),
        },
        { h: { get_resource: 'h' }, u: { get_resource: 'u' }, data: { get_attr: ['c', 'Data'] } },
      )
    const stack = await daemon().api().create(name(), of(1))
    await stack.resourceReaches('u', 'CREATE_COMPLETE')
    const { h, u } = await outputsSoon(stack, 'h')
    const entry = { Status: 'SUCCESS', Reason: 'done', Data: 'x', UniqueId: 'a' }
    const answer = await send(h, entry, 'PUT')
    expect([answer.status, answer.body]).to.deep.equal([
      200,
      { resource: 'h', metadata: { a: { status: 'SUCCESS', reason: 'done', data: 'x' } } },
    ])
    await send(u, entry, 'PUT')
    await stack.reaches('CREATE_COMPLETE')
    expect(JSON.parse((await stack.outputs()).data)).to.deep.equal({ a: 'x' })

    // Nothing changes, and yet one of the two waits anew, for a signal to another URL.
    await stack.update(of(1))
    await stack.resourceReaches('each', 'CREATE_IN_PROGRESS')
    const { u: next, h: same } = await stack.outputs()
    expect([next === u, same === h]).to.deep.equal([false, true])
    // What is sent to the old one, as long as it is there, is of no use to the new one.
    expect((await send(u, entry, 'PUT')).status).to.equal(200)
    expect((await stack.show()).stack_status).to.equal('UPDATE_IN_PROGRESS')
    await send(next, entry, 'PUT')
    await stack.reaches('UPDATE_COMPLETE')
    expect((await send(u, entry, 'PUT')).status).to.equal(403)
    expect((await stack.resources()).c.resource_status).to.equal('CREATE_COMPLETE')
  })

  it('is given up for an operation that wants it no more', async () => {
    const stack = await create({ h: handle(), c: condition('h', { timeout: 3600 }) })
    await stack.resourceReaches('c', 'CREATE_IN_PROGRESS')
    if (engine.overlapping) await stack.update(template({ h: handle({ signal_transport: 'NO_SIGNAL' }) }))
    else await stack.action('cancel_without_rollback')
    await stack.reaches(engine.overlapping ? 'UPDATE_COMPLETE' : 'CREATE_FAILED')
    if (!engine.overlapping) await stack.resourceReaches('c', 'CREATE_FAILED')
    const { events } = (await stack.api.get(`${stack.path}/resources/c/events?sort_dir=asc`)).body
    expect(events.map((event: { resource_status_reason: string }) => event.resource_status_reason)).to.include(
      'WaitConditionCancelled: resources.c: 0 of 1 received; nobody waits for more',
    )
  })

  it('is refused where a service would be needed that there is none of', async () => {
    const body = { stack_name: name(), template: template({ h: handle({ signal_transport: 'ZAQAR_SIGNAL' }) }) }
    const answer = await daemon().api().send('POST', '/stacks', body)
    expect(answer.status).to.equal(400)
    expect(answer.body.error.message).to.contain('ZAQAR_SIGNAL needs the service Zaqar')
  })

  it('that is deleted leaves nothing of its signals to one that comes after it', async () => {
    const handles = { h: handle(), other: handle() }
    const of = (conditions: Parameters<typeof template>[0]) =>
      template(
        { ...handles, ...conditions },
        { endpoint: { get_attr: ['h', 'endpoint'] }, other: { get_attr: ['other', 'endpoint'] } },
      )
    const stack = await create({ ...handles, c: { ...condition('h'), depends_on: 'other' } })
    for (const one of ['h', 'other']) {
      await stack.resourceReaches(one, 'CREATE_COMPLETE')
      expect((await stack.api.send('POST', `${stack.path}/resources/${one}/signal`, {})).status).to.equal(200)
    }
    await stack.reaches('CREATE_COMPLETE')
    await stack.update(of({}))
    await stack.reaches('UPDATE_COMPLETE')
    expect([await metadata(stack, 'h'), Object.keys(await metadata(stack, 'other'))]).to.deep.equal([{}, ['1']])

    await stack.update(of({ c: condition('h', { timeout: 1 }) }))
    expect((await stack.reaches('UPDATE_FAILED')).stack_status_reason).to.contain('0 of 1 received')
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
  })
})
