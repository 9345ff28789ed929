import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { eachPostgres, stackRow } from '../testing/each-postgres.js'
import { type SortKey, type StackQuery, stacks } from './stack-store.js'

eachPostgres('stacks', bench => {
  const insert = async (patch: Parameters<typeof stackRow>[0]) => {
    const row = stackRow(patch)
    await bench().db.transaction(tx => stacks.insert(tx, row))
    return row
  }
  const query = (patch: Partial<StackQuery>): StackQuery => ({
    filters: {},
    sortKeys: ['creation_time'],
    sortDir: 'asc',
    ...patch,
  })
  const names = async (patch: Partial<StackQuery>): Promise<string[]> =>
    (await stacks.list(bench().db, query(patch))).map(({ name }) => name)

  it('change by a patch, which tells the revision that follows', async () => {
    const { db } = bench()
    const { id } = await insert({ project: 'patched', name: 'one' })
    const patch = {
      action: 'UPDATE',
      status: 'IN_PROGRESS',
      statusReason: "it's $1 time",
      previousTemplateId: randomUUID(),
      timeoutMins: 7,
      tags: ['a', 'b,c', '"'],
    }
    const revision = await db.transaction(tx => stacks.update(tx, id, { ...patch, touch: true, bumpRevision: true }))
    expect(revision).to.equal(2)
    const row = await stacks.find(db, id)
    expect(row).to.deep.include({ ...patch, name: 'one', revision: 2 })
    expect(row?.updatedAt).to.be.instanceOf(Date)
    expect(await stacks.findByName(db, 'patched', 'one')).to.deep.equal(row)
    expect(await stacks.findByName(db, 'another', 'one')).to.equal(undefined)
  })

  it('are counted for a quota without the nested and the deleted', async () => {
    const { db } = bench()
    const root = await insert({ project: 'counted' })
    await insert({ project: 'counted', parentId: root.id, rootId: root.id, depth: 1 })
    const gone = await insert({ project: 'counted' })
    await db.transaction(tx => stacks.softDelete(tx, gone.id))
    expect(await stacks.countLive(db, 'counted')).to.equal(1)
  })

  it('are locked until the transaction ends', async () => {
    const { db } = bench()
    const { id } = await insert({})
    const order: string[] = []
    let second: Promise<void> | undefined
    await db.transaction(async tx => {
      await stacks.lock(tx, id)
      second = db.transaction(async other => {
        await stacks.lock(other, id)
        order.push('second')
      })
      await tx.query('SELECT pg_sleep(0.05)')
      order.push('first')
    })
    await second
    expect(order).to.deep.equal(['first', 'second'])
  })

  it('are listed by what is asked for', async () => {
    const { db } = bench()
    const project = 'filtered'
    const a = await insert({ project, name: 'a', tags: ['x', 'y'], owner: 'ann' })
    await insert({ project, name: 'b', tags: ['y'], status: 'FAILED', statusReason: 'no', timeoutMins: 5 })
    await insert({ project, name: 'c', action: 'UPDATE', disableRollback: false })
    await insert({ project, name: 'a-child', parentId: a.id, rootId: a.id, depth: 1 })
    const old = await insert({ project, name: 'old' })
    await db.transaction(tx => stacks.softDelete(tx, old.id))
    await insert({ project: 'other', name: 'a' })

    expect(await names({ project })).to.deep.equal(['a', 'b', 'c'])
    expect(await names({ project, showNested: true })).to.deep.equal(['a', 'b', 'c', 'a-child'])
    expect(await names({ project, showDeleted: true })).to.deep.equal(['a', 'b', 'c', 'old'])
    const cases: [Partial<StackQuery>, string[]][] = [
      [{ filters: { name: ['a', 'c'] } }, ['a', 'c']],
      [{ filters: { id: [a.id] } }, ['a']],
      [{ filters: { status: ['FAILED'], action: ['CREATE'] } }, ['b']],
      [{ filters: { status: ['FAILED'], action: ['UPDATE'] } }, []],
      [{ filters: { owner: ['ann'] } }, ['a']],
      [{ filters: { statusReason: ['no'] } }, ['b']],
      [{ filters: { timeoutMins: [5] } }, ['b']],
      [{ filters: { disableRollback: [false] } }, ['c']],
      [{ filters: { parentId: [a.id] }, showNested: true }, ['a-child']],
      [{ filters: { name: [] } }, ['a', 'b', 'c']],
      [{ tags: ['x', 'y'] }, ['a']],
      [{ tagsAny: ['x', 'y'] }, ['a', 'b']],
      [{ notTags: ['x', 'y'] }, ['b', 'c']],
      [{ notTagsAny: ['x', 'y'] }, ['c']],
      [{ hiddenTags: ['x'] }, ['b', 'c']],
      [{ tags: ["'); DROP TABLE stack; --"] }, []],
    ]
    for (const [patch, expected] of cases) {
      expect(await names({ project, ...patch }), JSON.stringify(patch)).to.deep.equal(expected)
      expect(await stacks.count(db, query({ project, ...patch })), JSON.stringify(patch)).to.equal(expected.length)
    }
  })

  it('are met once each on the pages of any order, also those made in one millisecond', async () => {
    const { db } = bench()
    const project = 'paged'
    for (let index = 0; index < 12; index++) {
      const { id } = await insert({ project, status: ['COMPLETE', 'FAILED'][index % 2] as string })
      await db.query(
        `UPDATE stack SET created_at = timestamptz '2026-01-01 00:00:00.123Z' + make_interval(secs => $2::float8 / 1e6),
          updated_at = CASE WHEN $2::int % 3 = 0 THEN NULL ELSE timestamptz '2026-01-02 00:00:00.4Z' + make_interval(secs => ($2::int / 2)::float8 / 1e6) END
          WHERE id = $1`,
        [id, index],
      )
    }
    const orders: SortKey[][] = [
      ['creation_time'],
      ['updated_time'],
      ['stack_name'],
      ['stack_status'],
      ['stack_status', 'updated_time'],
      ['updated_time', 'stack_status', 'creation_time'],
    ]
    for (const sortKeys of orders) {
      for (const sortDir of ['asc', 'desc'] as const) {
        for (const nulls of [undefined, 'first', 'last'] as const) {
          const order = { project, sortKeys, sortDir, ...(nulls === undefined ? {} : { nulls }) }
          const all = (await stacks.list(db, query(order))).map(({ id }) => id)
          const paged: string[] = []
          for (let page = all; page.length > 0; ) {
            const marker = paged.at(-1)
            const rows = await stacks.list(
              db,
              query({ ...order, limit: 5, ...(marker === undefined ? {} : { marker }) }),
            )
            page = rows.map(({ id }) => id)
            paged.push(...page)
          }
          expect(paged, JSON.stringify(order)).to.deep.equal(all)
          expect(all).to.have.length(12)
        }
      }
    }
  })

  it('are listed from the start when the marker is unknown, or of another project', async () => {
    await insert({ project: 'marked', name: 'only' })
    const elsewhere = await insert({ project: 'elsewhere' })
    for (const marker of [randomUUID(), elsewhere.id]) {
      expect(await names({ project: 'marked', marker })).to.deep.equal(['only'])
    }
  })
})
