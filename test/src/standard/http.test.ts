import { templates } from '@hearth/conformance'
import { expect } from 'chai'
import { onEachEngine } from './ground.js'
import { RestServer } from './rest-server.js'

const { template, value } = templates

onEachEngine('objects of a REST API', ({ api, daemon, name }) => {
  let server: RestServer
  before(async () => (server = await RestServer.start()))
  after(() => server?.stop())

  const auth = { bearer: 'opensesame' }
  const http = (properties: object) => ({ type: 'Hearth::HTTP::Resource', properties: { auth, ...properties } })
  const ready = { path: '$.state', values: ['ACTIVE'], failed: ['ERROR'], interval: 0.1, timeout: 20 }

  /** Made by a POST, which tells its id and fails at first; with an update only if that is asked for. */
  const thing = (size: number, more: object = {}) =>
    http({
      create: { url: `${server.url}/busy/things`, body: { size, label: '{{name}}' } },
      read: {},
      update: { body: { size, was: '{{id}}' } },
      delete: { url: `${server.url}/things/{{id}}` },
      values: { size: '$.size', state: '$.state' },
      retry_delay: 0.05,
      ready,
      expect: { '$.size': size },
      ...more,
    })
  /** Made by a PUT, at a place that its name tells. */
  const named = (place: string, text: unknown) =>
    http({
      create: { method: 'PUT', url: `${server.url}/named/${place}`, body: { text } },
      read: {},
      delete: {},
      expect: { '$.text': text },
    })

  it('are made, waited for, changed in place, and removed', async () => {
    const place = name()
    const content = (size: number) =>
      template(
        { thing: thing(size), named: named(place, { get_attr: ['thing', 'values', 'size'] }) },
        {
          id: { get_attr: ['thing', 'id'] },
          values: { get_attr: ['thing', 'values'] },
          status: { get_attr: ['thing', 'status'] },
        },
      )
    const stack = await api().create(place, content(1))
    await stack.reaches('CREATE_COMPLETE')
    const { id, values, status } = await stack.outputs()
    expect({ values, status }).to.deep.equal({ values: { size: 1, state: 'ACTIVE' }, status: 200 })
    expect((await stack.resources()).thing.physical_resource_id).to.equal(`${server.url}/things/${id}`)
    expect(server.things.get(`/named/${place}`)).to.deep.equal({ text: 1 })
    const posts = server.requests('POST')
    expect(posts.map(({ path }) => path)).to.deep.equal(['/busy/things', '/busy/things'])
    expect(new Set(posts.map(({ headers }) => headers['idempotency-key'])), 'one key for all tries').to.have.property(
      'size',
      1,
    )
    expect(JSON.parse(posts[0]?.body ?? ''))
      .to.have.property('label')
      .that.matches(new RegExp(`^${place}-thing-\\w{12}$`))

    await stack.update(content(2))
    await stack.reaches('UPDATE_COMPLETE')
    expect(server.things.get(`/things/${id}`)).to.include({ size: 2, was: id })
    expect(server.things.get(`/named/${place}`)).to.deep.equal({ text: 2 })
    expect((await stack.outputs()).values).to.deep.include({ size: 2 })
    expect(daemon().log).not.to.include('opensesame')

    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
    expect([...server.things.keys()]).to.deep.equal([])
  })

  it('that have drifted are found by a check and mended by an update, those that are gone are made again', async () => {
    const place = name()
    const content = template({ thing: thing(1), named: named(place, 'ours') }, { id: { get_attr: ['thing', 'id'] } })
    const stack = await api().create(place, content)
    await stack.reaches('CREATE_COMPLETE')
    await stack.action('check')
    await stack.reaches('CHECK_COMPLETE')
    const { id } = await stack.outputs()
    const [first, second] = [`/things/${id}`, `/named/${place}`]

    server.things.set(first, { id, size: 9 })
    server.things.delete(second)
    await stack.action('check')
    expect((await stack.reaches('CHECK_FAILED')).stack_status_reason)
      .to.include("it is not as expected: '$.size' is 9, expected 1")
      .and.to.include('any more')
    await stack.update(content)
    await stack.reaches('UPDATE_COMPLETE')
    expect(server.things.get(first)).to.include({ size: 1 })
    expect(server.things.get(second)).to.deep.equal({ text: 'ours' })

    server.things.delete(first)
    server.things.set(second, { text: 'theirs' })
    await stack.update(content, { converge: true })
    await stack.reaches('UPDATE_COMPLETE')
    const { id: other } = await stack.outputs()
    expect(other).not.to.equal(id)
    expect(server.things.get(second)).to.deep.equal({ text: 'ours' })
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
    expect([...server.things.keys()]).to.deep.equal([])
  })

  it('that do not become ready fail, and are removed with their stack', async () => {
    const failing = thing(1, { create: { url: `${server.url}/things`, body: { becomes: 'ERROR' } } })
    const stack = await api().create(name(), template({ failing }))
    expect((await stack.reaches('CREATE_FAILED')).stack_status_reason).to.include(`'$.state' is "ERROR"`)
    expect(server.things.size).to.equal(1)
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
    expect(server.things.size).to.equal(0)
  })

  it('that are not as expected from the beginning fail, and say in what', async () => {
    const place = name()
    const wrong = {
      ...named(place, 'ours'),
      properties: { ...named(place, 'ours').properties, expect: { '$.text': 'x' } },
    }
    const stack = await api().create(place, template({ wrong }))
    expect((await stack.reaches('CREATE_FAILED')).stack_status_reason).to.include(
      `it is not as expected: '$.text' is "ours", expected "x"`,
    )
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
    expect(server.things.size).to.equal(0)
  })

  it('that are refused say what was answered, without what is secret', async () => {
    const unknown = http({ create: { url: `${server.url}/things`, body: {} }, auth: { bearer: 'not-the-word' } })
    const stack = await api().create(name(), template({ unknown }))
    expect((await stack.reaches('CREATE_FAILED')).stack_status_reason).to.include(
      `POST ${server.url} was answered by 401: {"error":"not ******"}`,
    )
    await stack.delete()
  })

  it('are not asked of whom the operator does not allow', async () => {
    const at = (url: object | string, more = {}) => http({ create: { method: 'PUT', url }, update: {}, ...more })
    for (const url of ['http://169.254.169.254/latest', 'http://2852039166/', 'http://[::ffff:a9fe:a9fe]/']) {
      const { status, body } = await api().send('POST', '/stacks', {
        stack_name: name(),
        template: template({ metadata: at(url) }),
      })
      expect(status).to.equal(400)
      expect(body.error.message).to.match(/create\.url: : Hearth must not connect to/)
    }
    // What is known only when the request is made is refused then, and never asked to be removed.
    const address = value('http://127.1.0.1/x')
    const other = at({ get_attr: ['address', 'value'] })
    const nowhere = at('http://nowhere.invalid/x', { retries: 0 })
    for (const [resources, reason] of [
      [{ address, other }, 'Hearth must not connect to 127.1.0.1: the operator does not allow it'],
      [{ nowhere }, 'the name nowhere.invalid cannot be resolved'],
    ] as const) {
      const stack = await api().create(name(), template(resources))
      expect((await stack.reaches('CREATE_FAILED')).stack_status_reason).to.include(reason)
      await stack.delete()
      await stack.reaches('DELETE_COMPLETE')
    }
  })

  it('that others have made may be imported, and are then neither changed nor removed', async () => {
    const imported = (path: string) =>
      template(
        { object: { type: 'Hearth::HTTP::Resource', external_id: `${server.url}${path}` } },
        { id: { get_attr: ['object', 'id'] }, answer: { get_attr: ['object', 'body', 'answer'] } },
      )
    const stack = await api().create(name(), imported('/open'))
    await stack.reaches('CREATE_COMPLETE')
    expect(await stack.outputs()).to.deep.equal({ id: 'o', answer: 42 })
    const before = server.received.length
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
    expect(server.received).to.have.length(before)

    const missing = await api().create(name(), imported('/open/not'))
    expect((await missing.reaches('CREATE_FAILED')).stack_status_reason).to.include('nothing is at')
    await missing.delete()
  })

  it('are refused at once if no request could be made of what the template says', async () => {
    const refused = async (properties: object): Promise<string> => {
      const { status, body } = await api().send('POST', '/stacks', {
        stack_name: name(),
        template: template({ a: http(properties) }),
      })
      expect(status, JSON.stringify(body)).to.equal(400)
      return body.error.message
    }
    const create = { url: 'https://example.org/' }
    expect(await refused({ create: { url: 'file:///etc/passwd' } })).to.include('a URL of file: is not allowed')
    expect(await refused({ create: { url: 'https://a:b@example.org/' } })).to.include("use 'auth'")
    expect(await refused({ create: { url: 'https://example.org/{{id}}' } })).to.include('there is no {{id}}')
    expect(await refused({ create, values: { x: '$[' } })).to.include('is no JSONPath')
    expect(await refused({ create, headers: { Host: 'x' } })).to.include('set by Hearth itself')
    expect(await refused({ create, auth: { username: 'a', bearer: 'b' } })).to.include("expected either 'bearer'")
    expect(await refused({ create, read: { url: 'https://example.org/x' } })).to.include('would be the same')
  })
})
