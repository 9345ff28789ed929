import { randomUUID } from 'node:crypto'
import {
  endOpening,
  holdOpening,
  releaseOpenings,
  returnOpenings,
  takeOpenings,
} from '@hearth/convergence-engine/testing'
import { expect } from 'chai'
import { Tables } from './tables.js'

const worker = randomUUID()
const other = randomUUID()

interface Taken {
  readonly id: string
  readonly deaths: number
}

describe('openings in the tables of the convergence engine', () => {
  let tables: Tables
  before(async () => {
    tables = await Tables.start()
  })
  after(() => tables.stop())

  /** Traversals of these projects that nobody has opened; the first has id 1. */
  async function fill(projects: readonly string[]): Promise<void> {
    await tables.db.query('TRUNCATE traversal')
    await tables.db.query(
      `INSERT INTO traversal (id, stack_id, root_id, project, operation, deadline, placed) OVERRIDING SYSTEM VALUE
        SELECT id, gen_random_uuid(), gen_random_uuid(), project, '{}', hearth_now() + interval '1 hour', false
        FROM unnest($1::text[]) WITH ORDINALITY AS t(project, id)`,
      [projects],
    )
  }
  const take = async (holder: string, most: number): Promise<number[]> =>
    (await tables.db.query<Taken>(takeOpenings, [holder, most])).map(({ id }) => Number(id)).sort((a, b) => a - b)
  const holds = async (id: number, holder: string): Promise<boolean> =>
    (await tables.db.query(holdOpening, [id, holder, 4000])).length > 0

  it('are taken by one worker each, the oldest of each project first', async () => {
    await fill(['p', 'p', 'p', 'q', 'q'])
    expect(await take(worker, 3)).to.deep.equal([1, 2, 4])
    expect(await take(other, 9)).to.deep.equal([3, 5])
    expect(await take(other, 9)).to.deep.equal([])
  })

  it('are held by who took them, until they are over', async () => {
    await fill(['p'])
    expect(await holds(1, worker)).to.equal(false)
    await take(worker, 1)
    expect([await holds(1, worker), await holds(1, other)]).to.deep.equal([true, false])
    await tables.db.query(endOpening, [1])
    expect([await holds(1, worker), await take(other, 9)]).to.deep.equal([false, []])
  })

  it("are anybody's when their worker goes on without them, one by one or all of them", async () => {
    await fill(['p', 'p', 'p'])
    await take(worker, 2)
    expect(await tables.db.query(returnOpenings, [worker, ['2', '3']])).to.deep.equal([{ id: '2' }])
    expect(await holds(1, worker)).to.equal(true)
    expect(await take(other, 9)).to.deep.equal([2, 3])
    expect(await tables.db.query(returnOpenings, [worker, null])).to.deep.equal([{ id: '1' }])
  })

  it("are anybody's when their worker has died, which is counted", async () => {
    await fill(['p', 'p'])
    await take(worker, 1)
    await take(other, 1)
    expect(await tables.db.query(releaseOpenings, [[worker]])).to.deep.equal([{ id: '1' }])
    expect(await holds(1, worker)).to.equal(false)
    const [again] = await tables.db.query<Taken>(takeOpenings, [other, 9])
    expect(again).to.include({ id: '1', deaths: 1 })
  })

  it('are left alone by who takes over while somebody ends them, until the next time', async () => {
    await fill(['p', 'p'])
    await take(worker, 2)
    const release = async (): Promise<number> => (await tables.db.query(releaseOpenings, [[worker]])).length
    await tables.db.transaction(async tx => {
      await tx.query(holdOpening, [1, worker, 4000])
      expect(await release()).to.equal(1)
    })
    expect(await release()).to.equal(1)
  })
})
