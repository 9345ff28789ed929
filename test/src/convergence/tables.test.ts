import { randomUUID } from 'node:crypto'
import {
  begunOfProjects,
  begunOfTypes,
  brokenWaves,
  claim,
  claimSuspect,
  claimWave,
  fence,
  finishNodes,
  forgetWaves,
  forgive,
  leaseTraversals,
  type LeasedNode,
  markWave,
  parkForSignal,
  parkNodes,
  releaseDead,
  wakeParked,
} from '@hearth/convergence-engine/testing'
import { expect } from 'chai'
import fc from 'fast-check'
import { type NodeRow, Tables } from './tables.js'

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

describe('the tables of the convergence engine', () => {
  let tables: Tables
  before(async () => {
    tables = await Tables.start()
  })
  after(() => tables.stop())

  const take = (most: number, other: number, limits: Record<string, number>): Promise<LeasedNode[]> => {
    const some = (names: string[]): [string[], number[]] => {
      const named = names.filter(name => limits[name] !== undefined)
      return [named, named.map(name => limits[name] as number)]
    }
    return tables.db.query<LeasedNode>(claim, [worker, most, other, ...some(['p', 'q', 'r']), ...some(['T', 'U'])])
  }

  it('lease what may run, in turn, within every limit, and leave nothing that there was room for', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyNode, { maxLength: 30 }),
        fc.integer({ min: 1, max: 12 }),
        fc.nat(6),
        rooms,
        async (nodes, most, other, limits) => {
          await tables.fill(nodes)
          const taken = new Set((await take(most, other, limits)).map(({ id }) => Number(id)))
          expect(taken.size).to.be.at.most(most)
          const all = nodes.map((node, index) => ({ ...node, id: index + 1 }))
          const may = all.filter(
            ({ state, attempts = 0, abort, actor }) =>
              state === 'ready' && attempts < 2 && abort !== true && actor !== 'another',
          )
          for (const id of taken) expect(may.map(one => one.id)).to.include(id)
          const fresh = may.filter(({ begun }) => begun !== true)
          const projectRoom = (project = 'p'): number => Math.min(limits[project] ?? other, most)
          const typeRoom = (type = 'T'): number => Math.min(limits[type] ?? most, most)
          const of = (list: typeof fresh, key: 'project' | 'type', name: string | undefined): number =>
            list.filter(one => one[key] === name && taken.has(one.id)).length
          for (const one of fresh) {
            expect(of(fresh, 'project', one.project)).to.be.at.most(projectRoom(one.project))
            expect(of(fresh, 'type', one.type)).to.be.at.most(typeRoom(one.type))
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
          if (Object.keys(limits).length === 0 && other >= most) expect(taken.size).to.equal(Math.min(most, may.length))
        },
      ),
      runs,
    )
  })

  it('let projects take turns, however much one of them has queued', async () => {
    const many = Array.from({ length: 40 }, (_, index): NodeRow => ({ project: 'p', turn: index }))
    const few = Array.from({ length: 3 }, (_, index): NodeRow => ({ project: 'q', turn: 1000 + index }))
    await tables.fill([...many, ...few])
    const taken = await take(10, 10, {})
    expect(taken.filter(({ project }) => project === 'q')).to.have.length(3)
    expect(taken).to.have.length(10)
  })

  it('give two workers that claim at once different nodes', async () => {
    await tables.fill(Array.from({ length: 40 }, (_, index): NodeRow => ({ turn: index })))
    const both = await Promise.all([take(15, 15, {}), take(15, 15, {})])
    const ids = both.flat().map(({ id }) => id)
    expect(new Set(ids).size).to.equal(ids.length)
    expect(ids.length + (await take(40, 40, {})).length).to.equal(40)
  })

  it('lease a node that has died with its worker twice alone, and return it no more after the third time', async () => {
    await tables.fill([{ attempts: 2 }, { attempts: 2 }, {}])
    expect((await take(10, 10, {})).map(({ id }) => id)).to.deep.equal(['3'])
    const [suspect] = await tables.db.query<LeasedNode>(claimSuspect, [worker])
    expect(suspect).to.include({ id: '1', attempts: 3 })
    const released = await tables.db.query<{ id: string }>(releaseDead, [[worker], 3])
    expect(released.map(({ id }) => id)).to.deep.equal(['3'])
  })

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

  it('leave the room of a limit to others while they wait to be woken, and take it again then', async () => {
    const begun = async (): Promise<unknown> => {
      const [project] = await tables.db.query<{ count: number }>(begunOfProjects)
      const [type] = await tables.db.query<{ count: number }>(begunOfTypes, [['T']])
      return [project?.count ?? 0, type?.count ?? 0]
    }
    const stack = await tables.fill(Array.from({ length: 3 }, () => ({})))
    await take(10, 10, {})
    expect(await begun()).to.deep.equal([3, 3])
    const later = new Date(Date.now() + 60_000)
    await tables.db.query(parkForSignal, [
      ['1', '2'],
      [0, -1],
      [later, later],
    ])
    await tables.db.query(parkNodes, [['3'], [60_000]])
    // One had been signalled meanwhile, one pauses: both go on, or would, with nobody's help.
    expect(await begun()).to.deep.equal([2, 2])
    const [waiting] = await tables.db.query<{ resource: string }>('SELECT resource FROM node WHERE id = 1')
    await tables.db.query(wakeParked, [[waiting?.resource], [stack]])
    expect(await begun()).to.deep.equal([3, 3])
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
      expect((await take(10, 10, {})).map(({ id }) => id)).to.deep.equal(['1'])
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
      expect(await take(10, 10, {})).to.have.length(2)
    })

    it('do not mind marks of transactions that this server has not had, as a dump brings them', async () => {
      await tables.fill(instant(1))
      await tables.db.query(markWave, [worker, 0, '9000000000000', ['1']])
      expect(await tables.db.query(brokenWaves, [[worker]])).to.deep.equal([])
      expect(await tables.db.query(claimWave, [10, 4000, randomUUID()])).to.have.length(1)
    })
  })
})
