import { createHmac } from 'node:crypto'
import { type Api, Daemon, type Stack, until } from '@hearth/conformance'
import { expect } from 'chai'
import { onEachEngine } from './ground.js'
import { HookServer } from './hook-server.js'

const value = (given: unknown) => ({ type: 'OS::Heat::Value', properties: { value: given } })
const template = (resources: object) => ({ heat_template_version: '2018-08-31', resources })
const inside = JSON.stringify(template({ deep: value('d') }))
const chain = (last: string) =>
  template({ a: value('a'), b: value({ get_attr: ['a', 'value'] }), n: { type: 'inside.yaml' }, c: value(last) })
const files = { 'inside.yaml': inside }
const sinkOf = (hooks: HookServer, more: object = {}) => ({ type: 'webhook', url: hooks.url, ...more })

/** The events of a stack by the API, in their order. */
async function eventsOf(api: Api, path: string): Promise<string[]> {
  const { events } = (await api.get(`${path}/events?sort_dir=asc`)).body
  return events.map((one: Record<string, string>) => `${one.resource_name} ${one.resource_status}`)
}

/** Waits until a sink has what the API shows. */
const arrived = (hooks: HookServer, stack: Stack, expected: readonly string[]): Promise<true> =>
  until(`${expected.length} events of ${stack.name} to arrive`, 20_000, async () =>
    hooks.events(stack.id).length >= expected.length ? true : undefined,
  )

