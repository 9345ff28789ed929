import type { JsonMap } from '@hearth/core/plugin'
import { expect } from 'chai'
import { type Answers, answeringApi } from '../testing/answering-api.js'
import { failureOf } from '../testing/context.js'
import { keyOf } from './talk.js'
import { refusedId, unanswered } from './unanswered.js'

describe('Hearth::HTTP::Resource, where it is,', () => {
  const api = answeringApi()
  const { answers, asked, type, request, context } = api
  /** The id of an object that was asked for, and of which nobody has heard. */
  const asking = unanswered(keyOf('r:create'))

  it('is at the place that the answer names, else below that of the request by its id, else there itself', async () => {
    const placed = async (...answer: Answers[string][number]): Promise<string | undefined> => {
      answers['POST /things'] = [answer]
      const step = context({ read: null, delete: null })
      await type.create(step)
      return step.ids.at(-1)
    }
    expect(await placed(201, { id: 7 }, { location: '/other/7' })).to.equal(`${api.url}/other/7`)
    expect(await placed(201, { id: 'a/b' })).to.equal(`${api.url}/things/a%2Fb`)
    expect(await placed(204)).to.equal(`${api.url}/things`)
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
    const patched = context({ create: request('PATCH', `${api.url}/settings`), read: null })
    answers['PATCH /settings'] = [[204]]
    await type.create(patched)
    expect(patched.ids).to.deep.equal([asking, `${api.url}/settings`])
  })

  it('is not looked for elsewhere, with what authorizes its requests, because the answer says so', async () => {
    const elsewhere = api.url.replace('127.0.0.1', 'localhost')
    answers['POST /things'] = [[201, { id: 7 }, { location: `${elsewhere}/things/7` }]]
    answers['GET /things/7'] = [[200, { id: 7 }]]
    const step = context()
    expect(await failureOf(() => type.create(step))).to.include(`names a place at another server, ${elsewhere}`)
    expect(step.ids).to.deep.equal([asking])
    expect(asked).to.deep.equal(['POST /things'])
    const declared = context({ read: request('GET', `${api.url}/things/{{id}}`) })
    await type.create(declared)
    expect(declared.ids).to.deep.equal([asking, `${api.url}/things/7`])
  })

  it('is nowhere if nobody has heard of it, or was sent elsewhere', async () => {
    const put = (url: string) => context({ create: request('PUT', url), retries: 0 })
    const lost = put('http://127.0.0.1:1/x')
    expect(await failureOf(() => type.create(lost))).to.include('ECONNREFUSED')
    expect(lost.ids.at(-1)).to.equal(refusedId)
    answers['PUT /x'] = [[302, {}, { location: '/y' }]]
    const moved = put(`${api.url}/x`)
    expect(await failureOf(() => type.create(moved))).to.include('was answered by 302')
    expect(moved.ids.at(-1)).to.equal(refusedId)
  })

  it('is known by its place before the request, if that is declared', async () => {
    answers['PUT /named/stack-a-abcdefghijkl'] = [[500]]
    const step = context({ create: request('PUT', `${api.url}/named/{{name}}`), retries: 0 })
    expect(await failureOf(() => type.create(step))).to.equal(`PUT ${api.url} was answered by 500`)
    expect(step.ids).to.deep.equal([`${api.url}/named/stack-a-abcdefghijkl`])
  })

  it('is not removed from its place if it was not let in there', async () => {
    answers['PUT /taken'] = [[412]]
    const step = context({ create: request('PUT', `${api.url}/taken`) })
    expect(await failureOf(() => type.create(step))).to.include('was answered by 412')
    expect(step.ids).to.deep.equal([`${api.url}/taken`, refusedId])
    expect(await type.delete?.(context({}, { physicalId: refusedId }))).to.include({ kind: 'done' })
    expect(asked).to.deep.equal(['PUT /taken'])
    // That it may be sent again does not make it one that may have been carried out.
    answers['PUT /taken'] = [[429], [412]]
    const limited = context({ create: request('PUT', `${api.url}/taken`) })
    const { cursor } = (await type.create(limited)) as { cursor: JsonMap }
    expect(await failureOf(() => type.create(limited, cursor))).to.include('was answered by 412')
    expect(limited.physicalId).to.equal(refusedId)
  })

  it('is removed from its place if an earlier request may have made it there, whatever the later one was answered', async () => {
    for (const status of [401, 409, 412, 422]) {
      answers['PUT /mine'] = [[503], [status]]
      const step = context({ create: request('PUT', `${api.url}/mine`), retries: 1 })
      const { cursor } = (await type.create(step)) as { cursor: JsonMap }
      // A daemon that died before the cursor was stored has it called without one.
      const later = status === 409 ? { ...cursor, attempt: 1 } : undefined
      expect(await failureOf(() => type.create(step, later))).to.include(`was answered by ${status}`)
      expect(step.physicalId).to.equal(`${api.url}/mine`)
    }
    answers['DELETE /mine'] = [[204]]
    await type.delete?.(context({}, { physicalId: `${api.url}/mine` }))
    expect(asked.at(-1)).to.equal('DELETE /mine')
  })
})
