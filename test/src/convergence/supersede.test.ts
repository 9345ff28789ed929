import { randomUUID } from 'node:crypto'
import { claimWave, fence, finishNodes, type LeasedNode, supersede } from '@hearth/convergence-engine/testing'
import type { Lifecycle } from '@hearth/core/plugin'
import { expect } from 'chai'
import fc from 'fast-check'
import { type NodeRow, Tables } from './tables.js'

interface Row {
  readonly id: string
  readonly state: string
  readonly traversal: string | null
  readonly pending: number
  readonly neededBy: readonly string[]
  readonly abort: boolean
  readonly operation: unknown
  readonly deadline: Date | null
}

const runs = { numRuns: 40 }
const worker = randomUUID()

const anyNode: fc.Arbitrary<NodeRow> = fc.record({
  state: fc.constantFrom('waiting' as const, 'ready' as const, 'leased' as const, 'parked' as const),
  effectless: fc.boolean(),
  actor: fc.option(fc.constantFrom('itself' as const, 'another' as const), { nil: undefined }),
  status: fc.constantFrom('IN_PROGRESS', 'COMPLETE'),
})

describe('superseding, on the tables of the convergence engine', () => {
  let tables: Tables
  let stack: string
  let givenUp: string[]
  before(async () => {
    tables = await Tables.start()
  })
  after(() => tables.stop())

  const fill = async (nodes: readonly NodeRow[]): Promise<void> => {
    stack = await tables.fill(
      nodes.map((node, index) => ({
        ...node,
        ...(node.state === 'leased' ? { lease: worker } : {}),
        pending: node.state === 'waiting' ? 1 : 0,
        neededBy: node.neededBy ?? (index + 1 < nodes.length ? [index + 2] : []),
      })),
    )
    givenUp = []
  }
  const take = (underway: 'await' | 'abort'): Promise<boolean> => {
    const lifecycle = {
      giveUp: async (resources: readonly string[]) => void givenUp.push(...resources),
    } as unknown as Lifecycle
    return tables.db.transaction(async tx => (await supersede(stack, underway, 'cancelled', lifecycle, tx)).moving)
  }
  const rows = (): Promise<Row[]> =>
    tables.db.query<Row>(
      `SELECT id, state, traversal, pending, needed_by AS "neededBy", abort, operation, deadline FROM node ORDER BY id`,
    )
  const traversals = (): Promise<unknown[]> => tables.db.query('SELECT id FROM traversal')
  const resourceOf = async (id: number): Promise<string | undefined> =>
    (await tables.db.query<{ id: string }>(`SELECT id FROM resource WHERE name = $1`, [`r${id}`]))[0]?.id

  it('leaves what is under way, detached, and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyNode, { minLength: 1, maxLength: 12 }),
        fc.constantFrom('await' as const, 'abort' as const),
        async (nodes, underway) => {
          await fill(nodes)
          expect(await take(underway)).to.equal(true)
          const all = nodes.map((node, index) => ({ ...node, id: index + 1 }))
          const begun = all.filter(
            ({ state, actor, status }) => state !== 'waiting' && actor === 'itself' && status === 'IN_PROGRESS',
          )
          const stays = begun.filter(({ state }) => underway === 'await' || state === 'leased')
          const left = await rows()
          expect(left.map(({ id }) => Number(id))).to.deep.equal(stays.map(({ id }) => id))
          for (const [index, row] of left.entries()) {
            expect(row).to.include({ traversal: null, pending: 0, abort: underway === 'abort' })
            expect(row.neededBy).to.deep.equal([])
            // It knows its operation and its time, which nobody else knows any more.
            expect(row.operation).not.to.equal(null)
            expect(row.deadline).to.be.an.instanceOf(Date)
            expect(row.state).to.equal(stays[index]?.state === 'parked' ? 'ready' : stays[index]?.state)
          }
          expect(await traversals()).to.deep.equal([])
          const stopped = begun.filter(one => !stays.includes(one))
          expect(givenUp).to.deep.equal(await Promise.all(stopped.map(({ id }) => resourceOf(id))))
          // Whoever comes next finds no resource that a node holds which is gone.
          const held = await tables.db.query<{ actor: string }>(
            `SELECT actor FROM resource WHERE actor <> '0' AND actor NOT IN (SELECT id::text FROM node)`,
          )
          expect(held).to.deep.equal([])
        },
      ),
      runs,
    )
  })

  it('takes nothing from a worker that comes late, and lets nothing begin by what it brings', async () => {
    const at: NodeRow = { state: 'leased', actor: 'itself', status: 'IN_PROGRESS' }
    await fill([at, { state: 'leased' }, { state: 'waiting' }])
    await take('await')
    const held = await tables.db.query<{ id: string; traversal: string | null }>(fence, [
      worker,
      ['1', '2'],
      ['1', '1'],
      ['1'],
    ])
    // What had only been claimed is gone; what had begun is still its own, and nobody waits for it.
    expect(held.map(({ id, traversal }) => [id, traversal])).to.deep.equal([['1', null]])
    expect(await tables.db.query(finishNodes, [['1'], worker, 10, 10])).to.deep.equal([])
    expect(await rows()).to.deep.equal([])
  })

  for (const [title, [first, ...waiting]] of [
    ['that has its traversal to itself', [{}, { state: 'waiting' }]],
    ['that others may run beside', [{ neededBy: [] }]],
  ] as const) {
    it(`waits for a wave ${title}, and finds what it has left`, async () => {
      const instant: NodeRow = { state: 'ready', effectless: true }
      await fill([{ ...instant, ...first }, { ...instant, neededBy: [] }, ...waiting])
      let superseded: Promise<boolean> | undefined
      let over = false
      await tables.db.transaction(async tx => {
        const wave = await tx.query<LeasedNode>(claimWave, [1, 4000, worker])
        expect(wave.map(({ id }) => id)).to.deep.equal(['1'])
        superseded = take('abort').finally(() => {
          over = true
        })
        await waitsForLock()
        expect(over).to.equal(false)
        await tx.query(finishNodes, [['1'], worker, 0, 0])
      })
      expect(await superseded).to.equal(true)
      expect(await rows()).to.deep.equal([])
      expect(await traversals()).to.deep.equal([])
      expect(givenUp).to.deep.equal([])
      // A wave that begins now finds nothing.
      expect(await tables.db.query(claimWave, [10, 4000, worker])).to.deep.equal([])
    })
  }

  it('leaves nothing to a wave that comes while it is not committed', async () => {
    await fill([{ state: 'ready', effectless: true }])
    await tables.db.transaction(async tx => {
      await supersede(stack, 'await', 'cancelled', {} as Lifecycle, tx)
      expect(await tables.db.query(claimWave, [10, 4000, worker])).to.deep.equal([])
    })
    expect(await rows()).to.deep.equal([])
  })

  /** @throws Error if nobody does within five seconds */
  async function waitsForLock(): Promise<void> {
    const deadline = Date.now() + 5_000
    for (;;) {
      const [found] = await tables.db.query<{ waiting: boolean }>(
        'SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted) AS waiting',
      )
      if (found?.waiting === true) return
      if (Date.now() > deadline) throw new Error('waited 5 s in vain for somebody who waits for a lock')
    }
  }
})
