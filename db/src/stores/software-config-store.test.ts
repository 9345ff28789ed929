import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { eachPostgres } from '../testing/each-postgres.js'
import { softwareConfigs } from './software-config-store.js'

eachPostgres('software configs', bench => {
  const insert = async (madeFor: string | null = null): Promise<string> => {
    const empty = { name: 'c', group: null, config: 'x', inputs: [], outputs: [], options: {} }
    const row = { ...empty, id: randomUUID(), project: randomUUID(), madeFor, sealed: null }
    await bench().db.transaction(tx => softwareConfigs.insert(tx, row))
    return row.id
  }

  it('know which deployment they were made for', async () => {
    const { db } = bench()
    const deployment = randomUUID()
    const [made, own] = [await insert(deployment), await insert()]
    await db.transaction(async tx => {
      expect(await softwareConfigs.lock(tx, made)).to.deep.equal({ madeFor: deployment })
      expect(await softwareConfigs.lock(tx, own)).to.deep.equal({ madeFor: null })
      expect(await softwareConfigs.lock(tx, randomUUID())).to.equal(undefined)
    })
  })

  it('are held only if they are still there when whoever deletes them is done', async () => {
    const { db } = bench()
    const id = await insert()
    expect(await db.transaction(tx => softwareConfigs.hold(tx, id))).to.equal(true)
    let held: Promise<boolean> | undefined
    await db.transaction(async tx => {
      await softwareConfigs.remove(tx, id)
      // By a snapshot it is still there.
      expect(await softwareConfigs.byIds(db, [id])).to.have.length(1)
      held = db.transaction(other => softwareConfigs.hold(other, id))
    })
    expect(await held).to.equal(false)
  })
})
