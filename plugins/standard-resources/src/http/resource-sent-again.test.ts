import type { JsonMap } from '@hearth/core/plugin'
import { expect } from 'chai'
import { answeringApi } from '../testing/answering-api.js'
import { failureOf } from '../testing/context.js'
import { keyOf } from './talk.js'
import { refusedId, unanswered } from './unanswered.js'

describe('Hearth::HTTP::Resource, asked for more than once,', () => {
  const api = answeringApi()
  const { answers, asked, keys, type, request, context } = api
  /** The id of an object that was asked for, and of which nobody has heard. */
  const asking = unanswered(keyOf('r:create'))

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
    const step = context({ values: { size: '$.size' } }, { physicalId: `${api.url}/things/7` })
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
    expect([first.why, first.step.ids]).to.deep.equal([`POST ${api.url} was answered by 503`, [asking]])
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
    const create = request('POST', `${api.url}/things`, { success, statuses: [200] })
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
      create: request('POST', `${api.url}/hook/KEY`, { body }),
      auth: { bearer: 'opensesame', username: null, password: null },
    })
    const reason = await failureOf(() => type.create(secret))
    expect(reason).to.match(/^POST \S+ was answered by 400: /)
    for (const left of ['KEY', 'swordf', 'opensesame', 'a \\"b', '"things"']) expect(reason).not.to.include(left)
  })
})
