import { randomUUID } from 'node:crypto'
import {
  brokenWaves,
  claimWave,
  fence,
  finishNodes,
  forgetWaves,
  forgive,
  leaseTraversals,
  type LeasedNode,
  markWave,
} from '@hearth/convergence-engine/testing'
import { expect } from 'chai'
import fc from 'fast-check'
import { type NodeRow, Tables } from './tables.js'

const worker = randomUUID()

describe('the tables of the convergence engine', () => {
  let tables: Tables
  before(async () => {
    tables = await Tables.start()
  })
  after(() => tables.stop())

  it('count no attempt of a worker that was only late, also where others have taken over', async () => {
    await tables.fill([{ attempts: 1, state: 'leased', lease: worker }, { attempts: 2 }, { attempts: 0 }])
    await tables.db.query(forgive, [worker, [1, 2, 3]])
    const rows = await tables.db.query<{ attempts: number }>('SELECT attempts FROM node ORDER BY id')
    expect(rows.map(({ attempts }) => attempts)).to.deep.equal([1, 1, 0])
  })

  it('make a node ready exactly when the last of its prerequisites is done, in whatever order', async () => {
    const graphs = fc
      .integer({ min: 1, max: 10 })
      .chain(size => fc.tuple(...Array.from({ length: size }, (_, at) => fc.subarray([...Array(at).keys()]))))
    await fc.assert(
      fc.asyncProperty(graphs, fc.infiniteStream(fc.nat()), fc.nat(3), fc.nat(3), async (graph, dice, free, room) => {
        const requires = graph as number[][]
        const effectless = requires.map(() => dice.next().value % 2 === 0)
        await tables.fill(
          requires.map((required, at) => ({
            state: required.length === 0 ? 'leased' : 'waiting',
            ...(required.length === 0 ? { lease: worker } : {}),
            pending: required.length,
            effectless: effectless[at] === true,
            neededBy: requires.flatMap((one, index) => (one.includes(at) ? index + 1 : [])),
          })),
        )
        const open = new Set(requires.flatMap((required, at) => (required.length === 0 ? at : [])))
        const done = new Set<number>()
        while (open.size > 0) {
          const batch = [...open].filter(() => dice.next().value % 2 === 0)
          if (batch.length === 0) continue
          const rows = await tables.db.query<{ id: string; state: string }>(finishNodes, [
            batch.map(at => String(at + 1)),
            worker,
            free,
            room,
          ])
          for (const at of batch) {
            open.delete(at)
            done.add(at)
          }
          const expected = requires.flatMap((required, at) =>
            !done.has(at) && required.length > 0 && required.every(one => done.has(one)) && !open.has(at) ? at : [],
          )
          const ready = rows.filter(({ state }) => state !== 'waiting').map(({ id }) => Number(id) - 1)
          expect(ready.sort()).to.deep.equal(expected.sort())
          const instant = expected.filter(at => effectless[at]).length
          const taken = Math.min(free, expected.length - instant) + Math.min(room, instant)
          expect(rows.filter(({ state }) => state === 'leased')).to.have.length(taken)
          for (const at of expected) open.add(at)
        }
        expect(done.size).to.equal(requires.length)
        expect(await tables.db.query('SELECT id FROM node')).to.deep.equal([])
      }),
      { numRuns: 30 },
    )
  })

  it('reject whoever is not the lease any more', async () => {
    const other = randomUUID()
    await tables.fill([{ state: 'leased', lease: worker }, { state: 'leased', lease: other }, { state: 'ready' }])
    const held = await tables.db.query<{ id: string }>(fence, [worker, ['1', '2', '3'], ['1', '1', '1'], ['1']])
    expect(held.map(({ id }) => id)).to.deep.equal(['1'])
    expect(await tables.db.query(fence, [worker, ['1'], ['0'], []])).to.deep.equal([])
  })

  describe('in waves', () => {
    type Wave = LeasedNode & { readonly transaction: string }
    const instant = (count: number, row: NodeRow = {}): NodeRow[] =>
      Array.from({ length: count }, (_, turn): NodeRow => ({ turn, effectless: true, ...row }))

    it('keep apart what needs a lease and what needs none', async () => {
      await tables.fill([{}, ...instant(1)])
      expect((await tables.take(worker, 10)).map(({ id }) => id)).to.deep.equal(['1'])
      const wave = await tables.db.query<Wave>(claimWave, [10, 4000, worker])
      expect(wave.map(({ id }) => id)).to.deep.equal(['2'])
    })

    it('give two waves at once different nodes, and all of a traversal to one of them if others wait in it', async () => {
      const both = (): Promise<Wave[][]> =>
        tables.db.transaction(async one => {
          const first = await one.query<Wave>(claimWave, [5, 4000, worker])
          const second = await tables.db.transaction(two => two.query<Wave>(claimWave, [20, 4000, worker]))
          return [first, second]
        })
      await tables.fill(instant(12))
      expect((await both()).map(({ length }) => length)).to.deep.equal([5, 7])
      await tables.fill([...instant(12, { neededBy: [13] }), { state: 'waiting', pending: 12 }])
      expect((await both()).map(({ length }) => length)).to.deep.equal([5, 0])
    })

    it('take turns among projects', async () => {
      await tables.fill([...instant(20), ...instant(3, { project: 'q', turn: 100 })])
      const wave = await tables.db.query<Wave>(claimWave, [8, 4000, worker])
      expect(wave.filter(({ project }) => project === 'q')).to.have.length(3)
    })

    it('lock no more of many projects than a wave can take, and share it evenly', async () => {
      const projects = ['p', 'q', 'r', 's']
      await tables.fill(projects.flatMap(project => instant(20, { project })))
      await tables.db.transaction(async one => {
        const first = await one.query<Wave>(claimWave, [8, 4000, worker])
        const rest = await tables.db.query<Wave>(claimWave, [200, 4000, worker])
        expect(projects.map(name => first.filter(({ project }) => project === name).length)).to.deep.equal([2, 2, 2, 2])
        expect(rest).to.have.length(72)
      })
    })

    it('are done with leases once a wave has died with its worker, and only then', async () => {
      await tables.fill(instant(2))
      const other = randomUUID()
      const wave = (fate: () => void): Promise<void> =>
        tables.db
          .transaction(async tx => {
            const [first] = await tx.query<Wave>(claimWave, [10, 4000, worker])
            await tables.db.query(markWave, [worker, 0, first?.transaction, ['1']])
            fate()
          })
          .catch(() => undefined)
      const broken = async (dead: string): Promise<string[]> =>
        (await tables.db.query<{ id: string }>(brokenWaves, [[dead]])).map(({ id }) => id)
      await wave(() => undefined)
      expect(await broken(worker)).to.deep.equal([])
      await wave(() => {
        throw new Error('dies')
      })
      expect(await broken(other)).to.deep.equal([])
      expect(await broken(worker)).to.deep.equal(['1'])
      // Nobody else waves there before the leases are asked for.
      expect(await tables.db.query(claimWave, [10, 4000, other])).to.deep.equal([])
      await tables.db.query(leaseTraversals, [['1']])
      await tables.db.query(forgetWaves, [[worker]])
      expect(await tables.db.query(claimWave, [10, 4000, other])).to.deep.equal([])
      expect(await tables.take(worker, 10)).to.have.length(2)
    })

    it('do not mind marks of transactions that this server has not had, as a dump brings them', async () => {
      await tables.fill(instant(1))
      await tables.db.query(markWave, [worker, 0, '9000000000000', ['1']])
      expect(await tables.db.query(brokenWaves, [[worker]])).to.deep.equal([])
      expect(await tables.db.query(claimWave, [10, 4000, randomUUID()])).to.have.length(1)
    })
  })
})
