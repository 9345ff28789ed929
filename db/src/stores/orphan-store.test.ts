import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { eachPostgres, stackRow } from '../testing/each-postgres.js'
import { events } from './event-store.js'
import { orphans } from './orphan-store.js'
import { resources } from './resource-store.js'
import { stacks } from './stack-store.js'
import { templates } from './template-store.js'

eachPostgres('orphans', bench => {
  const living = stackRow({ name: 'living' })
  const deleted = stackRow({ name: 'deleted' })
  const gone = stackRow({ name: 'gone' })

  before(() =>
    bench().db.transaction(async tx => {
      for (const stack of [living, deleted]) await stacks.insert(tx, stack)
      await stacks.softDelete(tx, deleted.id)
      for (const { id } of [living, deleted, gone]) {
        const row = { stackId: id, rootId: id, type: 'T', replaces: null }
        await resources.insertMany(tx, [
          { ...row, id: randomUUID(), name: 'a' },
          { ...row, id: randomUUID(), name: 'b' },
        ])
        await templates.insert(tx, {
          id: randomUUID(),
          stackId: id,
          rootId: id,
          content: '{}',
          environment: '{}',
          files: {},
          size: 0,
          digest: 'd',
          sealed: null,
        })
        const event = { physicalId: null, action: 'CREATE', status: 'COMPLETE', statusReason: '', properties: null }
        const of = { id: randomUUID(), stackId: id, rootId: id, resourceName: 'a', resourceType: 'T' }
        await events.insertMany(tx, [{ ...event, ...of }])
      }
    }),
  )

  it('are removed, a few rows at a time; rows of a stack that is there stay', async () => {
    const removed: Record<string, number> = {}
    for (const table of orphans.tables) {
      let after = table.start
      for (;;) {
        const found = await orphans.walk(bench().db, table, after, 2)
        removed[table.name] = (removed[table.name] ?? 0) + found.removed
        if (found.upTo === null) break
        expect(found.looked).to.be.within(1, 2)
        after = found.upTo
      }
    }
    expect(removed).to.deep.equal({ resource: 4, template: 1, snapshot: 0, event_sink: 0, event: 1 })
    const left = await bench().db.query<{ id: string }>('SELECT stack_id AS id FROM resource')
    expect(left.map(({ id }) => id)).to.deep.equal([living.id, living.id])
  })
})