onEachEngine('the events of a stack', ({ api, name, daemon }) => {
  let hooks: HookServer
  let other: HookServer
  before(async () => {
    hooks = await HookServer.start()
    other = await HookServer.start()
  })
  after(async () => {
    await hooks.stop()
    await other.stop()
  })

  it('go to the webhooks of its environment, in order, signed, and again when they were not taken', async () => {
    hooks.refuses = 2
    const secret = 'marker-of-a-webhook'
    const sinks = [
      sinkOf(hooks, { secret, headers: { Authorization: 'Bearer marker-of-a-header' }, batch: 3 }),
      sinkOf(other),
    ]
    const environment = { event_sinks: sinks }
    const stack = await api().create(name(), chain('c'), { files, environment })
    await stack.reaches('CREATE_COMPLETE')
    const created = await eventsOf(api(), stack.path)
    await arrived(hooks, stack, created)
    await arrived(other, stack, created)
    expect(hooks.refused).to.equal(2)
    expect(hooks.events(stack.id)).to.deep.equal(created)
    expect(other.events(stack.id)).to.deep.equal(created)
    const { physical_resource_id: child } = (await stack.resources()).n
    await until('the events of the stack inside', 20_000, async () =>
      hooks.events(child).some(event => event.startsWith('deep CREATE_COMPLETE')) ? true : undefined,
    )

    const [first] = hooks.taken
    const signature = createHmac('sha256', secret)
      .update(first?.body ?? '')
      .digest('hex')
    expect(first?.headers).to.include({
      'x-hearth-signature': `sha256=${signature}`,
      authorization: 'Bearer marker-of-a-header',
      'content-type': 'application/json',
    })
    expect(Math.max(...hooks.taken.map(({ messages }) => messages.length))).to.be.at.most(3)
    const [message, ended] = hooks.taken
      .flatMap(({ messages }) => messages)
      .filter(({ payload }) => payload.stack_id === stack.id && payload.resource_name === 'a')
    expect(message).to.deep.include({ type: 'os.heat.event', version: '0.1' })
    for (const one of [message, ended]) expect(one?.payload.resource_properties).to.deep.include({ value: 'a' })
    expect(message?.payload).to.include({ resource_type: 'OS::Heat::Value', resource_status_reason: 'state changed' })
    const shown = (await api().get(`${stack.path}/environment`)).body.event_sinks
    expect(shown[0]).to.deep.equal({ ...sinks[0], url: '******', secret: '******', headers: '******' })

    // Another sink takes the place of the first one; what has happened before has gone where it was to go.
    await stack.update(chain('d'), { files, environment: { event_sinks: [sinkOf(other)] } })
    await stack.reaches('UPDATE_COMPLETE')
    const all = await eventsOf(api(), stack.path)
    await arrived(other, stack, all)
    expect(other.events(stack.id)).to.deep.equal(all)
    expect(hooks.events(stack.id)).to.deep.equal(created)

    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
    await until('the end to be told', 20_000, async () =>
      other.events(stack.id).at(-1) === `${stack.name} DELETE_COMPLETE` ? true : undefined,
    )
    const ids = other.taken.flatMap(({ messages }) => messages).map(({ id }) => id)
    expect(new Set(ids).size).to.equal(ids.length)
  })

  it('go where they went before once an update is rolled back', async () => {
    const to = (one: HookServer) => ({ environment: { event_sinks: [sinkOf(one)] }, disable_rollback: false })
    const fails = { type: 'OS::Heat::TestResource', properties: { fail: true } }
    const stack = await api().create(name(), template({ a: value('a') }), to(hooks))
    await stack.reaches('CREATE_COMPLETE')
    await stack.update(template({ a: value('a'), f: fails }), to(other))
    await stack.reaches('ROLLBACK_COMPLETE')
    const own = (one: string): boolean => one.startsWith(`${stack.name} `)
    await until('the end of the rollback to be told', 20_000, async () =>
      hooks.events(stack.id).at(-1) === `${stack.name} ROLLBACK_COMPLETE` ? true : undefined,
    )
    await arrived(other, stack, ['the update began', 'f began', 'f failed', 'the update failed'])
    expect(hooks.events(stack.id).filter(own)).to.deep.equal(
      ['CREATE_IN_PROGRESS', 'CREATE_COMPLETE', 'ROLLBACK_IN_PROGRESS', 'ROLLBACK_COMPLETE'].map(
        state => `${stack.name} ${state}`,
      ),
    )
    expect(other.events(stack.id).filter(own)[0]).to.equal(`${stack.name} UPDATE_IN_PROGRESS`)
    expect(other.events(stack.id)).to.include('f CREATE_FAILED')
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
  })

  it('keep no stack waiting, whoever does not take them', async () => {
    const environment = {
      event_sinks: [
        { type: 'webhook', url: 'http://127.0.0.1:9/marker-of-a-place' },
        { type: 'webhook', url: 'http://10.255.255.1/' },
      ],
    }
    const stack = await api().create(name(), chain('c'), { files, environment })
    await stack.reaches('CREATE_COMPLETE')
    await until('the log to say so', 10_000, async () =>
      /the operator does not allow it/.test(daemon().log) && /ECONNREFUSED/.test(daemon().log) ? true : undefined,
    )
    expect(daemon().log).not.to.include('marker-of-a-place')
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
  })

  it('go nowhere that cannot be, which is said before anything is made', async () => {
    const refusal = async (sink: unknown) => {
      const body = { stack_name: name(), template: chain('c'), files, environment: { event_sinks: [sink] } }
      const answer = await api().send('POST', '/stacks', body)
      return `${answer.status} ${answer.body.error?.message}`
    }
    const at = 'environment.event_sinks[0]'
    expect(await refusal({ type: 'webhok' })).to.equal(
      `400 ${at}: : There is no type of event sink "webhok" (did you mean webhook?); allowed are webhook`,
    )
    expect(await refusal({ type: 'webhook' })).to.equal(`400 Property error: : ${at}: : Property url not assigned`)
    expect(await refusal({ type: 'webhook', url: 'http://x/', sekret: 'x' })).to.equal(
      `400 Property error: : ${at}: : Unknown Property sekret (did you mean secret?)`,
    )
    expect(await refusal({ type: 'webhook', url: 'file:///etc/passwd' })).to.contain('expected http or https')
    expect(await refusal({ type: 'webhook', url: 'http://x/', headers: { Host: 'y' } })).to.contain("'Host' is set by")
    expect(await refusal({ type: 'zaqar-queue', target: 'q' })).to.contain(
      'the service zaqar, which Hearth does not have',
    )
    expect(await refusal('webhook')).to.contain(`${at}: : expected a map with the type of an event sink`)
  })
})

describe('the events of stacks whose daemon dies', () => {
  it('are delivered by the next one, none of them lost', async () => {
    const options = { 'outbound:allow': '127.0.0.1' }
    const hooks = await HookServer.start()
    let daemon: Daemon | undefined
    try {
      daemon = await Daemon.start({ engine: 'convergence', options })
      hooks.refuses = Number.POSITIVE_INFINITY
      const environment = { event_sinks: [sinkOf(hooks)] }
      const stack = await daemon.api().create('kept', chain('c'), { files, environment })
      await stack.reaches('CREATE_COMPLETE')
      const created = await eventsOf(daemon.api(), stack.path)
      await daemon.end('SIGKILL')
      hooks.refuses = 0
      daemon = await Daemon.start({ engine: 'convergence', options, stateDir: daemon.stateDir })
      // What the one that died was sending is its own for a minute more.
      await until('the events to arrive', 75_000, async () =>
        new Set(hooks.events(stack.id)).size >= new Set(created).size ? true : undefined,
      )
      expect(hooks.events(stack.id)).to.deep.equal(created)
    } finally {
      await daemon?.remove()
      await hooks.stop()
    }
  })
})
