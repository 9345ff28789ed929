import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { eachPostgres } from '../testing/each-postgres.js'
import { type EventQuery, events } from './event-store.js'

eachPostgres('events', bench => {
  const stackId = randomUUID()
  const event = (index: number) => ({
    id: randomUUID(),
    stackId,
    rootId: stackId,
    resourceName: `r${index}`,
    resourceType: ['B', 'A', 'C'][index % 3] as string,
    physicalId: null,
    action: index < 5 ? 'CREATE' : 'DELETE',
    status: index % 2 === 0 ? 'IN_PROGRESS' : 'COMPLETE',
    statusReason: 'ü'.repeat(300),
    properties: index === 0 ? { a: [null, { b: 1 }] } : null,
  })
  const rows = Array.from({ length: 10 }, (_, index) => event(index))
  const list = (patch: Partial<EventQuery>) =>
    events.list(bench().db, { stackIds: [stackId], filters: {}, sortKeys: [], sortDir: 'asc', ...patch })
  const names = async (patch: Partial<EventQuery>) => (await list(patch)).map(({ resourceName }) => resourceName)

  before(() => bench().db.transaction(tx => events.insertMany(tx, rows)))

  it('keep their order, and reasons of 255 characters', async () => {
    const listed = await list({})
    expect(listed.map(({ id }) => id)).to.deep.equal(rows.map(({ id }) => id))
    expect(listed[0]).to.deep.include({ statusReason: 'ü'.repeat(255), properties: { a: [null, { b: 1 }] } })
    expect(listed[1]?.properties).to.equal(null)
  })

  it('are filtered', async () => {
    expect(await names({ filters: { action: ['DELETE'], status: ['COMPLETE'] } })).to.deep.equal(['r5', 'r7', 'r9'])
    expect(await names({ filters: { resourceName: ['r1', 'r2', 'none'] } })).to.deep.equal(['r1', 'r2'])
    expect(await names({ filters: { resourceType: ['A'] } })).to.deep.equal(['r1', 'r4', 'r7'])
    expect(await names({ stackIds: [randomUUID()] })).to.deep.equal([])
  })

  it('are met once each on the pages of any order', async () => {
    for (const sortKeys of [[], ['event_time'], ['resource_type']] as EventQuery['sortKeys'][]) {
      for (const sortDir of ['asc', 'desc'] as const) {
        const all = (await list({ sortKeys, sortDir })).map(({ id }) => id)
        const paged: string[] = []
        for (let page = all; page.length > 0; ) {
          const marker = paged.at(-1)
          const more = await list({ sortKeys, sortDir, limit: 3, ...(marker === undefined ? {} : { marker }) })
          page = more.map(({ id }) => id)
          paged.push(...page)
        }
        expect(paged, `${sortKeys.join()} ${sortDir}`).to.deep.equal(all)
        expect(all).to.have.length(rows.length)
      }
    }
    expect(await names({ marker: randomUUID(), limit: 1 })).to.deep.equal(['r0'])
  })

  it('tell which stacks have too many', async () => {
    const look = (most: number, after = '0', limit = 100) => events.crowded(bench().db, most, { after, limit })
    const seqs = (await list({})).map(({ seq }) => seq)
    const last = seqs.at(-1) as string
    expect(await look(rows.length)).to.deep.equal({ stacks: [], looked: 10, upTo: last })
    expect(await look(rows.length - 1)).to.deep.equal({ stacks: [stackId], looked: 10, upTo: last })
  })

  it('are looked at from where the last look ended, and no further than is asked', async () => {
    const look = (after: string, limit: number) => events.crowded(bench().db, 9, { after, limit })
    const seqs = (await list({})).map(({ seq }) => seq)
    expect(await look('0', 4)).to.deep.equal({ stacks: [stackId], looked: 4, upTo: seqs[3] })
    expect(await look(seqs[7] as string, 4)).to.deep.equal({ stacks: [stackId], looked: 2, upTo: seqs[9] })
    // Nothing happened since: the stack is not even counted.
    expect(await look(seqs[9] as string, 4)).to.deep.equal({ stacks: [], looked: 0, upTo: seqs[9] })
  })

  it('have the properties of the last one before that has any, of the same resource and type', async () => {
    const own = randomUUID()
    const at = (resourceName: string, resourceType: string, properties: { at: number } | null) => ({
      ...event(0),
      id: randomUUID(),
      stackId: own,
      resourceName,
      resourceType,
      properties,
    })
    const news = [
      at('a', 'T', null),
      at('a', 'T', { at: 1 }),
      at('b', 'T', { at: 2 }),
      at('a', 'U', { at: 3 }),
      at('a', 'T', null),
      at('a', 'T', { at: 5 }),
    ]
    await bench().db.transaction(tx => events.insertMany(tx, news))
    const found = []
    for (const row of await list({ stackIds: [own] })) found.push(await events.propertiesAt(bench().db, row))
    expect(found).to.deep.equal([null, { at: 1 }, { at: 2 }, { at: 3 }, { at: 1 }, { at: 5 }])
  })
})
