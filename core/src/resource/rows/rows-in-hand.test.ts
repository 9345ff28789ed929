import { asJsonb, type NewResourceRow } from '@hearth/db'
import { expect } from 'chai'
import fc from 'fast-check'
import type { JsonMap } from '../../plugin/index.js'
import { Change } from './change.js'
import { freshIncarnation } from './fresh.js'
import { incarnationOf } from './incarnation.js'
import { freshRow, incarnation } from '../kit.test.js'
import { RowsInHand } from './rows-in-hand.js'
import { Secrets } from '../secrets/secrets.js'

const secrets = new Secrets('of a test')
const stack = { id: 's', rootId: 's', project: 'demo', name: 'memory' }
const added: NewResourceRow = { id: 'new', stackId: 's', rootId: 's', name: 'b', type: 'T', replaces: null }
const map = fc.dictionary(
  fc.constantFrom('bbb', 'aa', 'c', '10', 'é'),
  fc.jsonValue({ maxDepth: 1 }),
) as fc.Arbitrary<JsonMap>
const asked = { isAskedFor: true }

describe('rows in hand', () => {
  it('begin as they are read once they are inserted', () => {
    const { createdAt } = freshRow(added)
    expect(freshIncarnation(added, createdAt)).to.deep.equal(incarnationOf(freshRow(added), secrets))
    const other = { ...added, implementation: 'I', replaces: 'old' }
    expect(freshIncarnation(other, createdAt)).to.deep.equal(incarnationOf(freshRow(other), secrets))
  })

  it('are after a change as they are read once it is written, to the order of keys', () =>
    fc.assert(
      fc.asyncProperty(
        fc.record({
          properties: map,
          attributes: map,
          metadata: map,
          data: map,
          seals: fc.boolean(),
          hidden: fc.boolean(),
        }),
        async ({ seals, hidden, ...values }) => {
          const rows = new RowsInHand([], [added])
          const find = await rows.load()
          const change = new Change(find('new') ?? incarnation(), stack).set({
            ...values,
            hidden: hidden ? ['aa', 'c', 'd'] : [],
            kept: seals ? { properties: ['c'], tells: true, seals } : null,
            cursor: { bbb: 1, aa: 2 },
            reference: 'r',
          })
          rows.take(change, asked)
          const { state } = change.toWrite(secrets)
          const stored = freshRow(added, {
            ...state,
            ...asJsonb({
              properties: state?.properties ?? {},
              attributes: state?.attributes ?? {},
              metadata: state?.metadata ?? {},
              cursor: state?.cursor ?? null,
            }),
          })
          const { changedAt: _, ...read } = incarnationOf(stored, secrets)
          const { changedAt: __, ...inHand } = find('new') ?? incarnation()
          expect(inHand).to.deep.equal(read)
          for (const key of ['properties', 'attributes', 'metadata', 'data', 'cursor'] as const)
            expect(JSON.stringify(inHand[key])).to.equal(JSON.stringify(read[key]))
        },
      ),
    ))

  it('are found by name, with what replaces them, and not once they are removed', async () => {
    const rows = new RowsInHand([incarnation({ id: 'old', name: 'a' })], [added])
    const named = await rows.loadNamed([{ stackId: 's', name: 'a' }])
    const ids = (name: string): string[] => named({ stackId: 's', name }).map(({ id }) => id)
    expect([ids('a'), ids('b'), ids('c')]).to.deep.equal([['old'], ['new'], []])
    const replacement = { ...added, id: 'newer', name: 'a', replaces: 'old' }
    rows.take(new Change(incarnation({ id: 'old' }), stack).insert(replacement), asked)
    expect(ids('a')).to.deep.equal(['old', 'newer'])
    rows.take(new Change(incarnation({ id: 'old' }), stack).remove(), asked)
    expect(ids('a')).to.deep.equal(['newer'])
  })

  it('say which rows no change brings, and which row a change has to bring, once', async () => {
    const rows = new RowsInHand([incarnation({ id: 'old' })], [added, { ...added, id: 'other' }])
    rows.take(new Change((await rows.load())('new') ?? incarnation(), stack).set({}), { isAskedFor: false })
    expect(rows.missing.map(({ id }) => id)).to.deep.equal(['other'])
    expect(['new', 'old', 'other', 'new'].map(id => rows.bring(id))).to.deep.equal([
      added,
      undefined,
      undefined,
      undefined,
    ])
  })

  it('are free while nobody acts on them, and they wait at no hook', () => {
    const taken = [incarnation({ id: 'held', actor: '7' }), incarnation({ id: 'paused', hook: 'pre-update' })]
    const rows = new RowsInHand([incarnation({ id: 'old' }), ...taken], [added])
    const free = ['old', 'held', 'paused', 'new', 'gone'].filter(id => rows.isFree(id))
    expect(free).to.deep.equal(['old', 'new'])
  })
})
