import { randomUUID } from 'node:crypto'
import {
  finishNodes,
  insertNodes,
  insertTraversal,
  purgeNodes,
  purgeTraversals,
  reserveNodes,
} from '@hearth/convergence-engine/testing'
import { expect } from 'chai'
import { Tables } from './tables.js'

const turnMs = 100
const worker = randomUUID()

describe('nodes of the convergence engine, as they are stored', () => {
  let tables: Tables
  before(async () => {
    tables = await Tables.start()
  })
  after(() => tables.stop())

  /** Stores a traversal of a stack that is not there. @returns the ids of its nodes, with what each waits for. */
  async function place(waitsFor: readonly (readonly number[])[]): Promise<string[]> {
    const stack = randomUUID()
    const [traversal] = await tables.db.query<{ id: string }>(insertTraversal, [
      stack,
      stack,
      'p',
      '{}',
      3600,
      true,
      null,
    ])
    const [reserved] = await tables.db.query<{ ids: string[] }>(reserveNodes, [waitsFor.length])
    const nodes = reserved?.ids ?? []
    const neededBy = waitsFor.map((_, at) => nodes.filter((_node, index) => waitsFor[index]?.includes(at)))
    await tables.db.query(insertNodes, [
      ...[traversal?.id, stack, stack, 'p', nodes],
      nodes.map(() => randomUUID()),
      nodes.map(() => 'T'),
      nodes.map(() => 'converge'),
      waitsFor.map(({ length }) => length),
      neededBy.map(ids => `{${ids.join(',')}}`),
      nodes.map(() => false),
      0,
    ])
    return nodes
  }
  const turnsOf = async (ids: readonly string[]): Promise<number[]> => {
    const rows = await tables.db.query<{ turn: string }>(
      `SELECT turn FROM node WHERE id = ANY($1::bigint[]) AND state = 'ready' ORDER BY turn`,
      [ids],
    )
    return rows.map(({ turn }) => Number(turn))
  }
  const expectSteps = (turns: readonly number[]): void => {
    const [first = 0] = turns
    expect(first).to.be.closeTo(Date.now(), 60_000)
    expect(turns).to.deep.equal(turns.map((_, at) => first + at * turnMs))
  }

  it('of one stack get a turn each 100 ms, when they are accepted and when they become ready', async () => {
    const root: number[] = []
    const nodes = await place([
      root,
      ...Array.from({ length: 30 }, () => [0]),
      ...Array.from({ length: 20 }, () => root),
    ])
    const ready = await turnsOf(nodes)
    expect(ready).to.have.length(21)
    expectSteps(ready)
    const [first = '', ...others] = nodes
    await tables.db.query(finishNodes, [[first], worker, 0, 0])
    const dependents = await turnsOf(others.slice(0, 30))
    expect(dependents).to.have.length(30)
    expectSteps(dependents)
  })

  it('of a small stack go ahead of most of a large one that was accepted before', async () => {
    const large = await place(Array.from({ length: 200 }, () => []))
    const small = await turnsOf(await place([[], [], []]))
    const earlier = (await turnsOf(large)).filter(turn => turn < (small.at(-1) as number))
    // As many as it takes to store the small one, and the three turns that both have side by side.
    expect(earlier.length).to.be.below(150)
  })

  it('are purged with their traversals, some at a time, once their stack is gone or deleted', async () => {
    await tables.fill([])
    await tables.db.query('TRUNCATE traversal, node, stack')
    for (let times = 0; times < 3; times++) await place([[], [0]])
    const [living, deleted] = await tables.db.query<{ stack: string }>(
      'SELECT stack_id AS stack FROM traversal ORDER BY id',
    )
    await tables.db.query(
      `INSERT INTO stack (id, root_id, project, name, action, status, template_id, engine, deleted_at)
        SELECT s.id, s.id, 'p', s.id::text, 'CREATE', 'COMPLETE', s.id, 'convergence', s.deleted
        FROM (VALUES ($1::uuid, NULL::timestamptz), ($2::uuid, hearth_now())) AS s(id, deleted)`,
      [living?.stack, deleted?.stack],
    )
    const purge = async (statement: typeof purgeNodes): Promise<number[]> => {
      const counts: number[] = []
      do counts.push((await tables.db.query(statement, [3])).length)
      while (counts.at(-1) === 3)
      return counts
    }
    expect(await purge(purgeNodes)).to.deep.equal([3, 1])
    expect(await purge(purgeTraversals)).to.deep.equal([2])
    for (const table of ['node', 'traversal'])
      expect(await tables.db.query(`SELECT DISTINCT stack_id AS stack FROM ${table}`)).to.deep.equal([living])
  })
})
