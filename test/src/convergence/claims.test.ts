import { randomUUID } from 'node:crypto'
import {
  begunOfProjects,
  begunOfTypes,
  claimSuspect,
  type LeasedNode,
  lockSuspects,
  markWave,
  parkForSignal,
  parkNodes,
  releaseDead,
  wakeParked,
} from '@hearth/convergence-engine/testing'
import { expect } from 'chai'
import fc from 'fast-check'
import { type ClaimLimits, type NodeRow, Tables } from './tables.js'

/** Each run fills the tables anew. */
const runs = { numRuns: 60 }
const worker = randomUUID()

const anyNode: fc.Arbitrary<NodeRow> = fc.record({
  project: fc.constantFrom('p', 'q', 'r'),
  type: fc.constantFrom('T', 'U'),
  state: fc.constantFrom('ready' as const, 'ready' as const, 'ready' as const, 'waiting' as const, 'parked' as const),
  begun: fc.boolean(),
  turn: fc.nat(20),
  attempts: fc.nat(3),
  abort: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  actor: fc.option(fc.constantFrom('itself' as const, 'another' as const), { nil: undefined }),
})
const rooms = fc.dictionary(fc.constantFrom('p', 'q', 'T', 'U'), fc.nat(4), { noNullPrototype: true })

describe('claims of the convergence engine', () => {
  let tables: Tables
  before(async () => {
    tables = await Tables.start()
  })
  after(() => tables.stop())

  const take = (most: number, limits: ClaimLimits = {}): Promise<LeasedNode[]> => tables.take(worker, most, limits)

  it('lease what may run, in turn, within every limit, and leave nothing that there was room for', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyNode, { maxLength: 30 }),
        fc.integer({ min: 1, max: 12 }),
        fc.nat(6),
        rooms,
        rooms,
        async (nodes, most, other, share, begin) => {
          await tables.fill(nodes)
          const taken = new Set((await take(most, { other, share, begin })).map(({ id }) => Number(id)))
          expect(taken.size).to.be.at.most(most)
          const all = nodes.map((node, index) => ({ ...node, id: index + 1 }))
          const may = all.filter(
            ({ state, attempts = 0, abort, actor }) =>
              state === 'ready' && attempts < 2 && abort !== true && actor !== 'another',
          )
          for (const id of taken) expect(may.map(one => one.id)).to.include(id)
          const fresh = may.filter(({ begun }) => begun !== true)
          const of = (list: typeof fresh, key: 'project' | 'type', name: string | undefined): number =>
            list.filter(one => one[key] === name && taken.has(one.id)).length
          for (const { project = 'p' } of may)
            expect(of(may, 'project', project)).to.be.at.most(share[project] ?? other)
          for (const { project = 'p', type = 'T' } of fresh) {
            expect(of(fresh, 'project', project)).to.be.at.most(begin[project] ?? other)
            expect(of(fresh, 'type', type)).to.be.at.most(begin[type] ?? most)
          }
          // Within a lane nobody overtakes.
          for (const one of may) {
            if (taken.has(one.id)) continue
            const overtaken = may.filter(
              other_ =>
                taken.has(other_.id) &&
                other_.project === one.project &&
                other_.begun === one.begun &&
                (one.begun === true || other_.type === one.type) &&
                (other_.turn ?? 0) > (one.turn ?? 0),
            )
            expect(overtaken, `${one.id} was overtaken`).to.deep.equal([])
          }
          // Without limits, everything that fits is taken.
          if (Object.keys({ ...share, ...begin }).length === 0 && other >= most)
            expect(taken.size).to.equal(Math.min(most, may.length))
        },
      ),
      runs,
    )
  })

  it('hold begun steps to the share of their project, too, and let both kinds in by turns', async () => {
    await tables.fill(Array.from({ length: 40 }, (_, at): NodeRow => ({ begun: at % 4 !== 0, turn: at })))
    const taken = await take(10, { other: 8, share: { p: 6 } })
    expect(taken.map(({ id }) => (Number(id) - 1) % 4 !== 0).sort()).to.deep.equal([0, 0, 0, 1, 1, 1].map(Boolean))
  })

  it('serve a project first of which less is under way, whoever came first', async () => {
    const begun = Array.from({ length: 5 }, (): NodeRow => ({ project: 'p', begun: true }))
    await tables.fill([...begun, { project: 'q', turn: 1000 }, { project: 'r', turn: 2000 }])
    // Of eight each, p has seven under way and q one.
    const taken = await take(2, { other: 8, share: { p: 1, q: 7 } })
    expect(taken.map(({ project }) => project).sort()).to.deep.equal(['q', 'r'])
  })

  it('let projects take turns, however much one of them has queued', async () => {
    const many = Array.from({ length: 40 }, (_, index): NodeRow => ({ project: 'p', turn: index }))
    const few = Array.from({ length: 3 }, (_, index): NodeRow => ({ project: 'q', turn: 1000 + index }))
    await tables.fill([...many, ...few])
    const taken = await take(10)
    expect(taken.filter(({ project }) => project === 'q')).to.have.length(3)
    expect(taken).to.have.length(10)
  })

  it('give two workers that claim at once different nodes', async () => {
    await tables.fill(Array.from({ length: 40 }, (_, index): NodeRow => ({ turn: index })))
    const both = await Promise.all([take(15), take(15)])
    const ids = both.flat().map(({ id }) => id)
    expect(new Set(ids).size).to.equal(ids.length)
    expect(ids.length + (await take(40)).length).to.equal(40)
  })

  it('lease a node that has died with its worker twice alone, and return it no more after the third time', async () => {
    await tables.fill([{ attempts: 2 }, { attempts: 2 }, {}])
    expect((await take(10)).map(({ id }) => id)).to.deep.equal(['3'])
    const [suspect] = await tables.db.query<LeasedNode>(claimSuspect, [worker])
    expect(suspect).to.include({ id: '1', attempts: 3 })
    // It had company when its worker died: that does not count.
    const died = async () =>
      (await tables.db.query<{ id: string }>(releaseDead, [[worker], 3])).map(({ id }) => id).sort()
    expect(await died()).to.deep.equal(['1', '3'])
    expect(await tables.db.query<LeasedNode>(claimSuspect, [worker])).to.have.length(1)
    expect(await died()).to.deep.equal([])
  })

  it('do not blame a node for the death of a worker that had something else open, a wave under way, or a node that is locked', async () => {
    const died = () =>
      tables.db.transaction(async tx => {
        await tx.query(lockSuspects, [[worker], 3])
        return (await tx.query(releaseDead, [[worker], 3])).length
      })
    const suspect = { attempts: 3, state: 'leased', lease: worker } as const
    await tables.fill([suspect])
    expect(await died()).to.equal(0)
    await tables.db.query('UPDATE traversal SET holder = $1, placed = false', [worker])
    expect(await died()).to.equal(1)

    await tables.fill([suspect])
    const mark = (transaction: string) => tables.db.query(markWave, [worker, 0, transaction, ['1']])
    const [{ id } = { id: '' }] = await tables.db.query<{ id: string }>('SELECT pg_current_xact_id()::text AS id')
    await mark(id)
    expect(await died(), 'beside a wave that is over').to.equal(0)
    await tables.db
      .transaction(async tx => {
        const [own] = await tx.query<{ id: string }>('SELECT pg_current_xact_id()::text AS id')
        await mark(own?.id ?? '')
        throw new Error('it dies')
      })
      .catch(() => undefined)
    expect(await died()).to.equal(1)

    await tables.fill([suspect, { ...suspect, attempts: 1 }])
    await tables.db.transaction(async tx => {
      await tx.query('SELECT FROM node WHERE id = 2 FOR UPDATE')
      expect(await died()).to.equal(1)
    })
  })

  it('count the death of a worker for what had begun in it, and for all it held where nothing had', async () => {
    const attempts = async (): Promise<unknown[]> => {
      await tables.db.query(releaseDead, [[worker], 3])
      const rows = await tables.db.query<{ attempts: number }>('SELECT attempts FROM node ORDER BY id')
      return rows.map(row => row.attempts)
    }
    await tables.fill([{ actor: 'itself' }, {}, {}])
    expect(await take(10)).to.have.length(3)
    expect(await attempts()).to.deep.equal([1, 0, 0])
    await tables.fill([{}, {}])
    expect(await take(10)).to.have.length(2)
    expect(await attempts()).to.deep.equal([1, 1])
  })

  it('leave the room of a limit to others while they wait to be woken, and take it again then', async () => {
    const begun = async (): Promise<unknown> => {
      const [project] = await tables.db.query<{ count: number }>(begunOfProjects)
      const [type] = await tables.db.query<{ count: number }>(begunOfTypes, [['T']])
      return [project?.count ?? 0, type?.count ?? 0]
    }
    const stack = await tables.fill(Array.from({ length: 3 }, () => ({})))
    await take(10)
    expect(await begun()).to.deep.equal([3, 3])
    await tables.db.query(parkForSignal, [
      ['1', '2'],
      [0, -1],
      [60_000, 60_000],
    ])
    await tables.db.query(parkNodes, [['3'], [60_000]])
    // One had been signalled meanwhile, one pauses: both go on, or would, with nobody's help.
    expect(await begun()).to.deep.equal([2, 2])
    const [waiting] = await tables.db.query<{ resource: string }>('SELECT resource FROM node WHERE id = 1')
    await tables.db.query(wakeParked, [[waiting?.resource], [stack]])
    expect(await begun()).to.deep.equal([3, 3])
  })
})
