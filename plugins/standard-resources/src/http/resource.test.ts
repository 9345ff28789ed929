import type { JsonMap } from '@hearth/core/plugin'
import { expect } from 'chai'
import { answeringApi } from '../testing/answering-api.js'
import { doneOf, failureOf } from '../testing/context.js'

describe('Hearth::HTTP::Resource', () => {
  const api = answeringApi()
  const { answers, asked, type, request, properties, context } = api

  it('is waited for until it is ready, by calls that hold nothing, and not for ever', async () => {
    const ready = { path: '$.state', values: ['UP'], failed: [], interval: 3, timeout: 10 }
    answers['POST /things'] = [[201, { id: 1 }]]
    answers['GET /things/1'] = [[404], [200, { state: 'NEW' }]]
    const step = context({ ready })
    const waiting = (await type.create(step)) as { cursor: JsonMap }
    expect(waiting).to.deep.include({ kind: 'again', wake: { afterMs: 3_000 } })
    const later = { ...step, physicalId: `${api.url}/things/1`, now: () => 11_001 }
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
    const step = context({ gone: { interval: 3, timeout: 10 } }, { physicalId: `${api.url}/things/1` })
    const waiting = (await type.delete?.(step)) as { cursor: JsonMap }
    expect(waiting).to.deep.include({ kind: 'again', wake: { afterMs: 3_000 } })
    expect(await type.delete?.(step, waiting.cursor)).to.include({ kind: 'done' })
    expect(asked).to.deep.equal(['DELETE /things/1', 'GET /things/1', 'GET /things/1'])
  })

  it('is asked what its id is, for a request that needs it and a create that did not get so far', async () => {
    answers['GET /things/1'] = [[200, { id: 'x' }]]
    answers['DELETE /by-id/x'] = [[204]]
    const step = context(
      { delete: request('DELETE', `${api.url}/by-id/{{id}}`) },
      { physicalId: `${api.url}/things/1` },
    )
    expect(await type.delete?.(step)).to.include({ kind: 'done' })
  })

  it('that is gone is made again where it was, or replaced if it cannot be there', async () => {
    const update = request('PATCH')
    const changed = { changed: ['create'] }
    answers['PATCH /things/1'] = [[404]]
    const free = context({ update }, { physicalId: `${api.url}/things/1`, ...changed })
    expect(await type.update?.(free)).to.include({ kind: 'replace' })

    answers['GET /fixed'] = [[404], [200, {}]]
    answers['PUT /fixed'] = [[201]]
    const fixed = context(
      { create: request('PUT', `${api.url}/fixed`) },
      { physicalId: `${api.url}/fixed`, changed: [] },
    )
    expect(await type.update?.(fixed)).to.include({ kind: 'done' })
    expect(asked).to.deep.equal(['PATCH /things/1', 'GET /fixed', 'PUT /fixed', 'GET /fixed'])
  })

  it('that is not as expected is replaced if nothing changes it', async () => {
    answers['GET /things/1'] = [[200, { size: 2 }]]
    const step = context({ expect: { '$.size': 1 } }, { physicalId: `${api.url}/things/1`, changed: [] })
    expect(await type.update?.(step)).to.include({ kind: 'replace' })
    const { properties: stored } = step
    const seen = {
      name: 'a',
      physicalId: `${api.url}/things/1`,
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
    const read = request('GET', `${api.url}/named/{{name}}`, {
      headers: { 'X-For': '{{name}} {{key}} {{project}} {{stack}}' },
    })
    const step = context({ create: request('PUT', `${api.url}/named/{{name}}`), read, expect: { '$.size': 1 } })
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
    const body = { create: request('POST', `${api.url}/things`, { body: 1 }) }
    const update = request('PUT')
    expect(replaces({}, body, ['create'])).to.equal(true)
    expect(replaces({ update }, { ...body, update }, ['create'])).to.equal(false)
    expect(replaces({ update }, { update, create: request('POST', `${api.url}/others`) }, ['create'])).to.equal(true)
    expect(replaces({ retries: 1 }, { retries: 2 }, ['retries'])).to.equal(false)
    const put = (place: string) => ({ create: request('PUT', `${api.url}/${place}`) })
    expect(replaces(put('a'), put('b'), ['create'])).to.equal(true)
    expect(replaces(put('a'), { create: request('PUT', `${api.url}/a`, { body: 2 }) }, ['create'])).to.equal(false)
  })
})
