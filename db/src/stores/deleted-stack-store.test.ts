import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import type { StackRow } from '../rows.js'
import { eachPostgres, stackRow } from '../testing/each-postgres.js'
import type { Database, Queryable } from '../transaction.js'
import { deletedStacks, type PurgePosition } from './deleted-stack-store.js'
import { events } from './event-store.js'
import { stacks } from './stack-store.js'
import { templates } from './template-store.js'

const day = 86_400

eachPostgres('Stacks that were deleted', bench => {
  const project = 'purged'
  /** A stack with a template and some events, deleted so many days ago. */
  async function stack(days: number | null, patch: Partial<StackRow> = {}, eventCount = 3): Promise<string> {
    const row = stackRow({ project, ...patch })
    const of = { stackId: row.id, rootId: row.rootId }
    await bench().db.transaction(async tx => {
      await stacks.insert(tx, row)
      const empty = { content: '{}', environment: '{}', files: {}, size: 0, digest: 'd', sealed: null }
      await templates.insert(tx, { ...of, ...empty, id: row.templateId })
      const event = { physicalId: null, action: 'CREATE', status: 'COMPLETE', statusReason: '', properties: null }
      const named = { ...of, ...event, resourceName: 'a', resourceType: 'T' }
      await events.insertMany(
        tx,
        Array.from({ length: eventCount }, () => ({ ...named, id: randomUUID() })),
      )
      await tx.query(
        `UPDATE stack SET deleted_at = hearth_now() - make_interval(days => $1::int) WHERE id = $2 AND $1::int IS NOT NULL`,
        [days, row.id],
      )
    })
    return row.id
  }
  const left = async (): Promise<Record<string, string[]>> => {
    const ids = async (text: string) => (await bench().db.query<{ id: string }>(text)).map(({ id }) => id)
    const of = (table: string) =>
      ids(`SELECT DISTINCT t.stack_id AS id FROM ${table} t LEFT JOIN stack s ON s.id = t.stack_id
        WHERE s.id IS NULL OR s.project = '${project}'`)
    return {
      stack: await ids(`SELECT id FROM stack WHERE project = '${project}'`),
      template: await of('template'),
      event: await of('event'),
      snapshot: await of('snapshot'),
    }
  }
  const expectLeft = async (...ids: string[]): Promise<void> => {
    for (const [table, found] of Object.entries(await left()))
      expect(found, table).to.have.members(table === 'snapshot' ? found.filter(id => ids.includes(id)) : ids)
  }
  const purgeAll = async (age: number, batch = 2, db: Database = bench().db): Promise<number> => {
    let after: PurgePosition | undefined
    let sum = 0
    do {
      const some = await deletedStacks.purge(db, { age, project, batch }, after)
      expect(some.purged).to.be.at.most(batch)
      sum += some.purged
      after = some.next
    } while (after !== undefined)
    return sum
  }
  afterEach(async () => {
    for (const table of ['event_sink', 'event', 'template', 'snapshot', 'stack'])
      await bench().db.query(`DELETE FROM ${table}`)
  })

  it('are purged with all that is theirs once they were deleted so long ago, and no others', async () => {
    const living = await stack(null)
    const lately = await stack(3)
    const old = [await stack(10), await stack(11), await stack(12, {}, 2_500)]
    await bench().db.query(
      `INSERT INTO snapshot (id, stack_id, root_id, action, status) SELECT gen_random_uuid(), id, id, 'SNAPSHOT', 'COMPLETE'
        FROM stack WHERE id = $1`,
      [old[0]],
    )
    const elsewhere = await stack(10, { project: 'another' })
    expect(await purgeAll(5 * day)).to.equal(3)
    await expectLeft(living, lately)
    expect((await left()).snapshot).to.deep.equal([])
    expect(await purgeAll(5 * day)).to.equal(0)
    expect((await deletedStacks.purge(bench().db, { age: 5 * day, batch: 10 })).purged).to.equal(1)
    expect(await bench().db.query('SELECT id FROM stack WHERE id = $1', [elsewhere])).to.deep.equal([])
    expect(await purgeAll(0)).to.equal(1)
    await expectLeft(living)
  })

  it('stay with the stack around them, and while events of them are still to be sent', async () => {
    const inside = (rootId: string, days: number) => stack(days, { rootId, parentId: rootId, depth: 1 })
    const living = await stack(null)
    const lately = await stack(3)
    const old = await stack(10)
    const kept = [await inside(living, 20), await inside(lately, 20)]
    await inside(old, 20)
    const followed = await stack(10)
    await bench().db.query(
      `INSERT INTO event_sink (id, stack_id, root_id, digest, sink, after) SELECT gen_random_uuid(), $1, $1, 'd', 's', 0`,
      [followed],
    )
    expect(await purgeAll(5 * day, 1)).to.equal(2)
    await expectLeft(living, lately, ...kept, followed)
  })

  it('are found again by the next run when one is interrupted, wherever it was', async () => {
    for (let statements = 1; statements <= 4; statements++) {
      const ids = [await stack(10), await stack(10)]
      let sent = 0
      const cut: Queryable = {
        query: (statement, params) =>
          ++sent > statements ? Promise.reject(new Error('interrupted')) : bench().db.query(statement, params),
      }
      const error = await purgeAll(day, 1, cut as Database).catch(failure => failure)
      expect(error).to.have.property('message', 'interrupted')
      // A stack is there until nothing else of it is.
      const { stack: there = [], template = [], event = [] } = await left()
      expect(there).to.include.members([...template, ...event])
      expect(await purgeAll(day)).to.equal(there.length)
      expect(ids.length).to.be.at.least(there.length)
      await expectLeft()
    }
  })

  it('are purged once when two do so at the same time', async () => {
    for (let times = 0; times < 6; times++) await stack(10)
    const sums = await Promise.all([purgeAll(day), purgeAll(day)])
    expect(sums[0] + sums[1]).to.equal(6)
    await expectLeft()
  })
})
