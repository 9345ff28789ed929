import { templates } from '@hearth/conformance'
import { expect } from 'chai'
import { ofTheApi } from './ground.js'

const { template, test, value } = templates

ofTheApi('resources and events', ({ api, refused }) => {
  let path: string
  before(async () => {
    const stack = await api().create(
      'detailed',
      template({ a: test({ value: 'x' }, { metadata: { k: 'v' } }), b: value({ get_resource: 'a' }) }),
    )
    await stack.reaches('CREATE_COMPLETE')
    path = stack.path
  })

  it('list and show resources', async () => {
    const { body } = await api().get(`${path}/resources?name=a`)
    expect(body.resources).to.have.length(1)
    const [listed] = body.resources
    expect(listed).to.include({
      resource_name: 'a',
      logical_resource_id: 'a',
      resource_type: 'OS::Heat::TestResource',
      resource_status: 'CREATE_COMPLETE',
      resource_status_reason: 'state changed',
    })
    expect(listed.required_by).to.deep.equal(['b'])
    expect(listed.links.map((link: { rel: string }) => link.rel)).to.deep.equal(['self', 'stack'])
    expect(listed.physical_resource_id).to.match(/^detailed-a-[a-z2-7]{12}$/)
    const shown = (await api().get(`${path}/resources/a`)).body.resource
    expect(shown.attributes).to.deep.equal({ output: 'x' })
    expect((await api().get(`${path}/resources/a/metadata`)).body).to.deep.equal({ metadata: { k: 'v' } })
    await refused(
      'GET',
      `${path}/resources/z`,
      undefined,
      404,
      'The Resource (z) could not be found in Stack detailed.',
      'ResourceNotFound',
    )
    await refused('GET', `${path}/resources?colour=red`, undefined, 400, /Invalid filter parameters/)
    const count = async (query: string): Promise<number> =>
      (await api().get(`${path}/resources?${query}`)).body.resources.length
    expect(await count('type=Test&status=CREATE_COMPLETE')).to.equal(1)
    const physicalId = (await api().get(`${path}/resources/a`)).body.resource.physical_resource_id as string
    for (const [query, found] of Object.entries({
      'id=1': 0,
      'name=a': 1,
      'name=a&name=none': 1,
      'name=none': 0,
      'action=CREATE': 2,
      'action=DELETE': 0,
      'status=COMPLETE': 2,
      'status=FAILED': 0,
      'type=OS::Heat::Value': 1,
      [`physical_resource_id=${physicalId}`]: 1,
      'physical_resource_id=none': 0,
    }))
      expect(await count(query), query).to.equal(found)
    expect((await api().get(`${path}/resources?with_detail=True`)).body.resources[0]).to.have.property('attributes')
  })

  it('list, page and show events', async () => {
    const all = (await api().get(`${path}/events?sort_dir=asc`)).body.events
    expect(all[0]).to.include({
      resource_name: 'detailed',
      resource_status: 'CREATE_IN_PROGRESS',
      resource_status_reason: 'Stack CREATE started',
    })
    expect(all[0]).not.to.have.property('resource_type')
    expect((await api().get(`${path}/events`)).body.events.map((event: { id: string }) => event.id)).to.deep.equal(
      all.map((event: { id: string }) => event.id).reverse(),
    )
    const rest = (await api().get(`${path}/events?sort_dir=asc&marker=${all[1].id}`)).body.events
    expect(rest[0].id).to.equal(all[2].id)
    expect((await api().get(`${path}/events?limit=2`)).body.events).to.have.length(2)
    expect((await api().get(`${path}/events?resource_name=a&resource_status=COMPLETE`)).body.events).to.have.length(1)
    expect(
      (await api().get(`${path}/events?resource_type=OS::Heat::Stack&resource_action=CREATE`)).body.events,
    ).to.have.length(2)
    const ofA = (await api().get(`${path}/resources/a/events`)).body.events
    expect(ofA).to.have.length(2)
    const shown = (await api().get(`${path}/resources/a/events/${ofA[0].id}`)).body.event
    expect(shown).to.include({ id: ofA[0].id, resource_type: 'OS::Heat::TestResource' })
    await refused('GET', `${path}/resources/z/events`, undefined, 404, 'No events found for resource z', 'HTTPNotFound')
    await refused('GET', `${path}/resources/a/events/nonsense`, undefined, 404, 'No event nonsense found')
  })

  it('show in an event the properties that the resource had then', async () => {
    const stack = await api().create('properties', template({ a: test({ value: 'one' }) }))
    await stack.reaches('CREATE_COMPLETE')
    await stack.update(template({ a: test({ value: 'two' }) }))
    await stack.reaches('UPDATE_COMPLETE')
    await stack.update(template({}))
    await stack.reaches('UPDATE_COMPLETE')
    const seen: unknown[] = []
    for (const { id, resource_status } of (await api().get(`${stack.path}/resources/a/events?sort_dir=asc`)).body
      .events) {
      const { event } = (await api().get(`${stack.path}/resources/a/events/${id}`)).body
      seen.push([resource_status, event.resource_properties.value])
    }
    expect(seen).to.deep.equal([
      ['CREATE_IN_PROGRESS', 'one'],
      ['CREATE_COMPLETE', 'one'],
      ['UPDATE_IN_PROGRESS', 'one'],
      ['UPDATE_COMPLETE', 'two'],
      ['DELETE_IN_PROGRESS', 'two'],
      ['DELETE_COMPLETE', 'two'],
    ])
    const [own] = (await api().get(`${stack.path}/resources/properties/events`)).body.events
    const { event } = (await api().get(`${stack.path}/resources/properties/events/${own.id}`)).body
    expect(event.resource_properties).to.deep.equal({})
  })

  it('refuse signals to types that take none', async () => {
    await refused(
      'POST',
      `${path}/resources/a/signal`,
      {},
      400,
      'signal is not supported for resource.',
      'ResourceActionNotSupported',
    )
  })

  it('say what this version does not carry out', async () => {
    await refused('DELETE', `${path}/abandon`, undefined, 400, 'Stack Abandon is not supported.', 'NotSupported')
  })

  it('refuse actions that do not exist', async () => {
    await refused('POST', `${path}/actions`, {}, 400, 'No action specified')
    await refused('POST', `${path}/actions`, { a: null, b: null }, 400, 'Multiple actions specified')
    await refused('POST', `${path}/actions`, { dance: null }, 400, 'Invalid action dance specified')
  })
})
