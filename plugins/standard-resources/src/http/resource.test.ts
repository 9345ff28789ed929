import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { JsonMap, ResourceType, StepContext } from '@hearth/core/plugin'
import { expect } from 'chai'
import { allow } from '../outbound/options.js'
import { ruleList } from '../outbound/rules.js'
import { contextOf, doneOf, failureOf, surroundings } from '../testing/context.js'
import { httpResource } from './resource.js'
import { keyOf } from './talk.js'
import { refusedId, unanswered } from './unanswered.js'

/** What the next requests are answered by; the last answer stays. */
type Answers = Record<string, [status: number, body?: unknown, headers?: Record<string, string>][]>

describe('Hearth::HTTP::Resource', () => {
  const type: ResourceType = httpResource(surroundings([[allow, ruleList.parse('127.0.0.1')]]))
  let server: Server
  let url: string
  let answers: Answers
  let asked: string[]
  let keys: unknown[]
  before(async () => {
    server = createServer((request, response) => {
      const what = `${request.method} ${request.url}`
      asked.push(what)
      keys.push(request.headers['idempotency-key'])
      const left = answers[what] ?? [[500]]
      const [status, body, headers] = (left.length > 1 ? left.shift() : left[0]) as Answers[string][number]
      response.writeHead(status, headers)
      response.end(body === undefined ? '' : JSON.stringify(body))
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  beforeEach(() => {
    answers = {}
    asked = []
    keys = []
  })
  after(async () => {
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  })

  const request = (method: string, at = '{{url}}', more: JsonMap = {}): JsonMap => ({ method, url: at, ...more })
  const properties = (more: JsonMap = {}): JsonMap => ({
    create: request('POST', `${url}/things`),
    read: request('GET'),
    update: null,
    delete: request('DELETE'),
    id: '$.id',
    values: {},
    ready: null,
    gone: null,
    expect: {},
    headers: {},
    query: {},
    auth: null,
    idempotency_header: 'Idempotency-Key',
    request_timeout: 5,
    retries: 1,
    retry_delay: 2,
    ...more,
  })
  const context = (more: JsonMap = {}, rest: Partial<StepContext> = {}) => contextOf(properties(more), rest)

  /** The id of an object that was asked for, and of which nobody has heard. */
  const asking = unanswered(keyOf('r:create'))

  it('is at the place that the answer names, else below that of the request by its id, else there itself', async () => {
    const placed = async (...answer: Answers[string][number]): Promise<string | undefined> => {
      answers['POST /things'] = [answer]
      const step = context({ read: null, delete: null })
      await type.create(step)
      return step.ids.at(-1)
    }
    expect(await placed(201, { id: 7 }, { location: '/other/7' })).to.equal(`${url}/other/7`)
    expect(await placed(201, { id: 'a/b' })).to.equal(`${url}/things/a%2Fb`)
    expect(await placed(204)).to.equal(`${url}/things`)
  })

  it('is not taken for what it was made in: no request is to go there', async () => {
    answers['POST /things'] = [[204]]
    for (const more of [
      { read: null },
      { delete: null },
      { read: null, delete: null, update: request('PUT') },
    ] as JsonMap[]) {
      const step = context(more)
      expect(await failureOf(() => type.create(step))).to.include('tells neither a Location nor, by $.id, an id')
      expect(step.ids).to.deep.equal([asking])
    }
    const patched = context({ create: request('PATCH', `${url}/settings`), read: null })
    answers['PATCH /settings'] = [[204]]
    await type.create(patched)
    expect(patched.ids).to.deep.equal([asking, `${url}/settings`])
  })

  it('is not looked for elsewhere, with what authorizes its requests, because the answer says so', async () => {
    const elsewhere = url.replace('127.0.0.1', 'localhost')
    answers['POST /things'] = [[201, { id: 7 }, { location: `${elsewhere}/things/7` }]]
    answers['GET /things/7'] = [[200, { id: 7 }]]
    const step = context()
    expect(await failureOf(() => type.create(step))).to.include(`names a place at another server, ${elsewhere}`)
    expect(step.ids).to.deep.equal([asking])
    expect(asked).to.deep.equal(['POST /things'])
    const declared = context({ read: request('GET', `${url}/things/{{id}}`) })
    await type.create(declared)
    expect(declared.ids).to.deep.equal([asking, `${url}/things/7`])
  })

  it('is known by its place before the request, if that is declared', async () => {
    answers['PUT /named/stack-a-abcdefghijkl'] = [[500]]
    const step = context({ create: request('PUT', `${url}/named/{{name}}`), retries: 0 })
    expect(await failureOf(() => type.create(step))).to.equal(`PUT ${url} was answered by 500`)
    expect(step.ids).to.deep.equal([`${url}/named/stack-a-abcdefghijkl`])
  })

  it('is not removed from its place if it was not let in there', async () => {
    answers['PUT /taken'] = [[412]]
    const step = context({ create: request('PUT', `${url}/taken`) })
    expect(await failureOf(() => type.create(step))).to.include('was answered by 412')
    expect(step.ids).to.deep.equal([`${url}/taken`, refusedId])
    expect(await type.delete?.(context({}, { physicalId: refusedId }))).to.include({ kind: 'done' })
    expect(asked).to.deep.equal(['PUT /taken'])
    // That it may be sent again does not make it one that may have been carried out.
    answers['PUT /taken'] = [[429], [412]]
    const limited = context({ create: request('PUT', `${url}/taken`) })
    const { cursor } = (await type.create(limited)) as { cursor: JsonMap }
    expect(await failureOf(() => type.create(limited, cursor))).to.include('was answered by 412')
    expect(limited.physicalId).to.equal(refusedId)
  })

  it('is removed from its place if an earlier request may have made it there, whatever the later one was answered', async () => {
    for (const status of [401, 409, 412, 422]) {
      answers['PUT /mine'] = [[503], [status]]
      const step = context({ create: request('PUT', `${url}/mine`), retries: 1 })
      const { cursor } = (await type.create(step)) as { cursor: JsonMap }
      // A daemon that died before the cursor was stored has it called without one.
      const later = status === 409 ? { ...cursor, attempt: 1 } : undefined
      expect(await failureOf(() => type.create(step, later))).to.include(`was answered by ${status}`)
      expect(step.physicalId).to.equal(`${url}/mine`)
    }
    answers['DELETE /mine'] = [[204]]
    await type.delete?.(context({}, { physicalId: `${url}/mine` }))
    expect(asked.at(-1)).to.equal('DELETE /mine')
  })

  it('keeps its key when a later request is refused, for the next one to find what the first has made', async () => {
    for (const status of [401, 403, 404]) {
      answers['POST /things'] = [[status]]
      const step = context({}, { physicalId: asking, idempotencyKey: 'r:update', changed: ['auth'] })
      expect(await failureOf(() => type.update?.(step))).to.include(`was answered by ${status}`)
      expect(step.physicalId).to.equal(asking)
    }
    expect(new Set(keys)).to.deep.equal(new Set([keyOf('r:create')]))
  })

  it('is not made twice once the answer was heard', async () => {
    answers['GET /things/7'] = [[200, { id: 7, size: 1 }]]
    const step = context({ values: { size: '$.size' } }, { physicalId: `${url}/things/7` })
    expect(await type.create(step)).to.deep.include({
      kind: 'done',
      data: {
        id: 7,
        status: 200,
        body: { id: 7, size: 1 },
        values: { size: 1 },
        given: { name: 'stack-a-abcdefghijkl', key: keyOf('r:create'), project: 'demo', stack: 'stack' },
      },
    })
    expect(asked).not.to.include('POST /things')
  })

  it('is asked for under the same key by any later step, unless it was refused', async () => {
    const update = async (physicalId: string) => {
      const step = context({ retries: 0 }, { physicalId, changed: ['create'], idempotencyKey: 'r:update' })
      return { step, why: await failureOf(() => type.update?.(step)) }
    }
    answers['POST /things'] = [[503], [422], [503]]
    const first = await update(asking)
    expect([first.why, first.step.ids]).to.deep.equal([`POST ${url} was answered by 503`, [asking]])
    const second = await update(asking)
    expect(second.step.ids).to.deep.equal([asking, refusedId])
    const third = await update(refusedId)
    expect(third.step.ids).to.deep.equal([unanswered(keyOf('r:update'))])
    expect(keys).to.deep.equal([keyOf('r:create'), keyOf('r:create'), keyOf('r:update')])
    for (const id of [asking, refusedId]) {
      const removed = context({}, { physicalId: id })
      expect(await type.delete?.(removed)).to.include({ kind: 'done' })
      const { attributes } = type.derive?.({ ...removed, attributes: {} } as never) ?? {}
      expect(attributes).to.include({ url: null })
    }
    expect(asked).to.have.length(3)
  })

  it('is asked for again while the API says that it is still being made', async () => {
    answers['POST /things'] = [[409], [201, { id: 7 }]]
    answers['GET /things/7'] = [[200, { id: 7 }]]
    const step = context({}, { physicalId: asking })
    const waiting = (await type.create(step)) as { cursor: JsonMap }
    expect(waiting).to.deep.include({ kind: 'again', wake: { afterMs: 2_000 } })
    expect(await type.create(step, waiting.cursor)).to.include({ kind: 'done' })
    expect(keys.slice(0, 2)).to.deep.equal([keyOf('r:create'), keyOf('r:create')])
  })

  it('is asked for again after a while, as often as it says, or when the answer says', async () => {
    answers['POST /things'] = [[503], [429, undefined, { 'retry-after': '7' }], [503]]
    const step = context({ retries: 2 })
    const wake = async (cursor?: JsonMap) => (await type.create(step, cursor)) as { cursor: JsonMap; wake: object }
    const first = await wake()
    expect(first).to.deep.include({ kind: 'again', wake: { afterMs: 2_000 } })
    const second = await wake(first.cursor)
    expect(second.wake).to.deep.equal({ afterMs: 7_000 })
    expect(await failureOf(() => wake(second.cursor))).to.include('was answered by 503 (sent 3 times)')
    // It is one second past the epoch.
    answers['POST /things'] = [[503, undefined, { 'retry-after': 'Thu, 01 Jan 1970 00:00:10 GMT' }]]
    expect((await wake()).wake).to.deep.equal({ afterMs: 9_000 })
  })

  it('fails at once by any other status, or if the answer does not say success', async () => {
    answers['POST /things'] = [
      [409, 'taken'],
      [200, { ok: false }],
      [202, {}],
    ]
    const success = { path: '$.ok', values: null }
    const create = request('POST', `${url}/things`, { success, statuses: [200] })
    expect(await failureOf(() => type.create(context({ create })))).to.include('was answered by 409: "taken"')
    expect(await failureOf(() => type.create(context({ create })))).to.include(`which '$.ok' does not find success in`)
    expect(await failureOf(() => type.create(context({ create })))).to.include('was answered by 202')
  })

  it('fails without telling what was sent, whatever the answer repeats', async () => {
    const body = { user: 'things', password: 'swordfish', note: 'a "b"' }
    answers['POST /hook/KEY'] = [
      [400, { wrong: [body, 'Bearer opensesame', '/hook/KEY'], more: `${'x'.repeat(200)}swordfish` }],
    ]
    const secret = context({
      create: request('POST', `${url}/hook/KEY`, { body }),
      auth: { bearer: 'opensesame', username: null, password: null },
    })
    const reason = await failureOf(() => type.create(secret))
    expect(reason).to.match(/^POST \S+ was answered by 400: /)
    for (const left of ['KEY', 'swordf', 'opensesame', 'a \\"b', '"things"']) expect(reason).not.to.include(left)
  })

  it('is waited for until it is ready, by calls that hold nothing, and not for ever', async () => {
    const ready = { path: '$.state', values: ['UP'], failed: [], interval: 3, timeout: 10 }
    answers['POST /things'] = [[201, { id: 1 }]]
    answers['GET /things/1'] = [[404], [200, { state: 'NEW' }]]
    const step = context({ ready })
    const waiting = (await type.create(step)) as { cursor: JsonMap }
    expect(waiting).to.deep.include({ kind: 'again', wake: { afterMs: 3_000 } })
    const later = { ...step, physicalId: `${url}/things/1`, now: () => 11_001 }
    expect(await failureOf(() => type.create(later, waiting.cursor))).to.equal(
      `'$.state' was "NEW"; the object was not ready within 10 s.`,
    )
    answers['GET /things/1'] = [[200, { state: 'UP' }]]
    expect(await type.create(later, waiting.cursor)).to.include({ kind: 'done' })
    expect(asked.filter(what => what === 'POST /things')).to.have.length(1)
  })

  it('is waited for until it is gone, if it says so', async () => {
    answers['DELETE /things/1'] = [[202]]
    answers['GET /things/1'] = [[200, {}], [410]]
    const step = context({ gone: { interval: 3, timeout: 10 } }, { physicalId: `${url}/things/1` })
    const waiting = (await type.delete?.(step)) as { cursor: JsonMap }
    expect(waiting).to.deep.include({ kind: 'again', wake: { afterMs: 3_000 } })
    expect(await type.delete?.(step, waiting.cursor)).to.include({ kind: 'done' })
    expect(asked).to.deep.equal(['DELETE /things/1', 'GET /things/1', 'GET /things/1'])
  })

  it('is asked what its id is, for a request that needs it and a create that did not get so far', async () => {
    answers['GET /things/1'] = [[200, { id: 'x' }]]
    answers['DELETE /by-id/x'] = [[204]]
    const step = context({ delete: request('DELETE', `${url}/by-id/{{id}}`) }, { physicalId: `${url}/things/1` })
    expect(await type.delete?.(step)).to.include({ kind: 'done' })
  })

  it('that is gone is made again where it was, or replaced if it cannot be there', async () => {
    const update = request('PATCH')
    const changed = { changed: ['create'] }
    answers['PATCH /things/1'] = [[404]]
    const free = context({ update }, { physicalId: `${url}/things/1`, ...changed })
    expect(await type.update?.(free)).to.include({ kind: 'replace' })

    answers['GET /fixed'] = [[404], [200, {}]]
    answers['PUT /fixed'] = [[201]]
    const fixed = context({ create: request('PUT', `${url}/fixed`) }, { physicalId: `${url}/fixed`, changed: [] })
    expect(await type.update?.(fixed)).to.include({ kind: 'done' })
    expect(asked).to.deep.equal(['PATCH /things/1', 'GET /fixed', 'PUT /fixed', 'GET /fixed'])
  })

  it('that is not as expected is replaced if nothing changes it', async () => {
    answers['GET /things/1'] = [[200, { size: 2 }]]
    const step = context({ expect: { '$.size': 1 } }, { physicalId: `${url}/things/1`, changed: [] })
    expect(await type.update?.(step)).to.include({ kind: 'replace' })
    const { properties: stored } = step
    const seen = {
      name: 'a',
      physicalId: `${url}/things/1`,
      properties: stored,
      attributes: {},
      data: {},
      received: {},
    }
    const observed = await type.observe?.(
      { ...seen, action: 'CREATE', status: 'COMPLETE' } as never,
      step.signal,
      step.stack,
    )
    expect(observed).to.deep.equal({ expect: { '$.size': 2 } })
  })

  it('is seen to have drifted whatever its request to read has in it', async () => {
    const read = request('GET', `${url}/named/{{name}}`, {
      headers: { 'X-For': '{{name}} {{key}} {{project}} {{stack}}' },
    })
    const step = context({ create: request('PUT', `${url}/named/{{name}}`), read, expect: { '$.size': 1 } })
    answers['PUT /named/stack-a-abcdefghijkl'] = [[201]]
    answers['GET /named/stack-a-abcdefghijkl'] = [
      [200, { size: 1 }],
      [200, { size: 2 }],
    ]
    const { data } = doneOf(await type.create(step))
    const stored = { ...step, name: 'a', type: 'T', attributes: {}, data, action: 'CREATE', status: 'COMPLETE' }
    expect(await type.observe?.(stored, step.signal, step.stack)).to.deep.equal({ expect: { '$.size': 2 } })
  })

  it('is replaced by what puts it elsewhere, and by what no request changes', () => {
    const replaces = (was: JsonMap, wanted: JsonMap, changed: string[]) =>
      type.needsReplace?.(properties(was), properties(wanted), changed) !== undefined
    const body = { create: request('POST', `${url}/things`, { body: 1 }) }
    const update = request('PUT')
    expect(replaces({}, body, ['create'])).to.equal(true)
    expect(replaces({ update }, { ...body, update }, ['create'])).to.equal(false)
    expect(replaces({ update }, { update, create: request('POST', `${url}/others`) }, ['create'])).to.equal(true)
    expect(replaces({ retries: 1 }, { retries: 2 }, ['retries'])).to.equal(false)
    const put = (place: string) => ({ create: request('PUT', `${url}/${place}`) })
    expect(replaces(put('a'), put('b'), ['create'])).to.equal(true)
    expect(replaces(put('a'), { create: request('PUT', `${url}/a`, { body: 2 }) }, ['create'])).to.equal(false)
  })
})
